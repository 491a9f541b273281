import { measureAssignment } from './scheduling/assignment.ts';
import { measurePlan } from './scheduling/plan.ts';
import { measureProject } from './scheduling/project.ts';
import { measureTardiness } from './scheduling/tardiness.ts';
import type { Figures, Measure } from './support/benchmark.ts';

type Row = Readonly<Record<string, string | number>>;

/** The numbers of a row; its name stands beside it. */
function numbersOf(row: Row): Readonly<Record<string, number>> {
  return Object.fromEntries(
    Object.entries(row).filter((entry): entry is [string, number] => typeof entry[1] === 'number'),
  );
}

function named(prefix: string, rows: readonly (Row & { readonly name: string })[]): Figures {
  return Object.fromEntries(rows.map((row) => [`${prefix}: ${row.name}`, numbersOf(row)]));
}

/**
 * The quality of schedules on three classical problems and on plans of touches: how far from the best known or the proved bound,
 * with the processor's time that their budgets of moves came to. Every solution is checked by code of its own before it counts.
 */
export const measureScheduling: Measure = async ({ quick, onProgress }) => {
  const about = (what: string) => (message: string) => onProgress(`${what}: ${message}`);
  const project = await measureProject({ quick, onProgress: about('project') });
  const { rows: jobs, ...tardiness } = measureTardiness({ quick, onProgress: about('weighted tardiness') });
  const assignment = await measureAssignment({ quick, onProgress: about('assignment') });
  const { rows: plans, ...plan } = await measurePlan({ quick, onProgress: about('plan') });
  return {
    figures: {
      project: numbersOf({ ...project }),
      'weighted tardiness': numbersOf({ ...tardiness }),
      ...named(
        'weighted tardiness',
        jobs.map((row) => ({ ...row })),
      ),
      ...Object.fromEntries(Object.entries(assignment.figures).map(([name, row]) => [`assignment: ${name}`, row])),
      plan: numbersOf({ ...plan }),
      ...named(
        'plan',
        plans.map((row) => ({ ...row })),
      ),
    },
    ratios: assignment.ratios,
    agreed: project.instances + jobs.length + assignment.agreed + plans.length + plan.exactInstances,
  };
};
