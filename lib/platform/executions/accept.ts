import type { Digest } from '../../core/digest.ts';
import type { LoadedDirectory } from '../../core/directory/loaded.ts';
import { Conflict } from '../../core/errors.ts';
import type { Instant } from '../../core/instant.ts';
import { NotPossibleNow } from '../api/errors.ts';
import { Erased } from '../artifacts/erased.ts';
import { currentConfiguration } from '../configuration/configuration-store.ts';
import { promotedDigest } from '../configuration/validation.ts';
import type { ScopedRequest } from '../contracts/envelope.ts';
import type { ExecutionRecord, Requester } from '../contracts/execution.ts';
import { evaluateFlag, type FlagEvaluation, type FlagReason } from '../flags/evaluate.ts';
import type { Runtime } from '../runtime.ts';
import type { AnySkill } from '../skill/define-skill.ts';
import type { RecordedReference } from '../skill/reference.ts';
import { requestDocument } from './context.ts';
import { engineVersions } from './engine-versions.ts';
import { withEvent } from './events.ts';
import { changeExecution, createExecution, readExecution } from './execution-store.ts';
import { acceptanceFacts } from './record-facts.ts';
import { resolveReferences } from './references.ts';
import { leaseSlot, releaseSlot } from './slots.ts';

/** What an execution is made of once everything about the request is known. */
export interface Acceptance {
  readonly skill: AnySkill;
  readonly executionId: string;
  readonly accountId: string;
  readonly bodyDigest: Digest;
  readonly request: ScopedRequest;
  readonly requester: Requester;
  readonly directory: LoadedDirectory;
  readonly at: Instant;
  readonly rerunOf?: string;
}

/** An execution of the id exists now, or why none was started. */
export type Accepted =
  | { readonly kind: 'created'; readonly record: ExecutionRecord }
  /** Somebody else created it in the meantime. */
  | { readonly kind: 'exists'; readonly record: ExecutionRecord }
  | { readonly kind: 'not-rolled-out'; readonly flag: string; readonly reason: FlagReason }
  | { readonly kind: 'no-slot'; readonly retryAfterSeconds: number };

/** Evaluates the skill's flag for an account at an instant, from the last good snapshot. */
export async function rolloutOf(
  runtime: Runtime,
  skill: AnySkill,
  facts: { readonly accountId: string; readonly requesterId: string; readonly at: Instant },
): Promise<FlagEvaluation> {
  return evaluateFlag(await runtime.flags.snapshot(), skill.flag, {
    accountId: facts.accountId,
    skill: skill.name,
    environment: runtime.settings.environment,
    at: facts.at,
    requesterId: facts.requesterId,
  });
}

async function newRecord(
  runtime: Runtime,
  acceptance: Acceptance,
  flag: FlagEvaluation,
  request: Digest,
  references: readonly RecordedReference[],
): Promise<ExecutionRecord> {
  const { skill, executionId, accountId, bodyDigest, requester, directory, at, rerunOf } = acceptance;
  const { resubmits } = acceptance.request;
  const { version, digest, status, chosen } = await currentConfiguration(runtime, skill.name, flag.variant?.name);
  const engine = engineVersions(skill);
  const record: ExecutionRecord = {
    executionId,
    version: 1,
    skill: skill.name,
    accountId,
    requester,
    createdAt: at,
    updatedAt: at,
    status: 'starting',
    bodyDigest,
    request,
    configuration: { version, digest },
    promoted: promotedDigest(digest, engine),
    directory: directory.digest,
    instant: at,
    flag,
    engine,
    ...(resubmits === undefined ? {} : { resubmits }),
    ...(rerunOf === undefined ? {} : { rerunOf }),
    ...(references.length === 0 ? {} : { references }),
    gates: [],
    pendingMails: [],
    pendingEvents: [],
  };
  const data = { ...acceptanceFacts(record), configurationStatus: status, configurationChosen: chosen };
  return withEvent(record, 'execution-accepted', at, data, requester.caller);
}

/**
 * Starts the state machine of a record that is still `starting`, and notes that it runs. Starting twice is harmless, so
 * whoever finds such a record may finish what a crash broke off.
 */
export async function finishStarting(runtime: Runtime, record: ExecutionRecord): Promise<ExecutionRecord> {
  if (record.status !== 'starting') return record;
  const skill = runtime.skills.find(({ name }) => name === record.skill);
  if (skill === undefined) return record;
  const flow = { executionId: record.executionId, skill: record.skill, verdict: 'continue' as const };
  await runtime.states.start(skill.id, record.executionId, flow);
  return changeExecution(runtime, record.executionId, (current) =>
    current.status === 'starting' ? { ...current, status: 'running' } : undefined,
  );
}

/**
 * Stores the request; where it cannot be stored, nobody computes with it and the slot is free again.
 * @throws NotPossibleNow for the very bytes of a request that was erased on record: a redelivery must not undo the erasure.
 */
async function storeRequest(runtime: Runtime, { skill, executionId, request }: Acceptance): Promise<Digest> {
  try {
    return await runtime.artifacts.put(requestDocument(request));
  } catch (error) {
    await releaseSlot(runtime, skill.name, executionId);
    if (!(error instanceof Erased)) throw error;
    const message = 'This very request was made before, and its payload has been erased on record.';
    const mend = 'If it is lawfully made anew, and not delivered once more, send it with a new salt for its payload.';
    throw new NotPossibleNow(message, [{ pointer: '/input', code: 'erased-before', message, mend }], { cause: error });
  }
}

/**
 * Takes an execution on: flag, slot, request artifact, record, state machine, in this order. Each step can be repeated, and
 * the record is the point of no return: once it stands, the sweeper finishes the rest.
 * @throws NotFound when the skill has no configuration, InvalidInput when the request refers to a skill that is not there,
 * NotPossibleNow when the request was made before and erased.
 */
export async function acceptExecution(runtime: Runtime, acceptance: Acceptance): Promise<Accepted> {
  const { skill, executionId, accountId, requester, at } = acceptance;
  const flag = await rolloutOf(runtime, skill, { accountId, requesterId: requester.personId, at });
  if (!flag.enabled) return { kind: 'not-rolled-out', flag: skill.flag, reason: flag.reason };
  const references = await resolveReferences(runtime, skill, acceptance.request.input);
  const lease = await leaseSlot(runtime, skill, executionId);
  if (!lease.leased) return { kind: 'no-slot', retryAfterSeconds: lease.retryAfterSeconds };
  const request = await storeRequest(runtime, acceptance);
  const record = await newRecord(runtime, acceptance, flag, request, references);
  try {
    await createExecution(runtime, record);
  } catch (error) {
    if (!(error instanceof Conflict)) throw error;
    return { kind: 'exists', record: await readExecution(runtime, executionId) };
  }
  return { kind: 'created', record: await finishStarting(runtime, record) };
}
