import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Digest, digestOf } from '../../../lib/core/digest.ts';
import { orderErasure } from '../../../lib/platform/api/erasure.ts';
import { viewExecution } from '../../../lib/platform/api/execution-view.ts';
import { retryExecution } from '../../../lib/platform/api/retry.ts';
import { Erased } from '../../../lib/platform/artifacts/erased.ts';
import { assembleEvidence } from '../../../lib/platform/evidence/packet.ts';
import type { EvidencePacket } from '../../../lib/platform/evidence/packet-schema.ts';
import { verifyEvidence } from '../../../lib/platform/evidence/verify.ts';
import { engineVersions } from '../../../lib/platform/executions/engine-versions.ts';
import { readExecution } from '../../../lib/platform/executions/execution-store.ts';
import { recover } from '../../../lib/platform/executions/recover.ts';
import { startExecution } from '../../../lib/platform/executions/start.ts';
import { sweepExecutions } from '../../../lib/platform/executions/sweep.ts';
import { answerByEvent } from '../../../lib/platform/handoffs/answer-event.ts';
import { HandoffRefused } from '../../../lib/platform/handoffs/errors.ts';
import { readHandoff } from '../../../lib/platform/handoffs/handoff-store.ts';
import { offer } from '../../../lib/platform/handoffs/offer.ts';
import { openWait } from '../../../lib/platform/handoffs/open-wait.ts';
import { readQueue, viewHandoff } from '../../../lib/platform/handoffs/views.ts';
import { sendLogTo } from '../../../lib/platform/log.ts';
import { pastRequestsOf } from '../../../lib/platform/promotion/past-request.ts';
import { type StartedTable, startTable } from '../../support/dynamodb.ts';
import type { TestRuntime } from '../../support/runtime.ts';
import { compute, flowOf, startSystem } from '../executions/system.ts';
import { directoryOf, exampleOf, support } from '../handoff-skills/player.ts';

sendLogTo(() => {});

const verifier = { skills: [support], versions: engineVersions };
const ORDER = { because: 'Case 4711.', reason: 'data-subject-request' };
const [ADMINISTRATOR] = directoryOf(support).snapshot.administrators;
const principalOf = (person: string): string => directoryOf(support).person(person)?.principals[0] ?? person;

let store: StartedTable;
let runtime: TestRuntime;
let executions = 0;

beforeAll(async () => {
  store = await startTable();
  runtime = await startSystem(store.table, support);
});
afterAll(() => store.close());

/** Each incident is a piece of work of its own. */
const ticketOf = (number: number): string => `INC-${310_000 + number}`;

/** An incident with a steps count and text that nobody else's holds. */
async function start(): Promise<string> {
  executions += 1;
  const { request, requester } = exampleOf(support, '41', runtime.clock.now());
  const given = request.input as { readonly payload: { readonly value: object } };
  const payload = { ...given.payload, value: { ...given.payload.value, ticket: ticketOf(executions) } };
  const input = { ...given, payload, thread: `t-erasure-${executions}` };
  const result = await startExecution(runtime, {
    skill: support,
    body: { ...request, input },
    caller: principalOf(requester),
    idempotencyKey: `erasure-${executions}`,
  });
  if (result.kind !== 'accepted') throw new Error(JSON.stringify(result));
  return result.executionId;
}

async function offered(): Promise<string> {
  const executionId = await start();
  const flow = await offer(runtime, await compute(runtime, executionId));
  expect(flow.verdict).toBe('await-handoff');
  await openWait(runtime, { taskToken: `token-${executions}`, flow });
  return executionId;
}

const act = (executionId: string, who: string, id: string, event: Record<string, unknown> & { type: string }) =>
  answerByEvent(runtime, executionId, principalOf(who), { id, event });

/** Accepts the newest incident. */
const accept = () => ({
  type: 'accept',
  readback: { '/ticket': ticketOf(executions), '/severity': 'high' },
  criteria: [],
});

async function accepted(): Promise<string> {
  const executionId = await offered();
  await act(executionId, 'lena.vogt', 'a-1', accept());
  return executionId;
}

/** A handoff that was withdrawn by oversight after it was accepted, and its execution, which a fault then ends. */
async function ended(): Promise<string> {
  const executionId = await accepted();
  await recover(runtime, { ...flowOf(runtime, executionId), fault: { Error: 'X' } });
  return executionId;
}

const erase = (executionId: string, caller = principalOf(ADMINISTRATOR!)) =>
  orderErasure(runtime, executionId, ORDER, caller);

const everything = (): string => [...runtime.artifacts.documents.values()].join('\n');

function resealed(packet: EvidencePacket): EvidencePacket {
  const { digest: _, ...content } = packet;
  return { ...content, digest: digestOf(content) };
}

const resultOf = async (packet: unknown, check: string) =>
  (await verifyEvidence(packet, verifier)).checks.find((one) => one.check === check);

describe('an erasure', () => {
  test('replaces the request and what quotes it by its record, and the evidence still holds', async () => {
    const executionId = await ended();
    const before = await assembleEvidence(runtime, executionId);
    const { request, handoff } = await readExecution(runtime, executionId);
    const salt = (before.artifacts[0]!.document as { input: { payload: { salt: string } } }).input.payload.salt;
    expect(everything()).toContain(salt);
    const answer = await erase(executionId);
    expect(answer).toMatchObject({
      repeated: false,
      erasures: [{ by: ADMINISTRATOR, finished: true, repeatedIn: [] }],
    });
    expect(answer.erasures[0]!.erased.toSorted()).toEqual([request, ...handoff!.artifacts].toSorted());
    expect(handoff!.artifacts.length).toBeGreaterThan(0);
    for (const digest of answer.erasures[0]!.erased)
      await expect(runtime.artifacts.get(digest)).rejects.toBeInstanceOf(Erased);
    expect(everything()).not.toContain(salt);

    const packet = await assembleEvidence(runtime, executionId);
    expect(JSON.stringify(packet)).not.toContain(salt);
    expect(packet.artifacts[0]).toEqual({ role: 'request', digest: request, erasedBy: answer.erasures[0]!.record });
    expect(packet.chain.events.at(-1)).toMatchObject({ type: 'payload-erased', actor: ADMINISTRATOR });
    const report = await verifyEvidence(JSON.parse(JSON.stringify(packet)), verifier);
    expect(report.firstFailure).toBeUndefined();
    expect(report.ok).toBe(true);
    const byCheck = new Map(report.checks.map((one) => [one.check, one]));
    expect(byCheck.get('erasures')?.result).toBe('pass');
    expect(byCheck.get('handoff-replay')?.result).toBe('pass');
    expect(byCheck.get('re-execution')).toMatchObject({ result: 'not-re-executed' });
    expect(byCheck.get('re-execution')?.detail).toContain('Erased on record, not re-executed');
    // What was signed at the end still stands, and every other check still runs.
    expect(byCheck.get('statement')?.result).toBe('unknown-key');
    expect(report.checks.filter(({ result }) => result === 'not-re-executed').map(({ check }) => check)).toEqual(
      byCheck.has('constraints') ? ['constraints', 're-execution'] : ['re-execution'],
    );
    const shown = await viewHandoff(runtime, executionId);
    expect(shown.erasedAt).toBe(answer.erasures[0]!.at);
    expect(shown.handoff.payload.map(({ value }) => value).join()).toContain('data-subject-request');
    expect((await viewExecution(runtime, executionId)).erasures).toMatchObject([{ finished: true }]);
  });

  test('ordered again changes nothing', async () => {
    const executionId = await ended();
    const first = await erase(executionId);
    const { chain } = await assembleEvidence(runtime, executionId);
    expect(await erase(executionId)).toEqual({ ...first, repeated: true });
    expect((await assembleEvidence(runtime, executionId)).chain).toEqual(chain);
  });

  test('ordered many times at once is one erasure', async () => {
    const executionId = await ended();
    await Promise.all([1, 2, 3, 4].map(() => erase(executionId)));
    const record = await readExecution(runtime, executionId);
    expect(record.erasures).toMatchObject([{ done: true }]);
    expect((await verifyEvidence(await assembleEvidence(runtime, executionId), verifier)).ok).toBe(true);
  });

  test('that a crash broke off after its record is finished by the sweeper; nobody is handed the payload meanwhile', async () => {
    const executionId = await ended();
    const { erase: whole } = runtime.artifacts;
    runtime.artifacts.erase = () => Promise.reject(new Error('The process died.'));
    await expect(erase(executionId)).rejects.toThrow('died');
    runtime.artifacts.erase = whole;
    const { request } = await readExecution(runtime, executionId);
    await expect(runtime.artifacts.get(request)).resolves.toBeDefined();
    expect((await assembleEvidence(runtime, executionId)).artifacts[0]?.document).toBeUndefined();
    expect((await viewExecution(runtime, executionId)).erasures).toMatchObject([{ finished: false }]);
    await sweepExecutions(runtime, runtime.clock.now());
    await expect(runtime.artifacts.get(request)).rejects.toBeInstanceOf(Erased);
    expect((await viewExecution(runtime, executionId)).erasures).toMatchObject([{ finished: true }]);
  });

  test('of a handoff under way leaves nothing to accept, and what is said later is erased when it is ordered again', async () => {
    const executionId = await offered();
    await act(executionId, 'lena.vogt', 'q-1', { type: 'ask', question: 'Is Jane Doe still on the line?', facts: [] });
    await act(executionId, 'tiago.rocha', 'q-2', { type: 'answer', answer: 'She is.' });
    await erase(executionId);
    expect((await readHandoff(runtime, executionId)).document).not.toContain('Jane');
    expect(everything()).not.toContain('Jane');
    const { wait } = await viewHandoff(runtime, executionId);
    const queue = await readQueue(runtime, wait!.party);
    expect(queue.work.find((one) => one.executionId === executionId)?.erased).toBe(true);
    const refused = await act(executionId, 'lena.vogt', 'a-1', accept()).catch((error: unknown) => error);
    expect(refused).toBeInstanceOf(HandoffRefused);
    expect((refused as HandoffRefused).message).toMatch(/erased/i);
    expect((await viewHandoff(runtime, executionId)).handoff.state).not.toBe('accepted');
    await act(executionId, 'lena.vogt', 'r-1', {
      type: 'reject',
      code: 'wrong-team',
      because: 'Jane Doe is gone.',
      facts: [],
    });
    expect(everything()).toContain('Jane');
    const again = await erase(executionId);
    expect(again.erasures).toHaveLength(2);
    expect(everything()).not.toContain('Jane');
  });

  test('is refused for whoever is no administrator, before the handoff, and for a request that is gone without a record', async () => {
    const executionId = await start();
    await expect(erase(executionId, principalOf('lena.vogt'))).rejects.toMatchObject({ code: 'Forbidden' });
    await expect(erase(executionId)).rejects.toMatchObject({ code: 'NotPossibleNow' });
    const gone = await ended();
    const { request } = await readExecution(runtime, gone);
    const text = runtime.artifacts.documents.get(request)!;
    runtime.artifacts.documents.delete(request);
    await expect(erase(gone)).rejects.toMatchObject({ code: 'NotFound' });
    await expect(assembleEvidence(runtime, gone)).rejects.toMatchObject({ code: 'NotFound' });
    expect((await readExecution(runtime, gone)).erasures).toBeUndefined();
    runtime.artifacts.documents.set(request, text);
  });

  test('leaves nothing to run again, and nothing to simulate', async () => {
    const executionId = await ended();
    const ids = async () => (await pastRequestsOf(runtime, support, 100)).map(({ id }) => id);
    expect(await ids()).toContain(executionId);
    await erase(executionId);
    await expect(retryExecution(runtime, executionId, principalOf(ADMINISTRATOR!))).rejects.toMatchObject({
      code: 'Erased',
    });
    expect((await readExecution(runtime, executionId)).rerunAs).toBeUndefined();
    expect(await ids()).not.toContain(executionId);
  });
});

describe('evidence of an erasure', () => {
  let packet: EvidencePacket;
  beforeAll(async () => {
    const executionId = await ended();
    await erase(executionId);
    packet = await assembleEvidence(runtime, executionId);
  });

  const copy = (): EvidencePacket => structuredClone(packet);
  const erasureIn = (of: EvidencePacket) => of.artifacts.find(({ role }) => role === 'erasure')!;

  test('whose record was rewritten does not hold, even with its new digest everywhere but in the chain', async () => {
    const forged = copy();
    const artifact = erasureIn(forged);
    artifact.document = { ...(artifact.document as object), because: 'Something else.' };
    expect((await verifyEvidence(resealed(forged), verifier)).firstFailure?.check).toBe('artifacts');
    const digest = digestOf(artifact.document);
    artifact.digest = digest;
    for (const each of forged.artifacts) if (each.erasedBy !== undefined) each.erasedBy = digest;
    forged.record.erasures![0]!.record = digest;
    const report = await verifyEvidence(resealed(forged), verifier);
    expect(report.firstFailure).toMatchObject({ check: 'erasures' });
  });

  test('that hides another document behind the record does not hold', async () => {
    const forged = copy();
    const result = forged.artifacts.find(({ role }) => role === 'result')!;
    delete result.document;
    result.erasedBy = erasureIn(forged).digest;
    expect((await verifyEvidence(resealed(forged), verifier)).ok).toBe(false);
    expect(await resultOf(resealed(forged), 'erasures')).toMatchObject({ result: 'fail' });
  });

  test('that leaves the record out, or the order, does not hold', async () => {
    const without = copy();
    without.artifacts = without.artifacts.filter(({ role }) => role !== 'erasure');
    expect((await verifyEvidence(resealed(without), verifier)).firstFailure?.check).toBe('artifacts');
    const unordered = copy();
    delete unordered.record.erasures;
    const report = await verifyEvidence(resealed(unordered), verifier);
    expect(report.ok).toBe(false);
    expect(await resultOf(resealed(unordered), 'erasures')).toMatchObject({ result: 'fail' });
  });

  test('that simply lacks a document does not hold', async () => {
    const lacking = copy();
    delete lacking.artifacts.find(({ role }) => role === 'result')!.document;
    expect((await verifyEvidence(resealed(lacking), verifier)).firstFailure?.check).toBe('artifacts');
  });

  test('of a publication that still has the payload says so', async () => {
    const kept = copy();
    const request = kept.artifacts[0]!;
    const other = { any: 'document' };
    Object.assign(request, { document: other });
    delete request.erasedBy;
    request.digest = digestOf(other) as Digest;
    expect((await verifyEvidence(resealed(kept), verifier)).ok).toBe(false);
  });
});
