import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { skills } from '#skills';
import { ApiClient } from '../../../lib/local/api-client.ts';
import { decideByMail } from '../../../lib/local/person.ts';
import { type EvidenceReport, verifyEvidence } from '../../../lib/platform/evidence/verify.ts';
import { engineVersions } from '../../../lib/platform/executions/engine-versions.ts';
import { startWaiting, untilEnded, untilWaiting } from '../support/flow.ts';
import { addressOf } from '../support/mails.ts';
import { ownSystem } from '../support/own-system.ts';
import { runCommand } from '../support/spawned-system.ts';

const { api: apiUrl, inbox } = ownSystem();
const folder = mkdtempSync(join(tmpdir(), 'countersign-evidence-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

interface Decision {
  action: string;
  approver: string;
  comment: string;
}
interface Packet {
  chain: { length: number; head: string; events: { type: string; digest: string }[] };
  stages: { levels: { seats: { decision?: Decision }[] }[] }[];
  artifacts: { role: string; document: Record<string, unknown> }[];
  digest: string;
}

let text: string;
beforeAll(async () => {
  const api = new ApiClient(apiUrl);
  const executionId = await startWaiting(api, '02');
  await decideByMail(inbox, addressOf('javier.moreno'), executionId, {
    choice: 'approve',
    comment: 'The depot matters.',
  });
  await untilWaiting(api, executionId, 2);
  await decideByMail(inbox, addressOf('lucia.ortega'), executionId, { choice: 'approve' });
  await untilEnded(api, executionId);
  text = JSON.stringify(await api.evidence(executionId));
});

/** A packet with something changed in it, as a file. */
function changed(name: string, change: (packet: Packet) => void): string {
  const packet = JSON.parse(text) as Packet;
  change(packet);
  const file = join(folder, `${name}.json`);
  writeFileSync(file, JSON.stringify(packet));
  return file;
}

const verify = (file: string, ...options: string[]) => runCommand(['verify', file, ...options]);

const decisionsIn = (packet: Packet): Decision[] =>
  packet.stages.flatMap(({ levels }) => levels.flatMap(({ seats }) => seats.flatMap(({ decision }) => decision ?? [])));

describe('countersign verify', () => {
  test('finds nothing wrong with a packet that was left alone', async () => {
    const file = changed('whole', () => {});
    const { code, stdout, stderr } = await verify(file);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toContain('✓ re-execution');
    expect(stdout).not.toContain('✗');
    expect(stdout.trimEnd()).toMatch(
      /Everything in this packet holds\. Who signed it is not known: give the public key with --key\.$/,
    );
  });

  test.each<[string, string, (packet: Packet) => void]>([
    [
      'a mutated byte in a document',
      'artifacts',
      ({ artifacts }) => {
        const request = artifacts.find(({ role }) => role === 'request');
        const input = request?.document.input as { justification: string };
        input.justification = `${input.justification.slice(0, -1)}!`;
      },
    ],
    ['a dropped event', 'chain', ({ chain }) => void chain.events.splice(2, 1)],
    ['a dropped last event', 'chain-length', ({ chain }) => void chain.events.pop()],
    [
      'a truncated chain with length and head made to fit',
      'record',
      ({ chain }) => {
        chain.events.splice(chain.events.findIndex(({ type }) => type === 'execution-concluded'));
        chain.length = chain.events.length;
        chain.head = chain.events.at(-1)?.digest ?? '';
      },
    ],
    [
      'a chain without its last event, with length and head made to fit',
      'packet',
      ({ chain }) => {
        chain.events.pop();
        chain.length = chain.events.length;
        chain.head = chain.events.at(-1)?.digest ?? '';
      },
    ],
    [
      'a swapped decision',
      'decisions',
      (packet) => {
        const [first] = decisionsIn(packet);
        if (first !== undefined) first.action = 'reject';
      },
    ],
  ])('exits with 1 on %s, and names the first thing that is wrong: %s', async (name, check, change) => {
    const { code, stdout } = await verify(changed(name.replaceAll(' ', '-'), change), '--json');
    expect(code).toBe(1);
    const report = JSON.parse(stdout) as EvidenceReport;
    expect(report.ok).toBe(false);
    expect(report.firstFailure?.check).toBe(check);
    expect(report.firstFailure?.detail).not.toBe('');
    expect(report.firstFailure).toEqual(report.checks.find(({ result }) => result === 'fail'));
  });

  test('says so in words, too', async () => {
    const { code, stdout } = await verify(changed('in-words', ({ chain }) => void chain.events.splice(0, 1)));
    expect(code).toBe(1);
    expect(stdout).toMatch(/This packet does not hold\. First: \S+: .+/);
  });

  test('exits with 2 on what is no JSON, or no file', async () => {
    const file = join(folder, 'no.json');
    writeFileSync(file, '{"schema": ');
    const [broken, absent] = await Promise.all([verify(file), verify(join(folder, 'absent.json'))]);
    expect([broken.code, absent.code]).toEqual([2, 2]);
    expect(broken.stderr).toContain('no.json cannot be read');
    expect(absent.stderr).toContain('absent.json cannot be read');
  });

  test('exits with 1 on a document that is no packet', async () => {
    const file = join(folder, 'other.json');
    writeFileSync(file, '{"schema":"something-else"}');
    const { code, stdout } = await verify(file);
    expect(code).toBe(1);
    expect(stdout).toContain('✗ schema');
  });

  test('notices any byte that is changed, wherever it stands', async () => {
    const verifier = { skills, versions: engineVersions };
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 0, max: text.length - 1 }),
        fc.constantFrom('0', '7', 'a', 'z'),
        async (at, by) => {
          fc.pre(text[at] !== by);
          let packet: unknown;
          try {
            packet = JSON.parse(`${text.slice(0, at)}${by}${text.slice(at + 1)}`);
          } catch {
            // What is no JSON any more, the command refuses before it verifies.
            return;
          }
          expect((await verifyEvidence(packet, verifier)).ok).toBe(false);
        },
      ),
      { numRuns: 40 },
    );
  });
});
