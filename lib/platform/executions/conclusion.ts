import type { Digest } from '../../core/digest.ts';
import { CountersignError } from '../../core/errors.ts';
import { readStages } from '../approvals/stage-store.ts';
import { ArtifactsUnavailable } from '../artifacts/artifacts-unavailable.ts';
import type { ScopedRequest } from '../contracts/envelope.ts';
import type { ExecutionRecord, PendingMail } from '../contracts/execution.ts';
import type { GateResult, Outcome } from '../contracts/outcome.ts';
import { keepHandoff } from '../handoffs/keep.ts';
import type { Runtime } from '../runtime.ts';
import type { Reason, SkillResult } from '../skill/skill-result.ts';
import { parseStoredRequest, readRequest, skillNamed } from './context.ts';
import { failureOwed } from './counted-failure.ts';
import { withEvent } from './events.ts';
import { changeExecution, readExecution } from './execution-store.ts';
import { incidentPacket } from './incident-packet.ts';
import { buildOutputs } from './outputs.ts';
import { conclusionFacts } from './record-facts.ts';
import { settleEnding } from './settle.ts';
import { parseSkillResult } from './skill-result-schema.ts';

/** How an execution is to end. */
export interface Ending {
  readonly outcome: Exclude<Outcome, 'needs-scoping'>;
  readonly gates: readonly GateResult[];
  readonly reasons: readonly Reason[];
  /** Keeps an incident packet with the execution. */
  readonly incident: boolean;
  /** Mails oversight about the incident. */
  readonly tellOversight: boolean;
  readonly fault?: NonNullable<ExecutionRecord['fault']>;
}

/** A stored document, or `undefined` where it is missing or damaged: outputs are owed in that case too. */
async function readIfSound<T>(
  digest: Digest | undefined,
  read: (digest: Digest) => Promise<unknown>,
  parse: (value: unknown) => T,
): Promise<T | undefined> {
  if (digest === undefined) return undefined;
  try {
    return parse(await read(digest));
  } catch (error) {
    if (error instanceof CountersignError && !(error instanceof ArtifactsUnavailable)) return undefined;
    throw error;
  }
}

function mailsOf(ending: Ending): PendingMail[] {
  const outcome: PendingMail = { mailId: 'outcome', kind: 'outcome', attempts: 0 };
  return ending.tellOversight ? [outcome, { mailId: 'incident', kind: 'incident', attempts: 0 }] : [outcome];
}

/**
 * Ends an execution: builds its outputs, fixes its outcome by one conditional write, and owes the mails that tell of it and
 * the signed statement about it.
 * The first ending counts: whoever comes later, or again, finds it and changes nothing. A publication gives way to a
 * withdrawal that came in between; the record then comes back without an outcome.
 * @returns the record as it stands afterwards.
 * @throws NotFound when the execution or its skill does not exist.
 */
export async function concludeExecution(
  runtime: Runtime,
  record: ExecutionRecord,
  ending: Ending,
): Promise<ExecutionRecord> {
  const { executionId } = record;
  if (record.outcome === undefined) {
    const concludedAt = runtime.clock.now();
    const [request, result, stages, handoff] = await Promise.all([
      readIfSound<ScopedRequest>(
        record.request,
        async (digest) => (await readRequest(runtime, digest)).document,
        parseStoredRequest,
      ),
      readIfSound<SkillResult>(record.result, (digest) => runtime.artifacts.get(digest), parseSkillResult),
      readStages(runtime, executionId),
      keepHandoff(runtime, executionId),
    ]);
    const built = buildOutputs({
      record,
      skill: skillNamed(runtime.skills, record.skill),
      outcome: ending.outcome,
      concludedAt,
      gates: ending.gates,
      reasons: ending.reasons,
      stages,
      ...handoff,
      ...(request === undefined ? {} : { request }),
      ...(result === undefined ? {} : { result }),
    });
    const [primaryArtifactBundle, executionScorecard, handoffPacket, incident] = await Promise.all([
      runtime.artifacts.put(built.primaryArtifactBundle),
      runtime.artifacts.put(built.executionScorecard),
      runtime.artifacts.put(built.handoffPacket),
      ending.incident ? runtime.artifacts.put(incidentPacket(record, ending, concludedAt)) : undefined,
    ]);
    await changeExecution(runtime, executionId, (current) => {
      if (current.outcome !== undefined) return undefined;
      if (ending.outcome === 'published' && current.withdrawal !== undefined) return undefined;
      const concluded: ExecutionRecord = {
        ...current,
        status: ending.outcome === 'rolled-back' ? 'failed' : 'succeeded',
        outcome: ending.outcome,
        concludedAt,
        gates: ending.gates,
        outputs: { primaryArtifactBundle, executionScorecard, handoffPacket },
        ...handoff,
        ...(incident === undefined ? {} : { incident }),
        ...(ending.fault === undefined ? {} : { fault: ending.fault }),
        ...failureOwed(current, ending, concludedAt),
        pendingMails: [...current.pendingMails, ...mailsOf(ending)],
      };
      return withEvent(concluded, 'execution-concluded', concludedAt, conclusionFacts(concluded));
    });
  }
  await settleEnding(runtime, executionId);
  return readExecution(runtime, executionId);
}
