import { digestOf } from '../../core/digest.ts';
import { InvalidInput } from '../../core/errors.ts';
import { currentDirectory } from '../configuration/directory-store.ts';
import type { ExecutionRecord, Requester } from '../contracts/execution.ts';
import type { FlagReason } from '../flags/evaluate.ts';
import { checkWork } from '../handoffs/work.ts';
import type { Runtime } from '../runtime.ts';
import type { AnySkill } from '../skill/define-skill.ts';
import { type Accepted, acceptExecution, finishStarting } from './accept.ts';
import { derivedExecutionId, randomExecutionId } from './execution-id.ts';
import { findExecution } from './execution-store.ts';
import { checkReferences, checkRequest } from './request-checks.ts';
import { isForbidden, type RequestForbidden, resolveRequester } from './requester.ts';
import { lacksScope, type NeedsScoping, scopeRequest } from './scoping.ts';

/** A request to execute a skill. */
export interface StartRequest {
  readonly skill: AnySkill;
  /** The parsed JSON body. */
  readonly body: unknown;
  /** The authenticated caller's principal. */
  readonly caller: string;
  /** The person in whose name a trusted system asks. */
  readonly onBehalfOf?: string;
  readonly idempotencyKey?: string;
}

/** What became of it. All of these are answers, none is a fault. */
export type StartResult =
  | { readonly kind: 'accepted'; readonly executionId: string; readonly repeated: boolean }
  | NeedsScoping
  | RequestForbidden
  | { readonly kind: 'not-rolled-out'; readonly flag: string; readonly reason: FlagReason }
  | { readonly kind: 'idempotency-conflict'; readonly executionId: string }
  | { readonly kind: 'no-slot'; readonly retryAfterSeconds: number };

/** The longest key that is taken; longer ones are no keys but contents. */
const MAXIMUM_KEY_LENGTH = 200;

function executionIdFor(runtime: Runtime, ask: StartRequest): string {
  const { idempotencyKey: key } = ask;
  if (key === undefined) return randomExecutionId(runtime.random.bytes(16));
  if (key.length === 0 || key.length > MAXIMUM_KEY_LENGTH) {
    const message = `An idempotency key has 1 to ${MAXIMUM_KEY_LENGTH} characters.`;
    throw new InvalidInput(message, [
      { pointer: '', code: 'invalid-idempotency-key', message, mend: 'Send a UUID, or leave the header out.' },
    ]);
  }
  return derivedExecutionId('start', ask.caller, ask.skill.name, key);
}

/** What an execution that exists already means for a request: the same one again, whose start is finished, or another. */
async function repeat(
  runtime: Runtime,
  existing: ExecutionRecord,
  bodyDigest: string,
  requester: Requester,
): Promise<StartResult> {
  const { executionId } = existing;
  if (existing.bodyDigest !== bodyDigest || existing.requester.personId !== requester.personId)
    return { kind: 'idempotency-conflict', executionId };
  await finishStarting(runtime, existing);
  return { kind: 'accepted', executionId, repeated: true };
}

/** Answers with what taking an execution on came to. */
export function answerOf(accepted: Exclude<Accepted, { kind: 'exists' }>): StartResult {
  if (accepted.kind !== 'created') return accepted;
  return { kind: 'accepted', executionId: accepted.record.executionId, repeated: false };
}

/**
 * Starts an execution, or says why not. In this order: who asks, the contracts, scoping, an execution under the same key,
 * the flag (once), a computing slot; then the request is stored, the record created and the state machine started. The same
 * caller, key and body give the same execution, also when an earlier attempt crashed half-way.
 * @throws InvalidInput with every problem of the body, NotPossibleNow where it hands over work that is under way or begins it anew.
 */
export async function startExecution(runtime: Runtime, ask: StartRequest): Promise<StartResult> {
  const { skill, body } = ask;
  const directory = await currentDirectory(runtime);
  const at = runtime.clock.now();
  const requester = resolveRequester(directory, { ...ask, at });
  if (isForbidden(requester)) return requester;
  const checked = checkRequest(skill, body);
  const request = scopeRequest(skill, checked.envelope);
  if (lacksScope(request)) return request;
  const executionId = executionIdFor(runtime, ask);
  const bodyDigest = digestOf(body);
  const existing = ask.idempotencyKey === undefined ? undefined : await findExecution(runtime, executionId);
  if (existing !== undefined) return repeat(runtime, existing, bodyDigest, requester);
  await checkReferences(runtime, skill, checked, requester.personId);
  await checkWork(runtime, skill, checked.input);
  const accountId = skill.accountId(checked.input);
  const acceptance = { skill, executionId, accountId, bodyDigest, request, requester, directory, at };
  const accepted = await acceptExecution(runtime, acceptance);
  return accepted.kind === 'exists' ? repeat(runtime, accepted.record, bodyDigest, requester) : answerOf(accepted);
}
