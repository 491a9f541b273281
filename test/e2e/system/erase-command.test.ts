import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect } from 'vitest';
import { ApiClient } from '../../../lib/local/api-client.ts';
import { slowTest } from '../../support/slow.ts';
import { examples } from '../support/example-requests.ts';
import { untilEnded } from '../support/flow.ts';
import { ownSystem } from '../support/own-system.ts';
import { runCommand } from '../support/spawned-system.ts';

const { api: apiUrl, directory } = ownSystem();
const api = new ApiClient(apiUrl);
const folder = mkdtempSync(join(tmpdir(), 'countersign-erasure-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const run = (...args: string[]) => runCommand([...args, '--state', directory]);

slowTest('a payload is erased by the command line, and the evidence still verifies', async () => {
  const incident = examples.find(({ name }) => name.startsWith('41-'))!;
  const { requester, request } = incident.at(await api.now());
  const given = request.input as { readonly payload: { readonly value: object } };
  // A piece of work of its own.
  const payload = { ...given.payload, value: { ...given.payload.value, ticket: 'INC-320001' } };
  const input = { ...given, payload, thread: 't-erase-command' };
  const executionId = await api.start(incident.skill.name, requester, { ...request, input });
  await api.until(executionId, ({ status }) => status === 'waiting', 'waiting for the receiver');
  const again = ['handoff', 'erase', executionId, '--because', 'Case 4711.', '--reason', 'data-subject-request'];
  const erased = await run(...again);
  expect([erased.stderr, erased.code]).toEqual(['', 0]);
  expect(erased.stdout).toContain('is erased on record');
  expect((await run(...again)).stdout).toContain('erased on record before');
  const shown = await run('handoff', 'show', executionId);
  expect(shown.stdout).toContain('data-subject-request');
  expect(shown.stdout).not.toContain('hotel-mirador');

  expect((await run('withdraw', executionId, '--as', requester)).code).toBe(0);
  await untilEnded(api, executionId);
  const packet = join(folder, 'packet.json');
  expect((await run('evidence', executionId, '--out', packet)).code).toBe(0);
  expect(readFileSync(packet, 'utf8')).not.toContain('hotel-mirador');
  const verified = await runCommand(['verify', packet]);
  expect(verified.stdout).toContain('– re-execution: Erased on record, not re-executed');
  expect(verified.stdout).toContain('✓ erasures:');
  expect(verified.stdout).toContain('✓ handoff-replay:');
  expect(verified.code).toBe(0);
});
