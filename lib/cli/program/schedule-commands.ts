import { type Command, Option } from 'commander';
import { PROBLEM_NAMES } from '../schedule/problems.ts';
import { wholeNumber } from './options.ts';

/** The command that schedules from files. It needs no environment. */
export function addScheduleCommand(program: Command): void {
  program
    .command('schedule')
    .description('solve a scheduling problem within a budget, with a bound on how much better any answer could be')
    .argument('<file>', 'the problem as JSON or YAML; - is the standard input')
    .addOption(new Option('--problem <problem>', 'a classical problem').choices(PROBLEM_NAMES).makeOptionMandatory())
    .option('--budget <moves>', 'work that may be done, counted and never timed', wholeNumber)
    .option('--seed <seed>', 'where random numbers come from; another seed searches elsewhere', wholeNumber, '1')
    .option('--json', 'print JSON')
    .action(async (file, options) => (await import('../schedule/problem.ts')).solveProblem(file, options));
}
