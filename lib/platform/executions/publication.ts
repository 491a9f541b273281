import { digestOf } from '../../core/digest.ts';
import { configurationNameOf } from '../configuration/configuration-name.ts';
import { baselineOf, findLedger } from '../configuration/ledger.ts';
import { type CandidateOrder, putCandidate, takeBackCandidate } from '../configuration/put-candidate.ts';
import type { ExecutionRecord } from '../contracts/execution.ts';
import type { Runtime } from '../runtime.ts';
import type { PublishedCandidate } from '../skill/publication.ts';
import type { Reason } from '../skill/skill-result.ts';
import { attempt } from './attempt.ts';
import { type ExecutionContext, loadContext, skillNamed } from './context.ts';

const reason = (code: string, message: string): Reason => ({ code, message, pointer: '' });

function candidateIn({ skill, result }: ExecutionContext): PublishedCandidate | undefined {
  return result === undefined ? undefined : skill.publishes?.candidateFor(result);
}

/** Who answers for a candidate in the target's ledger; the same at every attempt. */
function orderOf({ executionId, requester }: ExecutionRecord): CandidateOrder {
  return { by: requester.personId, because: `Published by execution ${executionId}.` };
}

/**
 * What speaks against carrying out a publication: its target is none that the execution looked at, or has another baseline now
 * than the one that people saw the candidate compared with.
 */
export async function publicationTarget(
  runtime: Pick<Runtime, 'table'>,
  record: ExecutionRecord,
  context: ExecutionContext,
): Promise<Reason | undefined> {
  const candidate = candidateIn(context);
  if (candidate === undefined) return undefined;
  const reference = record.references?.find(({ skill }) => skill === candidate.skill);
  const ledger = reference === undefined ? undefined : await findLedger(runtime, candidate.skill);
  if (reference === undefined || ledger === undefined)
    return reason(
      'TargetUnknown',
      `The execution refers to no skill ${candidate.skill} that could take the candidate.`,
    );
  const { version, digest } = baselineOf(ledger);
  if (digest === reference.digest) return undefined;
  const message = `The baseline of ${candidate.skill} is ${version} by now; the change was compared with ${reference.version}. Run the request again.`;
  return reason('BaselineMoved', message);
}

/** Puts the candidate of a publication on trial, if it has one. Doing it again changes nothing. */
export async function carryOutPublication(runtime: Runtime, record: ExecutionRecord): Promise<void> {
  if (skillNamed(runtime.skills, record.skill).publishes === undefined) return;
  const candidate = candidateIn(await loadContext(runtime, record));
  if (candidate !== undefined) await putCandidate(runtime, candidate.skill, candidate.configuration, orderOf(record));
}

/** Takes the candidate off trial again, where an execution ended otherwise after all. */
export async function takeBackPublication(runtime: Runtime, record: ExecutionRecord): Promise<void> {
  if (skillNamed(runtime.skills, record.skill).publishes === undefined || record.result === undefined) return;
  const loaded = await attempt(() => loadContext(runtime, record));
  const candidate = loaded.ok ? candidateIn(loaded.value) : undefined;
  if (candidate === undefined || (await findLedger(runtime, candidate.skill)) === undefined) return;
  const { skill, configuration } = candidate;
  const version = configurationNameOf({ name: skill }, configuration, digestOf(configuration));
  await takeBackCandidate(
    runtime,
    skill,
    version,
    orderOf(record),
    `Execution ${record.executionId} was not published.`,
  );
}
