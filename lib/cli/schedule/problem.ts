import type { Answer } from '../../engines/scheduling/answer.ts';
import { EXIT } from '../exit-codes.ts';
import { readDocument } from '../read-document.ts';
import { say, sayJson } from '../say.ts';
import { type Kind, type ProblemName, problems } from './problems.ts';

/** Options of `countersign schedule --problem`. */
export interface ProblemOptions {
  readonly problem: ProblemName;
  /** A whole number of moves. */
  readonly budget?: string;
  /** A whole number of 32 bits. */
  readonly seed: string;
  readonly json?: boolean;
}

const STANDINGS = {
  optimal: 'nothing is better, which is proved',
  gap: 'nothing is better than the bound, which is proved',
  heuristic: 'nothing is proved about others',
  refused: 'there is none, or none was found within the budget',
} as const;

/** Basis points as percent, with two decimals. */
const percent = (basisPoints: number): string =>
  `${Math.trunc(basisPoints / 100)}.${String(basisPoints % 100).padStart(2, '0')} %`;

function headLines(name: string, kind: Kind, answer: Answer<unknown>): string[] {
  const { standing, objective, bound, gapBasisPoints, spent } = answer;
  const gap = gapBasisPoints === undefined ? '' : `, gap at most ${percent(gapBasisPoints)}`;
  return [
    `${name}: ${standing} (${STANDINGS[standing]})`,
    ...(objective === undefined ? [] : [`${kind.objective} ${objective}`]),
    ...(bound === undefined ? [] : [`bound ${bound}${gap}`]),
    `spent: ${spent.moves} moves, ${spent.iterations} iterations, ${spent.nodes} nodes`,
  ];
}

/**
 * `countersign schedule --problem`: solves a classical problem from a file within a budget, and ends with 1 when there is no
 * solution. The same file, budget and seed give the same bytes on each machine.
 * @throws InvalidInput for a file that cannot be read or does not fit the problem.
 */
export async function solveProblem(file: string, options: ProblemOptions): Promise<void> {
  const kind: Kind = await problems[options.problem]();
  const moves = options.budget === undefined ? kind.moves : Number(options.budget);
  const { answer, lines, more } = kind.run(readDocument(file), { moves, seed: Number(options.seed) });
  if (options.json === true) {
    const { standing, objective, bound, gapBasisPoints, solution, spent } = answer;
    sayJson({ problem: options.problem, standing, objective, bound, gapBasisPoints, solution, spent, ...more });
  } else say(...headLines(options.problem, kind, answer), ...lines);
  process.exitCode = answer.standing === 'refused' ? EXIT.no : EXIT.ok;
}
