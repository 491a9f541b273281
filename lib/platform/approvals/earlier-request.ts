import type { Terms, TermsLine } from '../../core/approval/terms.ts';
import type { LoadedDirectory } from '../../core/directory/loaded.ts';
import { CountersignError } from '../../core/errors.ts';
import type { Instant } from '../../core/instant.ts';
import type { EarlierRequest, TermsChange } from '../../pages/parts/terms.ts';
import type { ExecutionRecord } from '../contracts/execution.ts';
import { findExecution } from '../executions/execution-store.ts';
import { parseSkillResult } from '../executions/skill-result-schema.ts';
import type { Runtime } from '../runtime.ts';
import type { Stage } from './stage.ts';
import { readStages } from './stage-store.ts';

/** An approval of the earlier request that counts in this one. */
export interface KeptFact {
  readonly by: string;
  readonly levelName: string;
  readonly at: Instant;
}

/** The earlier request as it is read; a page writes its times in somebody's zone. */
export interface EarlierFacts extends Omit<EarlierRequest, 'kept'> {
  readonly kept: readonly KeptFact[];
}

/** The approvals that the stages prepared so far have kept, in their order. */
function keptIn(stages: readonly Stage[], directory: LoadedDirectory): readonly KeptFact[] {
  return stages.flatMap(({ levels }) =>
    levels.flatMap(({ name, seats }) =>
      seats.flatMap(({ approver, decision }) =>
        decision?.carried === undefined
          ? []
          : [{ by: directory.person(approver)?.name ?? approver, levelName: name, at: decision.at }],
      ),
    ),
  );
}

/** Lines by label; of several with one label the first answers the first, the second the second. */
function keyed(lines: readonly TermsLine[]): ReadonlyMap<string, TermsLine> {
  const count = new Map<string, number>();
  return new Map(
    lines.map((line) => {
      const nth = (count.get(line.label) ?? 0) + 1;
      count.set(line.label, nth);
      return [`${line.label}\u0000${nth}`, line];
    }),
  );
}

/** What differs between two sets of terms, line by line: first what is asked for now, then what is gone. */
export function termsChanges(before: Terms, after: Terms): readonly TermsChange[] {
  const [then, now] = [keyed(before.lines), keyed(after.lines)];
  const changed = [...now].flatMap(([key, { label, value }]): TermsChange[] => {
    const earlier = then.get(key)?.value;
    if (earlier === value) return [];
    return [{ label, after: value, ...(earlier === undefined ? {} : { before: earlier }) }];
  });
  const gone = [...then].flatMap(([key, { label, value }]): TermsChange[] =>
    now.has(key) ? [] : [{ label, before: value }],
  );
  return [...changed, ...gone];
}

/** Whether an execution may show the terms of an earlier one: the same person asked the same skill, and it was sent back. */
function isSentBack(earlier: ExecutionRecord, record: ExecutionRecord): boolean {
  return (
    earlier.outcome === 'changes-requested' &&
    earlier.skill === record.skill &&
    earlier.accountId === record.accountId &&
    earlier.requester.personId === record.requester.personId
  );
}

/**
 * The request that an execution resubmits: who sent it back, what changed since, and which of its approvals still count. Every
 * level that is asked sees the difference.
 * @returns `undefined` when it resubmits none, or none that can still be read.
 */
export async function readEarlierRequest(
  runtime: Runtime,
  record: ExecutionRecord,
  terms: Terms,
  directory: LoadedDirectory,
): Promise<EarlierFacts | undefined> {
  if (record.resubmits === undefined) return undefined;
  const earlier = await findExecution(runtime, record.resubmits);
  if (earlier?.result === undefined || !isSentBack(earlier, record)) return undefined;
  try {
    const before = parseSkillResult(await runtime.artifacts.get(earlier.result)).terms;
    const [stages, own] = await Promise.all([
      readStages(runtime, earlier.executionId),
      readStages(runtime, record.executionId),
    ]);
    const wishes = stages
      .flatMap(({ levels }) => levels.flatMap(({ seats }) => seats))
      .flatMap(({ approver, decision }) =>
        decision?.action === 'request-changes'
          ? [{ by: directory.person(approver)?.name ?? approver, comment: decision.comment }]
          : [],
      );
    const kept = keptIn(own, directory);
    return { executionId: earlier.executionId, wishes, changes: termsChanges(before, terms), kept };
  } catch (error) {
    // The earlier request explains this one; that it cannot be read any more keeps nobody from deciding.
    if (error instanceof CountersignError) return undefined;
    throw error;
  }
}
