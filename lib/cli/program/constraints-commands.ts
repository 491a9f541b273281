import type { Command } from 'commander';
import { wholeNumber } from './options.ts';

const SOURCE = 'a constraint source as YAML or JSON; - is the standard input';
const EITHER = 'a compiled artifact, or a source';

function on(parent: Command, name: string): Command {
  return parent.command(name).option('--json', 'print JSON');
}

function onDay(command: Command): Command {
  return command.option('--day <date>', 'the day that counts, such as 2026-11-30; today by default');
}

function addProving(constraints: Command): void {
  onDay(on(constraints, 'check'))
    .description('prove that rules do not contradict each other, and say what else is wrong with them')
    .argument('<file>', SOURCE)
    .action(async (file, options) => (await import('../constraints/check.ts')).check(file, options));
  on(constraints, 'fmt')
    .description('lay a source out; prints it')
    .argument('<file>', SOURCE)
    .option('--check', 'change nothing; end with 1 when it is not laid out')
    .option('--write', 'write the file')
    .action(async (file, options) => (await import('../constraints/fmt.ts')).format(file, options));
  onDay(on(constraints, 'test'))
    .description('run the boundary tests of an artifact, and re-check what it claims')
    .argument('<artifact>', EITHER)
    .action(async (file, options) => (await import('../constraints/test-artifact.ts')).testArtifact(file, options));
}

function addCompiling(constraints: Command): void {
  onDay(on(constraints, 'compile'))
    .description('write the artifact of a source, or its rules in another language')
    .argument('<file>', SOURCE)
    .option('--target <target>', 'artifact, or a language such as json-schema, sql-where or cedar', 'artifact')
    .option('--out <file>', 'write it there')
    .action(async (file, options) => (await import('../constraints/compile.ts')).compile(file, options));
}

function addTrying(constraints: Command): void {
  onDay(on(constraints, 'eval'))
    .description('decide one input, and say why and why not')
    .argument('<artifact>', EITHER)
    .argument('<input>', 'the input as JSON or YAML; - is the standard input')
    .option('--all', 'also tell of the rules that do not apply')
    .action(async (file, input, options) =>
      (await import('../constraints/evaluate.ts')).evaluate(file, input, options),
    );
  on(constraints, 'diff')
    .description('what two versions decide differently, with inputs that show it')
    .argument('<old>', EITHER)
    .argument('<new>', EITHER)
    .action(async (older, newer, options) => (await import('../constraints/diff.ts')).diff(older, newer, options));
  onDay(on(constraints, 'replay'))
    .description('decide past requests, and say which come out otherwise')
    .argument('<artifact>', EITHER)
    .argument('<requests>', 'one request a line: the input, or {"id","day","input","decided"}; - is the standard input')
    .option('--against <old>', 'the version that decided until now; else what the lines have on record')
    .option('--limit <count>', 'flips and bad lines that are shown', wholeNumber, '20')
    .action(async (file, requests, options) =>
      (await import('../constraints/replay.ts')).replayRequests(file, requests, options),
    );
}

/** The commands that compile, prove and try constraint sets. They need no environment. */
export function addConstraintsCommands(program: Command): void {
  const constraints = program.command('constraints').description('compile, prove and try the rules of a decision');
  addProving(constraints);
  addCompiling(constraints);
  addTrying(constraints);
}
