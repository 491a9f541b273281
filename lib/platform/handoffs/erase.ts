import { canonicalJson, type Digest } from '../../core/digest.ts';
import type { Instant } from '../../core/instant.ts';
import { NotPossibleNow } from '../api/errors.ts';
import { Erased } from '../artifacts/erased.ts';
import { appendAudit } from '../audit/append.ts';
import type { ErasureAnswer } from '../contracts/erasure.ts';
import { type ErasureRecord, parseErasureRecord } from '../contracts/erasure-record.ts';
import type { ErasureOrder, ExecutionRecord, PendingEvent } from '../contracts/execution.ts';
import { parseStoredRequest, readRequest, requestDocument, skillNamed } from '../executions/context.ts';
import { changeExecution, readExecution } from '../executions/execution-store.ts';
import { readLedger } from '../executions/pod-ledger.ts';
import { log } from '../log.ts';
import type { Runtime } from '../runtime.ts';
import { finishErasures } from './finish-erasures.ts';
import { findHandoff } from './handoff-store.ts';

/** Why something is erased: in words that stay on record, and as a stable code. */
export interface ErasureReason {
  readonly because: string;
  readonly reason: string;
}

type Erasable = ErasureRecord['erased'][number];

const refuse = (message: string): never => {
  throw new NotPossibleNow(message);
};

/** Pieces of the payload that were solved apart, and what became of them; none where an order took them before. */
async function podsOf(runtime: Runtime, record: ExecutionRecord): Promise<readonly Erasable[]> {
  if (record.pods === undefined) return [];
  const { ledger } = record.pods;
  try {
    const { rounds } = await readLedger(runtime, record);
    const parts = new Set(rounds.flat().flatMap(({ work, pod }) => [work, pod]));
    return [{ role: 'pod-ledger', digest: ledger }, ...[...parts].map((digest): Erasable => ({ role: 'pod', digest }))];
  } catch (error) {
    if (error instanceof Erased) return [];
    throw error;
  }
}

/** What holds the payload, or quotes it: the stored request, its pods, and every document that an answer brought. */
async function erasableOf(runtime: Runtime, record: ExecutionRecord): Promise<readonly Erasable[]> {
  const handoff = await findHandoff(runtime, record.executionId);
  if (record.outcome === undefined && handoff === undefined)
    return refuse('The execution has not come to its handoff, and still computes with the payload: withdraw it first.');
  const brought = new Set([...(handoff?.artifacts ?? []), ...(record.handoff?.artifacts ?? [])]);
  return [
    { role: 'request', digest: record.request },
    ...(await podsOf(runtime, record)),
    ...[...brought].map((digest): Erasable => ({ role: 'handoff-artifact', digest })),
  ];
}

/** Shorter texts stand in documents for other reasons: codes, ids, names of states. */
const SHORTEST_QUOTE = 12;
/** What pages show of a text is clipped to 400 characters. */
const COMPARED = 300;

const squeezed = (text: string): string => text.replaceAll(/\s+/g, ' ').trim();

function textsOf(value: unknown): string[] {
  if (typeof value === 'string') return [squeezed(value)].filter(({ length }) => length >= SHORTEST_QUOTE);
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(textsOf) : [];
}

/** The artifacts that are kept and repeat texts that stand in the request and not in what is left of it. */
async function repetitions(
  runtime: Runtime,
  { result, outputs }: ExecutionRecord,
  request: unknown,
  left: unknown,
): Promise<ErasureRecord['repeatedIn']> {
  const kept = new Set(textsOf(left));
  const gone = textsOf(request).filter((text) => !kept.has(text));
  const looked: readonly (readonly [string, Digest | undefined])[] = [
    ['result', result],
    ['primary-artifact-bundle', outputs?.primaryArtifactBundle],
    ['execution-scorecard', outputs?.executionScorecard],
    ['handoff-packet', outputs?.handoffPacket],
  ];
  const found = await Promise.all(
    looked.map(async ([role, digest]) => {
      if (digest === undefined || gone.length === 0) return [];
      const texts = textsOf(await runtime.artifacts.get(digest)).join('\n');
      return gone.some((text) => texts.includes(text.slice(0, COMPARED))) ? [{ role, digest }] : [];
    }),
  );
  return found.flat();
}

/** The request without its payload. @throws NotPossibleNow where there is none. */
async function requestLeft(
  runtime: Runtime,
  record: ExecutionRecord,
  stamp: { readonly at: Instant; readonly by: string; readonly reason: string },
): Promise<Pick<ErasureRecord, 'payload' | 'request' | 'repeatedIn'>> {
  const { document, erased } = await readRequest(runtime, record.request);
  if (erased !== undefined) {
    // Another execution of the same request was erased before: what was left then is what is left now.
    const before = parseErasureRecord(await runtime.artifacts.get(erased.erasure));
    const { payload, request } = before;
    const repeatedIn: ErasureRecord['repeatedIn'] = [];
    return { ...(payload === undefined ? {} : { payload }), ...(request === undefined ? {} : { request }), repeatedIn };
  }
  const skill = skillNamed(runtime.skills, record.skill);
  const request = parseStoredRequest(document);
  const cut = skill.handoff?.erase?.input(skill.input.parse(request.input), stamp);
  if (cut === undefined) return refuse('The request of this execution holds no payload that could be erased.');
  const left: unknown = JSON.parse(canonicalJson(requestDocument({ ...request, input: cut.input })));
  const repeatedIn = await repetitions(runtime, record, document, left);
  return { payload: cut.payload, request: { digest: record.request, left }, repeatedIn };
}

/** Makes sure that an artifact is there, or was erased on record: what is simply gone never becomes an erasure. */
async function requireKnown(runtime: Runtime, digest: Digest): Promise<void> {
  try {
    await runtime.artifacts.get(digest);
  } catch (error) {
    if (!(error instanceof Erased)) throw error;
  }
}

/** Notes the order in the execution and its chain, unless somebody ordered the same in the meantime. */
function withOrder(current: ExecutionRecord, order: ErasureOrder, reason: string): ExecutionRecord | undefined {
  const before = current.erasures ?? [];
  const known = new Set(before.flatMap(({ digests }) => digests));
  if (order.digests.every((digest) => known.has(digest))) return undefined;
  const event: PendingEvent = {
    eventId: `payload-erased.${before.length + 1}:${current.executionId}`,
    at: order.at,
    type: 'payload-erased',
    actor: order.by,
    data: { erasure: order.record, digests: [...order.digests], reason },
  };
  return { ...current, erasures: [...before, order], pendingEvents: [...current.pendingEvents, event] };
}

/** The id under which an engine knows who ordered it: ids have no capitals and no signs of addresses. */
const asId = (by: string): string => (/^[a-z0-9][a-z0-9._-]{0,79}$/.test(by) ? by : 'operator');

async function answerOf(runtime: Runtime, record: ExecutionRecord, repeated: boolean): Promise<ErasureAnswer> {
  const { executionId, erasures = [] } = record;
  const views = erasures.map(async ({ record: of, digests, at, by, done }) => {
    const { repeatedIn } = parseErasureRecord(await runtime.artifacts.get(of));
    return { executionId, at, by, record: of, erased: [...digests], repeatedIn, finished: done };
  });
  return { executionId, repeated, erasures: await Promise.all(views) };
}

/**
 * Erases the payload of an execution's handoff on record: the stored request and every document that answers brought are replaced
 * by a marker of the record, digests and chain stay. The record is written first, then what it names is deleted; a crash in
 * between is finished by the sweeper, or by asking again. Asking again also erases what was said since.
 * @param by the administrator or operator who orders it.
 * @throws NotFound when there is no such execution or an artifact is gone, NotPossibleNow when there is nothing to erase or the
 * execution still computes with it, ArtifactsUnavailable when something could not be deleted: it then stays owed.
 */
export async function eraseHandoff(
  runtime: Runtime,
  executionId: string,
  { because, reason }: ErasureReason,
  by: string,
): Promise<ErasureAnswer> {
  const record = await readExecution(runtime, executionId);
  if (skillNamed(runtime.skills, record.skill).handoff?.erase === undefined)
    return refuse(`The skill ${record.skill} hands nothing over that could be erased.`);
  const erasable = await erasableOf(runtime, record);
  const known = new Set((record.erasures ?? []).flatMap(({ digests }) => digests));
  const erased = erasable.filter(({ digest }) => !known.has(digest));
  if (erased.length > 0) {
    await Promise.all(erased.map(({ digest }) => requireKnown(runtime, digest)));
    const at = runtime.clock.now();
    const left = erased.some(({ role }) => role === 'request')
      ? await requestLeft(runtime, record, { at, by: asId(by), reason })
      : { repeatedIn: [] };
    const document: ErasureRecord = {
      schema: 'countersign/erasure-record/1',
      executionId,
      at,
      by,
      because,
      reason,
      erased,
      ...left,
    };
    const order: ErasureOrder = {
      record: await runtime.artifacts.put(document),
      digests: erased.map(({ digest }) => digest),
      at,
      by,
      done: false,
    };
    await changeExecution(runtime, executionId, (current) => withOrder(current, order, reason));
  }
  const after = await finishErasures(runtime, executionId);
  try {
    await appendAudit(runtime, executionId);
  } catch (error) {
    // The event stays owed, and the sweeper chains it.
    log('warn', {
      event: 'debt-stays',
      debt: 'audit',
      executionId,
      error: error instanceof Error ? error.name : 'unknown',
    });
  }
  return answerOf(runtime, after, erased.length === 0);
}
