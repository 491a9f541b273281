import { type Command, Option } from 'commander';
import { PROBLEM_NAMES } from '../schedule/problems.ts';
import { wholeNumber } from './options.ts';

/** The commands that schedule from files. They need no environment. */
export function addScheduleCommand(program: Command): void {
  const schedule = program
    .command('schedule')
    .description('plan touches, or solve a classical problem of scheduling, within a budget');
  schedule
    .command('solve', { isDefault: true })
    .description('plan, with a bound on how much better any plan could be; the word "solve" can be left out')
    .argument('<file>', 'a plan request, or a problem, as JSON or YAML; - is the standard input')
    .addOption(new Option('--problem <problem>', 'a classical problem in the place of a plan').choices(PROBLEM_NAMES))
    .option('--budget <moves>', 'work that may be done, counted and never timed', wholeNumber)
    .option('--seed <seed>', 'where the random numbers of a problem come from; a plan has its own', wholeNumber)
    .option(
      '--pods <touches>',
      'plans in pods of about so many touches; by default only what is too large for one plan',
      wholeNumber,
    )
    .option('--report <directory>', 'writes the plan as a page, a table, calendars and JSON')
    .option('--instant <instant>', 'when the plan was made, for its calendars; now by default')
    .option('--json', 'print JSON')
    .action(async (file, options) => (await import('../schedule/solve.ts')).solve(file, options));
  schedule
    .command('import')
    .description('make a plan request out of three tables, and print it')
    .requiredOption('--touches <csv>', 'what is to be done')
    .requiredOption('--reps <csv>', 'who can do it')
    .requiredOption('--accounts <csv>', 'for whom')
    .requiredOption('--start <date>', 'the first day of the plan')
    .option('--days <days>', 'how many days', wholeNumber, '5')
    .option('--scenarios <count>', 'how many scenarios', wholeNumber, '20')
    .option('--seed <seed>', 'where scenarios are drawn from', wholeNumber, '1')
    .action(async (options) => (await import('../schedule/import-tables.ts')).importTables(options));
}
