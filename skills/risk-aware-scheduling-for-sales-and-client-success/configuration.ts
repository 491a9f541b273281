import * as z from 'zod';
import type { LoadedDirectory } from '../../lib/core/directory/loaded.ts';
import { InvalidInput, type Problem } from '../../lib/core/errors.ts';
import { pointer } from '../../lib/core/json.ts';
import { basisPoints, currency } from '../../lib/core/money.ts';
import { parseWith } from '../../lib/core/zod-problems.ts';
import {
  levelIds,
  levelProblems,
  levelWithoutAmounts,
  type NamedLevel,
  riskPoints,
} from '../../lib/engines/approval-routing/named-levels.ts';
import { segments } from '../../lib/engines/scheduling/plan/request-shape.ts';

const level = levelWithoutAmounts('A plan is approved as a whole and anew each time');

const configurationDocument = z.strictObject({
  schema: z.literal('countersign/scheduling-policy/1'),
  version: z.string().regex(/^\d+\.\d+\.\d+$/, 'A semantic version such as 1.0.0'),
  name: z.string().min(1).max(120),
  /** The most work that a request may ask for: counted, never timed. A request that asks for more gets this much. */
  budget: z.strictObject({
    moves: z.int().min(0).max(50_000_000),
    priceRounds: z.int().min(0).max(20_000),
    iterations: z.int().min(0).max(10_000_000),
  }),
  /** The largest request that one execution plans; a larger one is to be sent in parts. */
  sizes: z.strictObject({
    touches: z.int().min(1).max(5_000),
    reps: z.int().min(1).max(500),
    days: z.int().min(1).max(31),
    scenarios: z.int().min(1).max(100),
    /** About how many touches are planned at once; a larger request is planned in pods of this size, side by side. */
    pod: z.int().min(1).max(500).default(250),
  }),
  /** Revenue that a plan may let wait without asking, by currency; in another currency any deferral is asked about. */
  deferredRevenue: z.array(z.strictObject({ currency, minorUnits: z.int().min(0) })).max(50),
  /** Promises that a plan may break without asking. */
  brokenPromises: z.int().min(0).max(1_000),
  /** Equity: the part of each segment's touches that is to be served. A request may ask for more; with less it is asked about. */
  floors: z.array(z.strictObject({ segment: z.enum(segments), servedBasisPoints: basisPoints })).max(3),
  /** Dignity: the limits of a rep may be stricter; looser ones are asked about. */
  dignity: z.strictObject({
    rescueCallsPerDay: z.int().min(0).max(20),
    afterHoursPerWeek: z.int().min(0).max(20),
    consecutive: z.int().min(1).max(20),
  }),
  /** Which levels decide, by what makes it necessary. */
  ask: z.strictObject({
    whenDeferring: levelIds,
    whenBreakingPromises: levelIds,
    whenGuardrail: levelIds,
    /** A plan in force that no earlier execution vouches for. */
    whenUnlinked: levelIds,
    /** No bound is proved, or one further away than `widestGapBasisPoints`. */
    whenUnproved: levelIds,
  }),
  widestGapBasisPoints: basisPoints,
  separationOfDuties: z.strictObject({ reportsOfRequester: z.enum(['exclude', 'allow']) }),
  risk: z.strictObject({
    deferred: riskPoints,
    brokenPromise: riskPoints,
    equity: riskPoints,
    dignity: riskPoints,
    infeasible: riskPoints,
    tight: riskPoints,
    unproved: riskPoints,
  }),
  levels: z.array(level).min(1).max(20),
});
export type SchedulingPolicy = z.infer<typeof configurationDocument>;

function namedLevels({ ask }: SchedulingPolicy): NamedLevel[] {
  return Object.entries(ask).flatMap(([when, list]) =>
    list.map((levelId, index) => ({ levelId, at: pointer('/ask', when, index) })),
  );
}

function twice(list: readonly string[], at: (index: number) => string, what: string): Problem[] {
  return list.flatMap((name, index) =>
    list.indexOf(name) === index
      ? []
      : [
          {
            pointer: at(index),
            code: 'duplicate-id',
            message: `The ${what} "${name}" stands twice.`,
            mend: 'Remove one of the two.',
          },
        ],
  );
}

/**
 * Reads the configuration and checks it against the directory.
 * @throws InvalidInput with every problem.
 */
export function loadSchedulingPolicy(value: unknown, directory: LoadedDirectory): SchedulingPolicy {
  const policy = parseWith(configurationDocument, value, 'The scheduling policy');
  const at =
    (list: string, field: string) =>
    (index: number): string =>
      pointer('', list, index, field);
  const problems = [
    ...twice(
      policy.floors.map(({ segment }) => segment),
      at('floors', 'segment'),
      'floor of the segment',
    ),
    ...twice(
      policy.deferredRevenue.map((each) => each.currency),
      at('deferredRevenue', 'currency'),
      'threshold in',
    ),
    ...levelProblems(policy, namedLevels(policy), directory),
  ];
  if (problems.length > 0) throw new InvalidInput(`The scheduling policy has ${problems.length} problem(s).`, problems);
  return policy;
}
