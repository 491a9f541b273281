import * as z from 'zod';
import { parseWith } from '../core/zod-problems.ts';
import { requestEnvelope } from './contracts/envelope.ts';
import { outcome } from './contracts/outcome.ts';

const personId = z.string().regex(/^[a-z0-9][a-z0-9._-]{0,79}$/, 'A person id of the directory');

/** What one person decides when the request reaches them. */
export const exampleDecision = z
  .strictObject({
    approver: personId,
    action: z.enum(['approve', 'reject', 'request-changes']),
    /** Needed to reject and to request changes. */
    comment: z.string().min(1).max(2_000).optional(),
    /** The decision falls after the level's deadline was missed and it was escalated. */
    afterMissedDeadline: z.boolean().optional(),
  })
  .refine(({ action, comment }) => action === 'approve' || comment !== undefined, {
    error: 'A rejection and a request for changes need a comment',
    path: ['comment'],
  });
export type ExampleDecision = z.infer<typeof exampleDecision>;

/**
 * An example of a skill: a request with its story, who decides what in which order, and how it ends. The demonstration
 * plays it on a running system, and the tests hold it against the plan.
 */
export const skillExample = z
  .strictObject({
    title: z.string().min(1).max(120),
    /** What happens, told in a few sentences. */
    story: z.string().min(1).max(1_000),
    requester: personId,
    /** The body that is posted to start the execution. */
    request: requestEnvelope,
    /** In the order in which they are made. */
    decisions: z.array(exampleDecision).max(40),
    /** Time to be skipped until the deadline of a stage has passed, before the first decision that says so. */
    skipTime: z.strictObject({ pastDeadlineOfStage: z.int().min(1).max(10) }).optional(),
    expected: z.strictObject({
      outcome,
      /** Levels in the plan; none when nobody is asked. */
      levels: z.int().min(0).max(200),
      /** Decisions recorded until the outcome stands. */
      decisions: z.int().min(0).max(200),
    }),
  })
  .refine(({ decisions, expected }) => decisions.length === expected.decisions, {
    error: 'The example must list as many decisions as it expects',
    path: ['expected', 'decisions'],
  })
  .refine(
    ({ decisions, skipTime }) =>
      decisions.some(({ afterMissedDeadline }) => afterMissedDeadline) === (skipTime !== undefined),
    { error: 'Time is skipped exactly when a decision falls after a missed deadline', path: ['skipTime'] },
  );
export type Example = z.infer<typeof skillExample>;

/**
 * Reads an example.
 * @param file names the file in the error.
 * @throws InvalidInput with every problem found.
 */
export function parseExample(value: unknown, file: string): Example {
  return parseWith(skillExample, value, `The example ${file}`);
}
