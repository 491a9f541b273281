import * as z from 'zod';
import { InvalidInput, type Problem } from '../../../core/errors.ts';
import { pointer } from '../../../core/json.ts';
import { parseWith } from '../../../core/zod-problems.ts';
import { precedenceCycle } from './precedence-cycle.ts';

/** What a project may have at most. */
export const PROJECT_LIMITS = {
  activities: 1_000,
  resources: 50,
  /** Of one activity, in the units of time of the document. */
  duration: 1_000_000,
  capacity: 1_000_000,
  /** Activities that one activity comes directly after. */
  predecessors: 1_000,
} as const;

const id = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._:-]{0,63}$/);

const resource = z.strictObject({ id, capacity: z.int().min(0).max(PROJECT_LIMITS.capacity) });

const activity = z.strictObject({
  id,
  duration: z.int().min(0).max(PROJECT_LIMITS.duration),
  uses: z.record(id, z.int().min(0).max(PROJECT_LIMITS.capacity)).default({}),
  after: z.array(id).max(PROJECT_LIMITS.predecessors).default([]),
});

const project = z.strictObject({
  schema: z.literal('countersign/project/1'),
  resources: z.array(resource).max(PROJECT_LIMITS.resources),
  activities: z.array(activity).min(1).max(PROJECT_LIMITS.activities),
});

/**
 * A project: activities that take time and, as long as they run, so much of each resource; each begins when all that it comes
 * after have ended, and is never interrupted. Times have whatever unit the document means; they are whole.
 */
export type ProjectProblem = z.infer<typeof project>;
export type ProjectActivity = ProjectProblem['activities'][number];

function duplicates(items: readonly { readonly id: string }[], list: 'resources' | 'activities'): Problem[] {
  const seen = new Set<string>();
  return items.flatMap(({ id: one }, index) => {
    if (!seen.has(one)) {
      seen.add(one);
      return [];
    }
    const message = `The id "${one}" stands twice among the ${list}.`;
    const mend = 'Give each its own id.';
    return [{ pointer: pointer('', list, index, 'id'), code: 'duplicate-id', message, mend }];
  });
}

function demandProblems({ resources, activities }: ProjectProblem): Problem[] {
  const capacities = new Map(resources.map(({ id: one, capacity }) => [one, capacity]));
  return activities.flatMap((each, index) =>
    Object.entries(each.uses).flatMap(([used, amount]) => {
      const capacity = capacities.get(used);
      const at = pointer('', 'activities', index, 'uses', used);
      if (capacity === undefined) {
        const message = `Activity "${each.id}" uses "${used}", which is no resource.`;
        return [{ pointer: at, code: 'unknown-resource', message, mend: 'Name one of the resources, or add it.' }];
      }
      if (amount <= capacity) return [];
      const message = `Activity "${each.id}" uses ${amount} of "${used}", of which there are ${capacity}.`;
      const mend = `Use at most ${capacity}, or raise the capacity.`;
      return [{ pointer: at, code: 'demand-above-capacity', message, mend }];
    }),
  );
}

function precedenceProblems(activities: readonly ProjectActivity[]): Problem[] {
  const known = new Set(activities.map(({ id: one }) => one));
  return activities.flatMap((each, index) =>
    each.after.flatMap((before, position) => {
      if (known.has(before)) return [];
      const message = `Activity "${each.id}" comes after "${before}", which is no activity.`;
      const mend = 'Name one of the activities, or add it.';
      return [
        { pointer: pointer('', 'activities', index, 'after', position), code: 'unknown-activity', message, mend },
      ];
    }),
  );
}

function cycleProblems(activities: readonly ProjectActivity[]): Problem[] {
  const cycle = precedenceCycle(activities);
  const first = cycle?.[0];
  if (cycle === undefined || first === undefined) return [];
  const named = [...cycle, first].map((one) => `"${one}"`).join(' before ');
  const last = cycle.at(-1) ?? first;
  const index = activities.findIndex(({ id: one }) => one === first);
  const position = activities[index]?.after.indexOf(last) ?? 0;
  return [
    {
      pointer: pointer('', 'activities', index, 'after', position),
      code: 'precedence-cycle',
      message: `Activities wait for each other: ${named}.`,
      mend: 'Take one of these predecessors away.',
    },
  ];
}

/**
 * Reads a project.
 * @throws InvalidInput with every problem: what does not fit the schema, ids that stand twice, unknown predecessors and
 * resources, demands above a capacity, and a cycle of predecessors, named in order.
 */
export function parseProject(value: unknown): ProjectProblem {
  const problem = parseWith(project, value, 'The project');
  const problems = [
    ...duplicates(problem.resources, 'resources'),
    ...duplicates(problem.activities, 'activities'),
    ...demandProblems(problem),
    ...precedenceProblems(problem.activities),
    ...cycleProblems(problem.activities),
  ];
  if (problems.length === 0) return problem;
  throw new InvalidInput(`The project has ${problems.length} problem(s).`, problems);
}
