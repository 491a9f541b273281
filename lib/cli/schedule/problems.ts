import type { Answer } from '../../engines/scheduling/answer.ts';
import type { AssignmentProblem } from '../../engines/scheduling/assignment/problem.ts';
import type { AssignmentAnswer, AssignmentSolution } from '../../engines/scheduling/assignment/solve.ts';

/** How much a solver may do, and from which seed its random numbers come. */
interface Budget {
  readonly moves: number;
  readonly seed: number;
}

/** What came of a document. */
interface Ran {
  readonly answer: Answer<unknown>;
  /** The solution for people, or why there is none. */
  readonly lines: readonly string[];
  /** What the answer holds besides, in JSON. */
  readonly more: object;
}

/** A classical problem: how its documents are read, solved and checked. */
export interface Kind {
  /** What the objective is called. */
  readonly objective: string;
  /** Moves where the command names none. */
  readonly moves: number;
  /**
   * Reads a document and solves it. The solution has been held against the document by the problem's own check.
   * @throws InvalidInput for a document that does not fit.
   */
  run(document: unknown, budget: Budget): Ran;
}

/** The problem's own check is not of the solver's opinion: a defect, and nothing that a caller can mend. */
class WrongSolution extends Error {
  override readonly name = 'WrongSolution';
}

interface Parts<Problem, Solution, Given extends Answer<Solution>> {
  readonly objective: string;
  readonly moves: number;
  readonly parse: (document: unknown) => Problem;
  readonly solve: (problem: Problem, budget: Budget) => Given;
  /** The objective of a solution. @throws when it is none. */
  readonly check: (problem: Problem, solution: Solution, answer: Given) => number;
  readonly lines: (problem: Problem, solution: Solution) => readonly string[];
  readonly more?: (answer: Given) => { readonly fields: object; readonly lines: readonly string[] };
}

function kindOf<Problem, Solution, Given extends Answer<Solution>>(parts: Parts<Problem, Solution, Given>): Kind {
  return {
    objective: parts.objective,
    moves: parts.moves,
    run: (document, budget) => {
      const problem = parts.parse(document);
      const answer = parts.solve(problem, budget);
      const { fields: more, lines } = parts.more?.(answer) ?? { fields: {}, lines: [] };
      if (answer.solution === undefined) return { answer, lines, more };
      const checked = parts.check(problem, answer.solution, answer);
      if (checked !== answer.objective)
        throw new WrongSolution(`The solution has ${checked}, and ${answer.objective} was answered.`);
      return { answer, lines: [...lines, ...parts.lines(problem, answer.solution)], more };
    },
  };
}

async function project(): Promise<Kind> {
  const [{ parseProject }, { solveProject }, { checkProject }] = await Promise.all([
    import('../../engines/scheduling/project/problem.ts'),
    import('../../engines/scheduling/project/solve.ts'),
    import('../../engines/scheduling/project/check.ts'),
  ]);
  return kindOf({
    objective: 'makespan',
    moves: 100_000,
    parse: parseProject,
    solve: solveProject,
    check: checkProject,
    lines: ({ activities }, { start }) =>
      activities
        .map(({ id, duration }) => ({ id, from: start[id] ?? 0, to: (start[id] ?? 0) + duration }))
        .toSorted((a, b) => a.from - b.from || a.to - b.to || (a.id < b.id ? -1 : 1))
        .map(({ id, from, to }) => `${String(from).padStart(8)} to ${String(to).padEnd(8)} ${id}`),
  });
}

async function weightedTardiness(): Promise<Kind> {
  const [{ parseWeightedTardiness }, { solveWeightedTardiness }, { checkWeightedTardiness }] = await Promise.all([
    import('../../engines/scheduling/weighted-tardiness/problem.ts'),
    import('../../engines/scheduling/weighted-tardiness/solve.ts'),
    import('../../engines/scheduling/weighted-tardiness/check.ts'),
  ]);
  return kindOf({
    objective: 'total weighted tardiness',
    moves: 5_000_000,
    parse: parseWeightedTardiness,
    solve: solveWeightedTardiness,
    check: checkWeightedTardiness,
    lines: (_problem, { machines }) =>
      machines.map((jobs, place) => `machine ${place + 1}: ${jobs.length === 0 ? 'idle' : jobs.join(', ')}`),
  });
}

async function assignment(): Promise<Kind> {
  const [{ readAssignment }, { solveAssignment }, { checkAssignment }, { loadHighs }] = await Promise.all([
    import('../../engines/scheduling/assignment/problem.ts'),
    import('../../engines/scheduling/assignment/solve.ts'),
    import('../../engines/scheduling/assignment/check.ts'),
    import('../../platform/optimizer/highs.ts'),
  ]);
  const solver = await loadHighs();
  return kindOf<AssignmentProblem, AssignmentSolution, AssignmentAnswer>({
    objective: 'cost',
    moves: 5_000_000,
    parse: readAssignment,
    // The simplex method gets its share of the one budget.
    solve: (problem, { moves, seed }) =>
      solveAssignment(problem, { moves, seed, solver, iterations: Math.ceil(moves / 20_000) }),
    check: (problem, _solution, answer) => {
      const wrong = checkAssignment(problem, answer);
      if (wrong.length > 0)
        throw new WrongSolution(wrong.map(({ pointer, message }) => `${pointer}: ${message}`).join('\n'));
      return answer.objective ?? 0;
    },
    lines: ({ agents, jobs }, { agentOf }) =>
      agents.map(({ id }) => {
        const own = jobs.filter((job) => agentOf[job.id] === id).map((job) => job.id);
        return `${id}: ${own.length === 0 ? 'nothing' : own.join(', ')}`;
      }),
    more: ({ certificate, problems: found }) => ({
      fields: { certificate, ...(found.length === 0 ? {} : { problems: found }) },
      lines: found.map(({ pointer, message, mend }) => `${pointer}: ${message} ${mend}`),
    }),
  });
}

/** Every problem by the name that `--problem` takes; each is loaded when it is asked for. */
export const problems = { project, 'weighted-tardiness': weightedTardiness, assignment } as const satisfies Record<
  string,
  () => Promise<Kind>
>;

export type ProblemName = keyof typeof problems;

export const PROBLEM_NAMES = Object.keys(problems) as readonly ProblemName[];
