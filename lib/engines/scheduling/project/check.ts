import { InvalidInput, type Problem } from '../../../core/errors.ts';
import { pointer } from '../../../core/json.ts';
import type { ProjectProblem } from './problem.ts';

/** When each activity begins, by id, in the units of time of the document. */
export interface ProjectSolution {
  readonly start: Readonly<Record<string, number>>;
}

function startProblems({ activities }: ProjectProblem, start: ReadonlyMap<string, number>): Problem[] {
  const known = new Set(activities.map(({ id }) => id));
  const missing = activities
    .filter(({ id }) => !start.has(id))
    .map(({ id }) => ({
      pointer: pointer('', 'start', id),
      code: 'missing-start',
      message: `Activity "${id}" has no start.`,
      mend: 'Give each activity a start.',
    }));
  const wrong = [...start].flatMap(([id, instant]) => {
    const at = pointer('', 'start', id);
    if (!known.has(id)) {
      const message = `There is no activity "${id}".`;
      return [{ pointer: at, code: 'unknown-activity', message, mend: 'Remove its start.' }];
    }
    if (Number.isSafeInteger(instant) && instant >= 0) return [];
    const message = `Activity "${id}" begins at ${instant}, which is no instant.`;
    return [{ pointer: at, code: 'invalid-start', message, mend: 'Give a whole number from 0.' }];
  });
  return [...missing, ...wrong];
}

function precedenceProblems({ activities }: ProjectProblem, start: ReadonlyMap<string, number>): Problem[] {
  const ends = new Map(activities.map(({ id, duration }) => [id, (start.get(id) ?? 0) + duration]));
  return activities.flatMap(({ id, after }) =>
    [...new Set(after)].flatMap((before) => {
      const end = ends.get(before) ?? 0;
      const begin = start.get(id) ?? 0;
      if (begin >= end) return [];
      const message = `Activity "${id}" begins at ${begin}, before "${before}" ends at ${end}.`;
      const mend = `Let it begin at ${end} or later.`;
      return [{ pointer: pointer('', 'start', id), code: 'precedence-broken', message, mend }];
    }),
  );
}

/** What is used changes only where something begins or ends, and is most where something begins. */
function capacityProblems(problem: ProjectProblem, start: ReadonlyMap<string, number>): Problem[] {
  return problem.resources.flatMap(({ id: resource, capacity }) => {
    const changes = problem.activities
      .filter(({ duration, uses }) => duration > 0 && (uses[resource] ?? 0) > 0)
      .flatMap(({ id, duration, uses }) => {
        const begin = start.get(id) ?? 0;
        const amount = uses[resource] ?? 0;
        return [
          { instant: begin, amount, id },
          { instant: begin + duration, amount: -amount, id },
        ];
      })
      .toSorted((a, b) => a.instant - b.instant || a.amount - b.amount);
    let used = 0;
    for (const { instant, amount, id } of changes) {
      used += amount;
      if (used <= capacity) continue;
      const message = `At ${instant}, ${used} of "${resource}" are used, of which there are ${capacity}.`;
      const mend = 'Let what runs then begin earlier or later.';
      return [{ pointer: pointer('', 'start', id), code: 'capacity-exceeded', message, mend }];
    }
    return [];
  });
}

/**
 * Holds a solution against its project, with nothing of what solved it: each activity begins once, behind all that it comes
 * after, and no resource is ever used beyond its capacity.
 * @returns the makespan: when the last activity ends.
 * @throws InvalidInput with every problem of the solution; of each resource, the first instant at which there is too little.
 */
export function checkProject(problem: ProjectProblem, solution: ProjectSolution): number {
  const start = new Map(Object.entries(solution.start));
  let problems = startProblems(problem, start);
  if (problems.length === 0) problems = [...precedenceProblems(problem, start), ...capacityProblems(problem, start)];
  if (problems.length > 0)
    throw new InvalidInput(`The solution does not fit the project: ${problems.length} problem(s).`, problems);
  return problem.activities.reduce((latest, { id, duration }) => Math.max(latest, (start.get(id) ?? 0) + duration), 0);
}
