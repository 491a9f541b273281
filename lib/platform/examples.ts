import * as z from 'zod';
import { epochMilliseconds, type Instant, instantAt } from '../core/instant.ts';
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
 * What one party of a handoff does when it waits for them. `{handoff}` in names and values stands for the id of the handoff, which
 * nobody knows beforehand.
 */
export const exampleHandoffStep = z.union([
  /** A person answers by the form of the link that was mailed to them. */
  z.strictObject({
    as: personId,
    choice: z.string().min(1).max(40),
    values: z.record(z.string(), z.string()).default({}),
    /** The answer is understood and refused; the handoff waits on. */
    refused: z.boolean().optional(),
  }),
  /** A system, or a person by a program of theirs, sends an event over the API. */
  z.strictObject({
    by: z.string().min(1).max(200),
    event: z.looseObject({ type: z.string().min(1) }),
    refused: z.boolean().optional(),
  }),
  /** Nobody answers: time passes until the clock of the wait has run out. */
  z.strictObject({ missClock: z.literal(true) }),
]);
export type ExampleHandoffStep = z.infer<typeof exampleHandoffStep>;

/** The values of a step, with the id of the handoff in its place. */
export function valuesFor(values: Readonly<Record<string, string>>, handoff: string): Record<string, string> {
  const filled = (text: string): string => text.replaceAll('{handoff}', handoff);
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [filled(name), filled(value)]));
}

const handoffSteps = z.array(exampleHandoffStep).max(60);

const expectedEnd = z.strictObject({
  outcome,
  /** Levels in the plan; none when nobody is asked. */
  levels: z.int().min(0).max(200),
  /** Decisions recorded until the outcome stands. */
  decisions: z.int().min(0).max(200),
});

/** A further request that goes on from how the one before it ended. */
export const exampleFollowUp = z.strictObject({
  /** `next-hop`: brings the handoff packet and, where there was one, the document of the handoff before. `resubmission`: comes again after changes were asked for. */
  as: z.enum(['next-hop', 'resubmission']),
  /** Another skill than the example's own. */
  skill: z.string().min(1).max(80).optional(),
  requester: personId,
  request: requestEnvelope,
  decisions: z.array(exampleDecision).max(40),
  handoff: handoffSteps.default([]),
  expected: expectedEnd,
});
export type ExampleFollowUp = z.infer<typeof exampleFollowUp>;

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
    /** What the parties of its handoff do, once it was offered. */
    handoff: handoffSteps.default([]),
    /** Requests that go on from it, one after the other. */
    followUps: z.array(exampleFollowUp).max(5).default([]),
    expected: expectedEnd,
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

const RELATIVE = /^@now(?:([+-])(\d{1,5})([mhd]))?$/;
const MILLISECONDS = { m: 60_000, h: 3_600_000, d: 86_400_000 } as const;

/**
 * Puts instants in the place of texts such as `@now`, `@now-30m`, `@now+2h` and `@now+14d`: evidence must be fresh, and what is to be
 * published must lie ahead, whenever an example is played. Whole minutes, so that people can state them back.
 */
export function withTimes(value: unknown, now: Instant): unknown {
  if (Array.isArray(value)) return value.map((each) => withTimes(each, now));
  if (typeof value === 'object' && value !== null)
    return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, withTimes(each, now)]));
  const [, sign = '+', count = '0', unit = 'm'] = (typeof value === 'string' ? RELATIVE.exec(value) : undefined) ?? [];
  if (typeof value !== 'string' || !RELATIVE.test(value)) return value;
  const whole = Math.floor(epochMilliseconds(now) / MILLISECONDS.m) * MILLISECONDS.m;
  return instantAt(whole + (sign === '-' ? -1 : 1) * Number(count) * MILLISECONDS[unit as keyof typeof MILLISECONDS]);
}

/**
 * Reads an example.
 * @param file names the file in the error.
 * @param now when it is played: what its texts count from, where they are relative.
 * @throws InvalidInput with every problem found.
 */
export function parseExample(value: unknown, file: string, now?: Instant): Example {
  return parseWith(skillExample, now === undefined ? value : withTimes(value, now), `The example ${file}`);
}
