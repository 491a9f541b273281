import * as z from 'zod';
import { byText } from '../../../../core/directory/loaded.ts';
import type { LinearSolver } from '../../../../core/linear-problem.ts';
import { parseWith } from '../../../../core/zod-problems.ts';
import { makePlan } from '../make-plan.ts';
import { type PlanRequest, parsePlanRequest, unorderedArrays } from '../request.ts';
import { improveWhole } from './improve.ts';
import { Whole } from './whole.ts';

const problem = z.strictObject({ pointer: z.string(), code: z.string(), message: z.string(), mend: z.string() });

/** JSON Pointers of the arrays in a work whose order carries no meaning. */
export const unorderedInWork: readonly string[] = [
  ...unorderedArrays.map((pointer) => `/request${pointer}`),
  '/request/reps/*/skills',
  '/request/reps/*/calendar/hours',
  '/pods',
];

const count = z.int().min(0);

/** Where touches are, by the beginning of the half-day; those that are not named wait, or cannot be scheduled. */
const slots = z.array(z.strictObject({ touch: z.string(), rep: z.string(), start: z.iso.datetime() }));
const multipliers = z.array(z.strictObject({ row: z.string(), value: count }));
const spent = z.strictObject({ moves: count, iterations: count, rounds: count });

const planned = z.strictObject({
  kind: z.literal('plan'),
  pod: z.string(),
  slots,
  touches: count,
  /** Minor units in one unit of money, in which the multipliers are. */
  unit: z.int().min(1),
  /** Absent where nothing is proved. */
  gapBasisPoints: count.optional(),
  multipliers,
  spent,
});

const improved = z.strictObject({ kind: z.literal('improve'), slots, weights: z.array(count), multipliers, spent });

const refused = z.strictObject({ kind: z.literal('refused'), pod: z.string(), problems: z.array(problem) });

const answer = z.discriminatedUnion('kind', [planned, improved, refused]);

/** What a work came to, as plain JSON: places and prices, and none of the reasons, which are written for the whole. */
export type PodAnswer = z.infer<typeof answer>;
export type PodPlanned = z.infer<typeof planned>;
export type WholeImproved = z.infer<typeof improved>;

const work = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('plan'), pod: z.string(), request: z.unknown() }),
  z.strictObject({ kind: z.literal('improve'), request: z.unknown(), pods: z.array(planned) }),
]);

/**
 * A piece of work, as plain JSON. `plan`: one pod, which is a whole plan request, so it can be looked at and planned again by hand.
 * `improve`: the request of which these are all pods, to be priced and improved over its parts.
 */
export type PodWork =
  | { readonly kind: 'plan'; readonly pod: string; readonly request: PlanRequest }
  | { readonly kind: 'improve'; readonly request: PlanRequest; readonly pods: readonly PodPlanned[] };

/** @throws InvalidInput when a document is no work, with every problem. */
export function parsePodWork(value: unknown): PodWork {
  const read = parseWith(work, value, 'The work of a pod');
  const request = parsePlanRequest(read.request, '/request');
  if (read.kind === 'plan') return { kind: 'plan', pod: read.pod, request };
  return { kind: 'improve', request, pods: read.pods.toSorted((a, b) => byText(a.pod, b.pod)) };
}

/** @throws InvalidInput when a document is no answer, with every problem. */
export function parsePodAnswer(value: unknown): PodAnswer {
  return parseWith(answer, value, 'The answer of a pod');
}

/**
 * Solves one piece of work. The same work gives the same answer.
 * @param solver of linear problems; without one, prices come from rounds of improvement alone.
 */
export function solvePodWork(work: PodWork, solver: LinearSolver | undefined): PodAnswer {
  if (work.kind === 'improve') return { kind: 'improve', ...improveWhole(new Whole(work.request), work.pods) };
  const { pod, request } = work;
  const made = makePlan(request, request.budget.iterations === 0 ? undefined : solver);
  if (made.standing === 'refused') return { kind: 'refused', pod, problems: [...made.problems] };
  const { plan, certificate } = made;
  return {
    kind: 'plan',
    pod,
    slots: plan.touches.flatMap((each) =>
      each.status === 'scheduled' ? [{ touch: each.touch, rep: each.rep, start: each.halfDay.start }] : [],
    ),
    touches: plan.touches.length,
    unit: plan.scale.unit,
    ...(certificate === undefined ? {} : { gapBasisPoints: certificate.gapBasisPoints }),
    multipliers: (certificate?.multipliers ?? []).map(({ row, value }) => ({ row, value })),
    spent: { ...plan.spent },
  };
}
