import * as z from 'zod';
import type { AuditEvent } from '../audit/chain.ts';
import type { ExecutionRecord } from '../contracts/execution.ts';
import { outcome } from '../contracts/outcome.ts';
import { inTotoStatement, subjectOf } from './statement.ts';

const digest = z.string().regex(/^sha256:[0-9a-f]{64}$/);

/** What is said of an execution at its end. */
export const ENDING_PREDICATE = 'urn:countersign:execution-ending:1';

/** How an execution ended, and what that rests on: ids and digests, nothing that is personal beyond them. */
const ending = z.strictObject({
  executionId: z.string(),
  skill: z.string(),
  outcome,
  concludedAt: z.string(),
  /** The instant that every decision of the execution took as its time. */
  instant: z.string(),
  configuration: z.strictObject({ version: z.string(), digest }),
  directory: digest,
  engine: z.strictObject({ skill: z.string(), countersign: z.string(), node: z.string(), timeZoneData: z.string() }),
  /** How far the audit chain had come: whatever was chained before, the head covers. */
  chain: z.strictObject({ length: z.int().min(1), head: digest }),
  /** The handoff as it ended, by digest; only of executions that offered one. */
  handoff: z.strictObject({ document: digest, state: z.string() }).optional(),
  /** What people decided, in the order of the chain: each by its event's place and digest. */
  decisions: z.array(z.strictObject({ seq: z.int().min(1), eventId: z.string(), action: z.string(), digest })),
});

/** The statement about the end of an execution, which is signed once. */
export const endingStatement = inTotoStatement(ENDING_PREDICATE, ending);
export type EndingStatement = z.infer<typeof endingStatement>;

/** What of a record a statement is made of. */
export type EndedRecord = Pick<
  ExecutionRecord,
  | 'executionId'
  | 'skill'
  | 'outcome'
  | 'concludedAt'
  | 'instant'
  | 'configuration'
  | 'directory'
  | 'engine'
  | 'request'
  | 'outputs'
  | 'handoff'
>;

/**
 * The statement about an execution's end, of its record and its chain up to there. Pure: who signs and who verifies make the
 * same one of the same facts.
 * @returns `undefined` while the execution has not ended, or without a chain.
 */
export function endingStatementOf(record: EndedRecord, events: readonly AuditEvent[]): EndingStatement | undefined {
  const { executionId, skill, outcome, concludedAt, instant, configuration, directory, engine, outputs, handoff } =
    record;
  const last = events.at(-1);
  if (outcome === undefined || concludedAt === undefined || outputs === undefined || last === undefined)
    return undefined;
  const decided = events.filter(({ type }) => type === 'decision-recorded');
  return {
    _type: 'https://in-toto.io/Statement/v1',
    subject: [
      subjectOf('primary_artifact_bundle', outputs.primaryArtifactBundle),
      subjectOf('execution_scorecard', outputs.executionScorecard),
      subjectOf('handoff_packet', outputs.handoffPacket),
      subjectOf('input', record.request),
      ...(handoff === undefined ? [] : [subjectOf('handoff', handoff.document)]),
    ],
    predicateType: ENDING_PREDICATE,
    predicate: {
      executionId,
      skill,
      outcome,
      concludedAt,
      instant,
      configuration,
      directory,
      engine,
      chain: { length: events.length, head: last.digest },
      ...(handoff === undefined ? {} : { handoff: { document: handoff.document, state: handoff.state } }),
      decisions: decided.map(({ seq, eventId, data, digest: ofEvent }) => ({
        seq,
        eventId,
        action: String(data.action),
        digest: ofEvent,
      })),
    },
  };
}
