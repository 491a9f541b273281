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
  .command('drill')
  .description('ship a bad configuration on a fresh system, watch it being taken back, put everything back')
  .option('--json', 'end with one JSON line')
  .action(async (options) => (await import('../lib/local/commands/drill.ts')).drill(options));

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
  .option('--anchor <manifest>', 'a signed manifest, or a folder of them: shows when the end of the chain was cut off')
  .option('--key <file>', 'the public key that the manifests are signed with, as PEM')
  .option('--json', 'print the checks as JSON')
  .action(async (file, options) => (await import('../lib/cli/verify.ts')).verify(file, options));

function governing(command: Command): Command {
  return command
    .option('--env <environment>', 'local, or the environment that the COUNTERSIGN_ variables describe', 'local')
    .option('--state <directory>', 'where the state of the local system lives', '.local')
    .option('--json', 'print JSON');
}

governing(program.command('validate'))
  .description('run unit, integration, simulation and regression baseline for one configuration, and record each')
  .argument('<skill>', 'name or id of a skill')
  .option('--policy <file>', 'a policy as YAML or JSON; the baseline by default')
  .option('--configuration <version>', 'a stored configuration version')
  .option('--last <count>', 'how many stored executions the simulation replays', '200')
  .option('--requests <file>', 'further past requests: one {"requester","instant","request"} a line')
  .option('--examples <folder>', 'examples that show the changed policy, instead of the bundled ones')
  .option('--recordings <folder>', "recorded executions, instead of this repository's")
  .option('--by <who>', 'who validates')
  .action(async (skill, options) => (await import('../lib/local/commands/validate.ts')).validate(skill, options));

const baseline = program.command('baseline').description('configuration versions: list, add, promote, roll back');

function onBaseline(name: string): Command {
  return governing(baseline.command(name))
    .option('--skill <skill>', 'name or id; needed where there are several')
    .option('--by <who>', 'who orders it');
}

onBaseline('list')
  .description('every version, what it has passed, and how it came to stand where it stands')
  .action(async (options) => (await import('../lib/cli/baseline.ts')).list(options));
onBaseline('add')
  .description('put a policy file on trial')
  .argument('<file>', 'the policy as YAML or JSON')
  .action(async (file, options) => (await import('../lib/cli/baseline.ts')).add(file, options));
onBaseline('promote')
  .description('make a candidate the baseline, if the report on its four suites allows it')
  .argument('<version>', 'as baseline list names it')
  .option('--agreed-by <person...>', 'people of the directory who agreed besides')
  .action(async (version, options) => (await import('../lib/cli/baseline.ts')).promote(version, options));
onBaseline('rollback')
  .description('put an earlier baseline back')
  .option('--to <version>', 'the one before the current by default')
  .requiredOption('--because <text>', 'the reason; it stays on record')
  .action(async (options) => (await import('../lib/cli/baseline.ts')).rollBack(options));
baseline
  .command('record')
  .description('play the bundled examples on a fresh system and keep their evidence as the regression baseline')
  .option('--to <folder>', 'instead of test/replay')
  .action(async (options) => (await import('../lib/cli/record-baseline.ts')).recordBaseline(options));

const flags = program.command('flags').description('the rollout flags of the skills');
governing(flags.command('apply'))
  .description('create or update flags, strategies and variants')
  .option('--reset', 'put back what people changed by hand')
  .action(async (options) => (await import('../lib/cli/flags.ts')).apply(options));
governing(flags.command('lint'))
  .description('find flags that are missing, not sticky by account, or name versions that may not run')
  .action(async (options) => (await import('../lib/cli/flags.ts')).lint(options));

governing(program.command('retry'))
  .description('run an execution again that a fault broke off')
  .argument('<execution>', 'the id of the execution')
  .option('--by <who>', 'who orders it')
  .action(async (executionId, options) => (await import('../lib/cli/retry.ts')).retry(executionId, options));

const posture = program.command('posture').description('the posture of a skill: normal, elevated or critical');
governing(posture.command('show'))
  .description('where it stands, and each move with its cause')
  .argument('<skill>', 'name or id of a skill')
  .action(async (skill, options) => (await import('../lib/cli/posture.ts')).show(skill, options));
governing(posture.command('set'))
  .description('move it by hand')
  .argument('<skill>', 'name or id of a skill')
  .argument('<posture>', 'normal, elevated or critical')
  .requiredOption('--because <text>', 'the reason; it stays on record')
  .option('--by <who>', 'who orders it')
  .action(async (skill, to, options) => (await import('../lib/cli/posture.ts')).set(skill, to, options));

const followUps = program.command('follow-ups').description('what somebody has to look after, and by when');
governing(followUps.command('list', { isDefault: true }))
  .description('what is due first in front')
  .option('--skill <skill>', 'name or id of a skill')
  .option('--status <status>', 'open or done')
  .action(async (options) => (await import('../lib/cli/follow-ups.ts')).list(options));
governing(followUps.command('done'))
  .description('mark one as done')
  .argument('<follow-up>', 'its id')
  .requiredOption('--note <text>', 'what came of it')
  .option('--by <who>', 'who did it')
  .action(async (id, options) => (await import('../lib/cli/follow-ups.ts')).done(id, options));

try {
  await program.parseAsync();
} catch (error) {
  if (!(error instanceof CountersignError)) throw error;
  console.error(`${error.code}: ${error.message}`);
  const untold = error.problems.filter(({ message }) => !error.message.includes(message));
  if (untold.length > 0) console.error(describeProblems(untold));
  process.exitCode = 2;
}
