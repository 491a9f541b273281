import type { Answer } from '../../engines/scheduling/answer.ts';

/** How much a solver may do, and from which seed its random numbers come. */
interface Budget {
  readonly moves: number;
  readonly seed: number;
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
  run(document: unknown, budget: Budget): { readonly answer: Answer<unknown>; readonly lines: readonly string[] };
}

/** The problem's own check is not of the solver's opinion: a defect, and nothing that a caller can mend. */
class WrongSolution extends Error {
  override readonly name = 'WrongSolution';
}

interface Parts<Problem, Solution> {
  readonly objective: string;
  readonly moves: number;
  readonly parse: (document: unknown) => Problem;
  readonly solve: (problem: Problem, budget: Budget) => Answer<Solution>;
  /** The objective of a solution. @throws InvalidInput when it is none. */
  readonly check: (problem: Problem, solution: Solution) => number;
  readonly lines: (problem: Problem, solution: Solution) => readonly string[];
}

function kindOf<Problem, Solution>(parts: Parts<Problem, Solution>): Kind {
  return {
    objective: parts.objective,
    moves: parts.moves,
    run: (document, budget) => {
      const problem = parts.parse(document);
      const answer = parts.solve(problem, budget);
      if (answer.solution === undefined) return { answer, lines: [] };
      const checked = parts.check(problem, answer.solution);
      if (checked !== answer.objective)
        throw new WrongSolution(`The solution has ${checked}, and ${answer.objective} was answered.`);
      return { answer, lines: parts.lines(problem, answer.solution) };
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

/** Every problem by the name that `--problem` takes; each is loaded when it is asked for. */
export const problems = { project } as const satisfies Record<string, () => Promise<Kind>>;

export type ProblemName = keyof typeof problems;

export const PROBLEM_NAMES = Object.keys(problems) as readonly ProblemName[];
