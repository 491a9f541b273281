#!/usr/bin/env node
import { Command } from 'commander';
import { CountersignError, describeProblems } from '../lib/core/errors.ts';
import { VERSION } from '../lib/platform/version.ts';

const program = new Command('countersign')
  .description('Business decisions, computed deterministically, approved by people, evidenced.')
  .version(VERSION)
  .showHelpAfterError();

const servers = ['api', 'inbox', 'flags', 'states', 'dynamodb', 'smtp'] as const;

function withPorts(command: Command): Command {
  command.option('--ports <auto>', '"auto" takes free ports');
  for (const name of servers) command.option(`--port-${name} <number>`, `port of ${name}`);
  return command;
}

withPorts(program.command('start'))
  .description('start the whole system on this machine')
  .option('--fresh', 'empty the state directory first')
  .option('--state <directory>', 'where the state lives', '.local')
  .option('--no-examples', 'do not submit the bundled examples')
  .action(async (options) => (await import('../lib/local/commands/start.ts')).start(options));

program
  .command('demo')
  .description('start a fresh system, run every example through mail and links, verify the evidence, stop')
  .option('--json', 'end with one JSON line')
  .option('--keep', 'keep the state directory and print where it is')
  .action(async (options) => (await import('../lib/local/commands/demo.ts')).demo(options));

program
  .command('run')
  .description("print the engine's bundle for a request, without a server")
  .argument('<skill>', 'name or id of a skill')
  .requiredOption('--input <file>', 'the request envelope as JSON, or a bundled example')
  .option('--requester <person>', 'id of the requesting person in the directory')
  .option('--instant <instant>', 'the instant to decide at, ISO 8601 UTC; now by default')
  .option('--policy <file>', "another policy than the skill's own, as YAML or JSON")
  .option('--directory <file>', "another directory than the skill's own, as YAML or JSON")
  .action(async (skill, options) => (await import('../lib/cli/run.ts')).run(skill, options));

program
  .command('verify')
  .description('re-check an evidence packet offline; exit 0 when everything holds, 1 when something does not')
  .argument('<evidence>', 'the packet as JSON')
  .option('--json', 'print the checks as JSON')
  .action(async (file, options) => (await import('../lib/cli/verify.ts')).verify(file, options));

try {
  await program.parseAsync();
} catch (error) {
  if (!(error instanceof CountersignError)) throw error;
  console.error(`${error.code}: ${error.message}`);
  if (error.problems.length > 0) console.error(describeProblems(error.problems));
  process.exitCode = 2;
}
