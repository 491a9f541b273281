import type { Command } from 'commander';

const SOURCE = 'a constraint source as YAML or JSON; - is the standard input';
const EITHER = 'a compiled artifact, or a source';

function on(parent: Command, name: string): Command {
  return parent.command(name).option('--json', 'print JSON');
}

function onDay(command: Command): Command {
  return command.option('--day <date>', 'the day to decide and to judge waivers by, such as 2026-11-30; today by default');
}

/** The commands that compile, prove and try constraint sets. They need no environment. */
export function addConstraintsCommands(program: Command): void {
  const constraints = program.command('constraints').description('compile, prove and try the rules of a decision');
  onDay(on(constraints, 'check'))
    .description('prove that rules do not contradict each other, and what else is wrong with them')
    .argument('<file>', SOURCE)
    .action(async (file, options) => (await import('../constraints/check.ts')).check(file, options));
}
