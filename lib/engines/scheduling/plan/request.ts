import { byText } from '../../../core/directory/loaded.ts';
import { InvalidInput } from '../../../core/errors.ts';
import { pointer } from '../../../core/json.ts';
import { parseWith } from '../../../core/zod-problems.ts';
import { consistencyProblems } from './consistency.ts';
import { type PlanRequest, planRequestShape } from './request-shape.ts';

export { CAPS, type PlanRequest, planRequestShape, type WrittenPlanRequest } from './request-shape.ts';

/** JSON Pointers of the arrays whose order carries no meaning: any permutation plans alike. */
export const unorderedArrays: readonly string[] = [
  '/touches',
  '/reps',
  '/accounts',
  '/floors',
  '/actuals',
  '/previous/slots',
];

/**
 * Parses a plan request.
 * @param base JSON Pointer under which the request stands in the document that was sent.
 * @throws InvalidInput with every problem: first of shape, then of what contradicts itself or names what is not there. Whether
 *   a touch can be scheduled is no matter of validity: `preflight` tells that.
 */
export function parsePlanRequest(value: unknown, base = ''): PlanRequest {
  const request = parseWith(planRequestShape, value, 'The plan request', base);
  const problems = consistencyProblems(request).map((problem) => ({
    ...problem,
    pointer: pointer(base) + problem.pointer,
  }));
  if (problems.length > 0) {
    throw new InvalidInput(`The plan request contradicts itself: ${problems.length} problem(s).`, problems);
  }
  return inCanonicalOrder(request);
}

/** The same request with its sets in one order. */
function inCanonicalOrder(request: PlanRequest): PlanRequest {
  const byId = <Named extends { readonly id: string }>(list: readonly Named[]): Named[] =>
    list.toSorted((a, b) => byText(a.id, b.id));
  const { previous } = request;
  return {
    ...request,
    touches: byId(request.touches),
    reps: byId(request.reps).map((rep) => ({
      ...rep,
      skills: rep.skills.toSorted(byText),
      calendar: { ...rep.calendar, hours: rep.calendar.hours.toSorted(byText) },
    })),
    accounts: byId(request.accounts),
    floors: request.floors.toSorted((a, b) => byText(a.segment, b.segment)),
    actuals: request.actuals.toSorted((a, b) => byText(a.touch, b.touch) || byText(a.at, b.at)),
    ...(previous === undefined
      ? {}
      : { previous: { ...previous, slots: previous.slots.toSorted((a, b) => byText(a.touch, b.touch)) } }),
  };
}
