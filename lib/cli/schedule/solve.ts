import { InvalidInput } from '../../core/errors.ts';
import { type PlanOptions, planFile } from './plan-file.ts';
import { solveProblem } from './problem.ts';
import type { ProblemName } from './problems.ts';

/** Options of `countersign schedule`. */
export interface SolveOptions extends PlanOptions {
  readonly problem?: ProblemName;
  /** A whole number of 32 bits. */
  readonly seed?: string;
}

/** Options that belong to the other kind of document: silence would let somebody believe in them. */
function unfit(option: string, why: string): never {
  throw new InvalidInput(`--${option} does not go with this document.`, [
    { pointer: `/${option}`, code: 'unfit-option', message: why, mend: `Leave out --${option}.` },
  ]);
}

/**
 * `countersign schedule`: plans touches, or solves the classical problem that `--problem` names.
 * @throws InvalidInput for a file that cannot be read or does not fit, and for options that mean nothing with it.
 */
export async function solve(file: string, options: SolveOptions): Promise<void> {
  const { problem, seed, report, instant, pods, ...shared } = options;
  if (problem !== undefined) {
    if (pods !== undefined) unfit('pods', 'Only a plan can be made in pods.');
    if (report !== undefined) unfit('report', 'Reports are written of plans.');
    if (instant !== undefined) unfit('instant', 'Only the calendars of a plan have an instant.');
    return solveProblem(file, { problem, seed: seed ?? '1', ...shared });
  }
  if (seed !== undefined) unfit('seed', 'A plan request says itself from which seed its scenarios come.');
  return planFile(file, options);
}
