import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ApiClient } from '../../lib/local/api-client.ts';
import { type OpenPage, openLink } from '../../lib/local/person.ts';
import { waitForMessage } from '../../lib/local/services/inbox.ts';
import { handingSkill } from '../support/handoff-skill.ts';
import { slowTest } from '../support/slow.ts';
import { type Answer, call, errorIn } from './support/call.ts';
import { untilEnded } from './support/flow.ts';
import { textOf } from './support/page-text.ts';
import { runCommand, type SpawnedSystem, spawnSystem } from './support/spawned-system.ts';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'countersign-handoff-'));
const skillsFolder = join(folder, 'skills');
const environment = { COUNTERSIGN_SKILLS: skillsFolder };
const TICKET = 'INC-000123';
let system: SpawnedSystem;
let api: ApiClient;

const SKILL = `
import { sampleDirectory } from '${ROOT}test/contract/approvals/world.ts';
import { handingSkill } from '${ROOT}test/support/handoff-skill.ts';
export const skill = { ...handingSkill, referenceDirectory: () => sampleDirectory() };
`;

beforeAll(async () => {
  symlinkSync(join(ROOT, 'node_modules'), join(folder, 'node_modules'));
  mkdirSync(join(skillsFolder, handingSkill.name), { recursive: true });
  writeFileSync(join(skillsFolder, handingSkill.name, 'skill.ts'), SKILL);
  system = await spawnSystem(join(folder, 'state'), { environment });
  api = new ApiClient(system.api);
});
afterAll(async () => {
  await system?.stop();
  rmSync(folder, { recursive: true, force: true });
});

function start(input: Record<string, unknown> = {}): Promise<string> {
  return api.start(handingSkill.name, 'rita', {
    input: { accountId: 'northwind', ticket: TICKET, ...input },
    acceptanceCriteria: [{ id: 'closed', statement: 'The handoff is closed.', measure: 'State' }],
    consumer: 'downstream-skill',
  });
}

/** Waits for the newest mail of an execution to somebody that says something, and answers its link. */
async function linkTo(executionId: string, person: string, says: string): Promise<string> {
  const mail = await waitForMessage(
    system.inbox,
    ({ headers, to, text }) =>
      String(headers['message-id'] ?? '').startsWith(`<${executionId}.`) &&
      to.some(({ address }) => address === `${person}@example.com`) &&
      text.includes(says),
    { withinMs: 30_000 },
  );
  return /https?:\/\/\S+\/handoffs\/[\w-]+\.[\w-]+/.exec(mail.text)?.[0] ?? '';
}

async function post(page: OpenPage, fields: Record<string, string>): Promise<{ status: number; text: string }> {
  const { origin } = new URL(page.url);
  const response = await fetch(page.url, {
    method: 'POST',
    headers: { Cookie: page.cookie ?? '', Origin: origin, 'Content-Type': 'application/x-www-form-urlencoded' },
    body: new URLSearchParams({ nonce: page.nonce ?? '', ...fields }).toString(),
  });
  return { status: response.status, text: textOf(await response.text()) };
}

const accept = (ticket: string) => ({ choice: 'accept', 'accept.ticket': ticket, 'accept.seen': 'yes' });

interface Described {
  readonly paths: Readonly<Record<string, Readonly<Record<string, { responses: Record<string, Described200> }>>>>;
}
interface Described200 {
  readonly $ref?: string;
  readonly content?: Readonly<Record<string, { schema: object }>>;
}

/** Holds an answer against what the system says of its own API. */
async function expectDescribed(path: string, method: string, answer: Answer): Promise<void> {
  const document = (await call(system.api, 'GET', '/openapi.json')).json as Described;
  const response = document.paths[path]?.[method]?.responses[String(answer.status)];
  expect(response, `${method} ${path} ${answer.status}`).toBeDefined();
  if (response?.$ref !== undefined) return expect(errorIn(answer).code).toBeTruthy();
  const schema = response?.content?.['application/json']?.schema ?? false;
  const validate = new Ajv2020({ validateFormats: false, allowUnionTypes: true, allErrors: true }).compile(schema);
  validate(answer.json);
  expect(validate.errors ?? []).toEqual([]);
}

/** Waits until the handoff of an execution stands in a state. */
async function untilState(executionId: string, state: string): Promise<void> {
  for (let looks = 0; ; looks += 1) {
    const { status, json } = await call(system.api, 'GET', `/executions/${executionId}/handoff`, { caller: 'rita' });
    if (status === 200 && (json as { handoff: { state: string } }).handoff.state === state) return;
    if (looks > 200) throw new Error(`The handoff does not come to stand as ${state}.`);
    await api.now();
  }
}

describe('a skill that hands work over', () => {
  test('goes from the offer by mail, page, readback, delivery by a system and verification to published', async () => {
    const executionId = await start();
    const link = await linkTo(executionId, 'bob', 'Read and answer');
    const wrong = await post(await openLink(link), accept('INC-000321'));
    expect(wrong.status).toBe(400);
    expect(wrong.text).toContain('That is not the ticket.');
    const page = await call(system.api, 'GET', `/status/${executionId}`, { caller: 'rita' });
    expect(textOf(page.text)).toMatch(
      /now in AwaitHandoff.*Offer HandoffVerdict AwaitHandoff \(now\).*Waits for tier-2/,
    );
    expect(page.text).toMatch(/<g class="node seen here">(?:(?!<\/g>).)*AwaitHandoff/s);
    expect(textOf((await call(system.api, 'GET', '/status', { caller: 'rita' })).text)).toContain(
      'tier-2 offered, due',
    );
    const queue = await call(system.api, 'GET', '/queues/tier-2', { caller: 'bob' });
    expect(queue.headers.get('content-type')).toContain('text/html');
    expect(textOf(queue.text)).toContain('Read back and accept');
    const right = await post(await openLink(link), accept(TICKET));
    expect(right).toMatchObject({ status: 200, text: expect.stringContaining('Your answer is recorded') });
    expect(textOf((await openLink(link)).html)).toContain('You have answered');

    const events = `/executions/${executionId}/handoff/events`;
    const EVENTS = '/executions/{executionId}/handoff/events';
    const send = async (body: unknown, caller = 'tracker') => {
      const answer = await call(system.api, 'POST', events, { caller, body });
      await expectDescribed(EVENTS, 'post', answer);
      return answer;
    };
    const read = await call(system.api, 'GET', `/executions/${executionId}/handoff`, { caller: 'rita' });
    await expectDescribed('/executions/{executionId}/handoff', 'get', read);
    const due = await call(system.api, 'GET', '/queues/tier-2', {
      caller: 'bob',
      headers: { Accept: 'application/json' },
    });
    await expectDescribed('/queues/{party}', 'get', due);
    expect((await send({ id: 'd-0', event: { type: 'deliver', result: '' } })).status).toBe(422);
    expect((await send({ id: 'd-9', event: { type: 'unheard-of' } })).status).toBe(400);
    const event = { id: 'd-1', event: { type: 'deliver', result: 'The export runs again.' } };
    const stranger = await send(event, 'stranger');
    expect([stranger.status, errorIn(stranger).code]).toEqual([403, 'Forbidden']);
    const file = join(folder, 'deliver.json');
    writeFileSync(file, JSON.stringify(event));
    const cli = (...args: string[]) => runCommand(['handoff', ...args, '--state', system.directory], environment);
    const acted = await cli('act', executionId, file, '--as', 'tracker');
    expect(acted.stderr).toBe('');
    expect(acted.stdout).toContain('The event is recorded.');
    expect((await send(event)).json).toMatchObject({ repeated: true });
    expect((await send({ ...event, event: { ...event.event, result: 'Otherwise.' } })).status).toBe(409);
    expect((await cli('show', executionId)).stdout).toContain('Waits for tier-1 (sender)');
    expect((await cli('queue')).stdout).toContain('tier-1');
    expect((await cli('queue', 'tier-1')).stdout).toContain(executionId);

    await post(await openLink(await linkTo(executionId, 'rita', 'Verify the delivery')), { choice: 'verify' });
    const view = await untilEnded(api, executionId);
    expect(view.outcome).toBe('published');
    expect(view.outputs?.handoff_packet.handoff).toMatchObject({ state: 'closed' });
    expect((await cli('events', executionId)).stdout).toContain('verify -> closed');

    const packet = join(folder, 'evidence.json');
    await api.until(executionId, ({ evidence }) => evidence === 'signed', 'signed');
    writeFileSync(packet, JSON.stringify(await api.evidence(executionId)));
    const verified = await runCommand(['verify', packet], environment);
    expect(verified.stdout).toContain('✓ handoff-replay');
    expect(verified.code).toBe(0);
    // The next execution is led on by this one's packet.
    const led = await api.start(handingSkill.name, 'rita', {
      input: { accountId: 'northwind', ticket: TICKET, handsOver: false },
      acceptanceCriteria: [{ id: 'a', statement: 'b', measure: 'c' }],
      consumer: 'orchestrator',
      handoffPacket: view.outputs?.handoff_packet,
    });
    const ended = await untilEnded(api, led);
    expect(ended.outcome).toBe('published');
    expect(ended.outputs?.primary_artifact_bundle.artifact).toMatchObject({ from: executionId });
  });

  test('escalates when nobody answers in time, and expires when nobody decides either', async () => {
    const executionId = await start();
    const link = await linkTo(executionId, 'bob', 'Read and answer');
    await api.skipTime(3_700);
    await untilState(executionId, 'escalated');
    expect(textOf((await openLink(link)).html)).toContain('ran out');
    await linkTo(executionId, 'olga', 'Decide what follows');
    await api.skipTime(3_700);
    const view = await untilEnded(api, executionId);
    expect(view.outcome).toBe('expired');
  });

  slowTest('ends on its requester’s word while it waits, and goes on after a crash', async () => {
    const [withdrawn, crashed] = [await start(), await start()];
    const dead = await linkTo(withdrawn, 'bob', 'Read and answer');
    const link = await linkTo(crashed, 'bob', 'Read and answer');
    await call(system.api, 'POST', `/executions/${withdrawn}/withdraw`, { caller: 'rita' });
    expect((await untilEnded(api, withdrawn)).outcome).toBe('withdrawn');
    expect(textOf((await openLink(dead)).html)).toContain('The request was withdrawn');

    await system.stop('SIGKILL');
    system = await spawnSystem(join(folder, 'state'), { environment });
    api = new ApiClient(system.api);
    const address = `${system.api}${new URL(link).pathname}`;
    expect((await post(await openLink(address), accept(TICKET))).status).toBe(200);
    await untilState(crashed, 'in-delivery');
  });
});
