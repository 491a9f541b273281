import { digestOf } from '../../core/digest.ts';
import { readStages } from '../approvals/stage-store.ts';
import { entryOf, findLedger, isRolledBack, wasEverStable } from '../configuration/ledger.ts';
import { readPosture } from '../configuration/posture.ts';
import { validationOf } from '../configuration/validation.ts';
import type { ExecutionRecord } from '../contracts/execution.ts';
import type { FlowState } from '../contracts/flow.ts';
import { findHandoff } from '../handoffs/handoff-store.ts';
import { ReleaseRefused } from '../publisher/publisher.ts';
import { carryOutRelease, releaseOf } from '../publisher/release.ts';
import { takeBackRelease } from '../publisher/restore.ts';
import type { Runtime } from '../runtime.ts';
import type { Reason } from '../skill/skill-result.ts';
import { approvalProblems } from './approvals-hold.ts';
import { attempt } from './attempt.ts';
import { concludeExecution, type Ending } from './conclusion.ts';
import { loadContext, skillNamed } from './context.ts';
import { withdrawnEnding } from './endings.ts';
import { readExecution } from './execution-store.ts';
import { allGates, failed, passed, reasonsOf, withGate } from './gates.ts';
import { carryOutPublication, publicationTarget, takeBackPublication } from './publication.ts';
import { PublishHeld } from './publish-held.ts';

const reason = (code: string, message: string): Reason => ({ code, message, pointer: '' });

/**
 * What the configuration's standing says against publishing: a version that was never validated with the engine that ran it,
 * or one that was rolled back since. One that a better one has followed may still publish what it began.
 */
async function configurationProblem(runtime: Runtime, record: ExecutionRecord): Promise<Reason | undefined> {
  const { version, digest } = record.configuration;
  const ledger = await findLedger(runtime, record.skill);
  const entry = ledger === undefined ? undefined : entryOf(ledger, version);
  if (entry === undefined || entry.digest !== digest)
    return reason('ConfigurationUnknown', 'The configuration version is not one that is on record.');
  if (isRolledBack(entry))
    return reason('ConfigurationRolledBack', 'The configuration version was rolled back; run the request again.');
  if (wasEverStable(entry) || (await validationOf(runtime, record.skill, record.promoted)).passed) return undefined;
  return reason('ConfigurationNotValidated', 'The configuration version was never validated with this engine.');
}

/**
 * What a handoff says against publishing: that what it promised was not delivered and verified, or that nobody found out whether
 * there is one. Skills that hand nothing over are not asked.
 */
async function handoffProblem(runtime: Runtime, record: ExecutionRecord): Promise<Reason | undefined> {
  if (skillNamed(runtime.skills, record.skill).handoff === undefined || record.handsOver === false) return undefined;
  const end = (await findHandoff(runtime, record.executionId))?.end;
  return end?.outcome === 'published' ? undefined : reason('HandoffNotDone', 'The handoff has not come to its end.');
}

/** What speaks against publishing, found anew from what is stored: nothing that the flow says is taken for granted. */
async function publicationProblems(runtime: Runtime, record: ExecutionRecord): Promise<Reason[]> {
  const loaded = await attempt(() => loadContext(runtime, record));
  if (!loaded.ok) return reasonsOf(loaded.error);
  const { result } = loaded.value;
  const standing = await configurationProblem(runtime, record);
  if (standing !== undefined) return [standing];
  if (result === undefined) return [reason('ResultMissing', 'There is no result to publish.')];
  const [schema, determinism, policy] = allGates(record.gates);
  if (schema?.result !== 'pass' || determinism?.result !== 'pass' || policy?.result === 'fail')
    return [reason('GateNotPassed', 'A gate has not been passed.')];
  const termsDigest = digestOf(result.terms);
  if (termsDigest !== record.termsDigest)
    return [reason('TermsChanged', 'The terms are not those that were computed for this execution.')];
  const target = await publicationTarget(runtime, record, loaded.value);
  if (target !== undefined) return [target];
  const handoff = await handoffProblem(runtime, record);
  if (handoff !== undefined) return [handoff];
  const release = await attempt(() => releaseOf(runtime, record));
  if (!release.ok) return reasonsOf(release.error);
  if (result.verdict === 'publish') return [];
  if (result.verdict === 'block' || result.plan === undefined)
    return [reason('RefusedByPolicy', 'The skill’s own verdict refuses publication.')];
  return approvalProblems(result.plan, await readStages(runtime, record.executionId), termsDigest);
}

function endingOf(record: ExecutionRecord, problems: readonly Reason[]): Ending {
  if (problems.length === 0)
    return {
      outcome: 'published',
      gates: withGate(record.gates, passed('policy-approval-check')),
      reasons: [],
      incident: false,
      tellOversight: false,
    };
  return {
    outcome: 'blocked',
    gates: withGate(record.gates, failed('policy-approval-check', problems)),
    reasons: problems,
    incident: true,
    tellOversight: true,
  };
}

/** Carries out what a publication does besides ending the execution; safe to repeat. @returns why it cannot be, if so. */
async function carryOut(runtime: Runtime, record: ExecutionRecord): Promise<Reason[]> {
  await carryOutPublication(runtime, record);
  try {
    await carryOutRelease(runtime, record);
    return [];
  } catch (error) {
    if (!(error instanceof ReleaseRefused)) throw error;
    return [reason(error.code, error.message)];
  }
}

/**
 * Publishes, if everything that a publication takes is on record: the gates passed, every level approved on the terms in
 * force, nobody withdrew, and the posture, read right before, allows it. Otherwise the execution ends as withdrawn or blocked.
 * @throws PublishHeld while the posture is critical, the content's time has not come, or the publisher cannot be reached: the state
 * machine comes again.
 * @throws NotFound when there is no such execution.
 */
export async function publish(runtime: Runtime, flow: FlowState): Promise<FlowState> {
  const record = await readExecution(runtime, flow.executionId);
  const withdrawn = record.withdrawal !== undefined;
  const found = withdrawn || record.outcome !== undefined ? [] : await publicationProblems(runtime, record);
  if (record.outcome === undefined && !withdrawn && (await readPosture(runtime, record.skill)) === 'critical')
    throw new PublishHeld(`The posture of ${record.skill} is critical; publication waits until it is not.`);
  // The effect comes first, and once: whoever reads of a publication finds what it did.
  const mayPublish = !withdrawn && record.outcome === undefined && found.length === 0;
  const problems = mayPublish ? await carryOut(runtime, record) : found;
  const ended = await concludeExecution(
    runtime,
    record,
    withdrawn ? withdrawnEnding(record) : endingOf(record, problems),
  );
  // A withdrawal that arrived while this was publishing has kept the outcome open.
  const last = ended.outcome === undefined ? await concludeExecution(runtime, ended, withdrawnEnding(ended)) : ended;
  if (last.outcome !== 'published') {
    await takeBackPublication(runtime, last);
    await takeBackRelease(runtime, last);
  }
  return flow;
}
