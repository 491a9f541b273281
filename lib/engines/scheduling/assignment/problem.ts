import * as z from 'zod';
import { InvalidInput, type Problem } from '../../../core/errors.ts';
import { pointer } from '../../../core/json.ts';
import { parseWith } from '../../../core/zod-problems.ts';

/** Names the format, and its version, in each document. */
export const ASSIGNMENT_SCHEMA = 'countersign/assignment/1';

/** What a document may hold at most. Sums of so many amounts stay exact. */
export const ASSIGNMENT_LIMITS = { agents: 1_000, jobs: 10_000, pairs: 500_000, amount: 1_000_000_000 } as const;

// Answers are keyed by ids: `__proto__` would be no key.
const id = z
  .string()
  .min(1)
  .max(100)
  .regex(/^(?!__proto__$)\S(.*\S)?$/);

const amount = z.int().min(0).max(ASSIGNMENT_LIMITS.amount);

const AssignmentDocument = z.strictObject({
  schema: z.literal(ASSIGNMENT_SCHEMA),
  agents: z
    .array(z.strictObject({ id, capacity: amount }))
    .min(1)
    .max(ASSIGNMENT_LIMITS.agents),
  jobs: z.array(z.strictObject({ id })).min(1).max(ASSIGNMENT_LIMITS.jobs),
  cost: z.array(z.array(z.int().min(-ASSIGNMENT_LIMITS.amount).max(ASSIGNMENT_LIMITS.amount))),
  load: z.array(z.array(amount)),
});

/**
 * Generalised assignment: each job goes to one agent, no agent takes more load than its capacity, and the sum of costs is to be small.
 * `cost` and `load` hold a row for each agent with a number for each job, in the order of `agents` and `jobs`. All numbers are whole.
 */
export type AssignmentProblem = z.infer<typeof AssignmentDocument>;

function repeated(list: 'agents' | 'jobs', ids: readonly string[]): Problem[] {
  const seen = new Set<string>();
  return ids.flatMap((id, index) => {
    if (!seen.has(id)) {
      seen.add(id);
      return [];
    }
    return {
      pointer: pointer('', list, index, 'id'),
      code: 'repeated-id',
      message: `The id "${id}" is given twice.`,
      mend: 'Give each of them an id of its own.',
    };
  });
}

function misshapen(
  name: 'cost' | 'load',
  table: readonly (readonly number[])[],
  rows: number,
  width: number,
): Problem[] {
  if (table.length !== rows)
    return [
      {
        pointer: pointer('', name),
        code: 'wrong-size',
        message: `There are ${table.length} rows for ${rows} agents.`,
        mend: 'Give one row for each agent, in the order of the agents.',
      },
    ];
  return table.flatMap((row, index) =>
    row.length === width
      ? []
      : {
          pointer: pointer('', name, index),
          code: 'wrong-size',
          message: `There are ${row.length} numbers for ${width} jobs.`,
          mend: 'Give one number for each job, in the order of the jobs.',
        },
  );
}

/**
 * Reads a problem from parsed JSON.
 * @throws InvalidInput with every problem found: fields, ids that are given twice, tables whose size does not fit, too many pairs
 */
export function readAssignment(value: unknown): AssignmentProblem {
  const problem = parseWith(AssignmentDocument, value, 'The assignment problem');
  const { agents, jobs, cost, load } = problem;
  const pairs = agents.length * jobs.length;
  const problems = [
    ...repeated(
      'agents',
      agents.map((agent) => agent.id),
    ),
    ...repeated(
      'jobs',
      jobs.map((job) => job.id),
    ),
    ...misshapen('cost', cost, agents.length, jobs.length),
    ...misshapen('load', load, agents.length, jobs.length),
  ];
  if (pairs > ASSIGNMENT_LIMITS.pairs)
    problems.push({
      pointer: '',
      code: 'too-large',
      message: `There are ${pairs} pairs of agents and jobs.`,
      mend: `Split the problem: at most ${ASSIGNMENT_LIMITS.pairs} pairs are taken.`,
    });
  if (problems.length > 0)
    throw new InvalidInput(
      `The assignment problem does not fit its contract: ${problems.length} problem(s).`,
      problems,
    );
  return problem;
}
