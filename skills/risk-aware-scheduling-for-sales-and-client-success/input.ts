import * as z from 'zod';
import { consistencyProblems } from '../../lib/engines/scheduling/plan/consistency.ts';
import { unorderedArrays as ofRequest } from '../../lib/engines/scheduling/plan/request.ts';
import { planRequestShape } from '../../lib/engines/scheduling/plan/request-shape.ts';

const personId = z.string().regex(/^[a-z0-9][a-z0-9._-]{0,79}$/, 'A person id of the directory');

/** The path that a JSON Pointer names, as zod writes it. */
function pathOf(at: string): (string | number)[] {
  return at
    .split('/')
    .slice(1)
    .map((token) => token.replaceAll('~1', '/').replaceAll('~0', '~'))
    .map((token) => (/^\d+$/.test(token) ? Number(token) : token));
}

/** The engine's plan request. What contradicts itself is refused with the shape, each problem at its own place. */
const plan = planRequestShape.check((context) => {
  for (const { pointer, message, mend } of consistencyProblems(context.value))
    context.issues.push({
      code: 'custom',
      path: pathOf(pointer),
      // The platform ends the message with a full stop.
      message: `${message} ${mend}`.replace(/\.$/, ''),
      input: context.value,
    });
});

/** A week of a team to plan: what is to be done, who can do it, and for whom. */
export const schedulingRequest = z.strictObject({
  /** The team whose week it is; its plans are rolled out together. */
  team: z.strictObject({
    id: z.string().regex(/^[a-z0-9][a-z0-9._-]{0,59}$/, 'Lower-case letters, digits, points and hyphens'),
    name: z.string().min(1).max(120),
  }),
  /** Who answers for the plan, and so does not approve it; the requester where nobody is named. */
  recordOwner: personId.optional(),
  plan,
  justification: z.string().min(1).max(4_000),
});
export type SchedulingRequest = z.infer<typeof schedulingRequest>;

/** Arrays whose order carries no meaning: any permutation plans alike. */
export const unorderedArrays: readonly string[] = [
  ...ofRequest.map((pointer) => `/plan${pointer}`),
  '/plan/reps/*/skills',
  '/plan/reps/*/calendar/hours',
];
