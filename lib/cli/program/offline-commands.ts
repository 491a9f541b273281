import type { Command } from 'commander';
import { addCanIAccept } from './can-i-accept-command.ts';
import { addHandoffWaits } from './handoff-commands.ts';

const servers = ['api', 'inbox', 'flags', 'states', 'dynamodb', 'smtp'] as const;

function addSystem(program: Command): void {
  const start = program.command('start').option('--ports <auto>', '"auto" takes free ports');
  for (const name of servers) start.option(`--port-${name} <number>`, `port of ${name}`);
  start
    .description('start the whole system on this machine')
    .option('--fresh', 'empty the state directory first')
    .option('--state <directory>', 'where the state lives', '.local')
    .option('--no-examples', 'do not submit the bundled examples')
    .action(async (options) => (await import('../../local/commands/start.ts')).start(options));
  program
    .command('demo')
    .description('start a fresh system, run every example through mail and links, verify the evidence, stop')
    .option('--json', 'end with one JSON line')
    .option('--keep', 'keep the state directory and print where it is')
    .action(async (options) => (await import('../../local/commands/demo.ts')).demo(options));
  program
    .command('drill')
    .description('ship a bad configuration on a fresh system, watch it being taken back, put everything back')
    .option('--json', 'end with one JSON line')
    .action(async (options) => (await import('../../local/commands/drill.ts')).drill(options));
}

function addWithoutSystem(program: Command): void {
  program
    .command('run')
    .description("print the engine's bundle for a request, without a server")
    .argument('<skill>', 'name or id of a skill')
    .requiredOption('--input <file>', 'the request as JSON or YAML, or a bundled example; - is the standard input')
    .option('--requester <person>', 'id of the requesting person in the directory')
    .option('--instant <instant>', 'the instant to decide at, ISO 8601 UTC; now by default')
    .option('--policy <file>', "another policy than the skill's own, as YAML or JSON")
    .option('--directory <file>', "another directory than the skill's own, as YAML or JSON")
    .action(async (skill, options) => (await import('../run.ts')).run(skill, options));
  program
    .command('verify')
    .description('re-check an evidence packet offline; exit 0 when everything holds, 1 when something does not')
    .argument('<evidence>', 'the packet as JSON')
    .option(
      '--anchor <manifest>',
      'a signed manifest, or a folder of them: shows when the end of the chain was cut off',
    )
    .option(
      '--key <file>',
      'a public key that statement and manifests may be signed with, as PEM; may be given several times',
      (file: string, files: readonly string[]) => [...files, file],
      [],
    )
    .option('--json', 'print the checks as JSON')
    .action(async (file, options) => (await import('../verify.ts')).verify(file, options));
}

function addHandoff(program: Command): void {
  const handoff = program
    .command('handoff')
    .description('contracts between those who hand over and those who take over');
  addHandoffWaits(handoff);
  addCanIAccept(handoff);
  handoff
    .command('diff')
    .description('whether a schema can take the place of another; exit 0 when it can, 1 when it cannot or is not known')
    .argument('[old]', 'the JSON Schema that is in use, draft 7 or 2020-12; - is the standard input')
    .argument('[new]', 'the JSON Schema that shall replace it')
    .option('--direction <direction>', 'backward (old instances stay valid), forward, or full', 'backward')
    .option('--batch <file>', 'pairs instead: one {"id","old","new","direction"} a line, answered line by line')
    .option('--json', 'print the answer as JSON')
    .action(async (old, next, options) => (await import('../handoff.ts')).diff(old, next, options));
}

function addEnvironments(program: Command): void {
  const env = program.command('env').description('the environments that --env can name');
  const load = () => import('../environments.ts');
  env
    .command('list', { isDefault: true })
    .description('every environment, and where its API is known from')
    .option('--json', 'print JSON')
    .action(async (options) => (await load()).list(options));
  env
    .command('add')
    .description('keep the address of an environment in countersign.env.json')
    .argument('<name>', 'the name it was deployed under')
    .requiredOption('--api <url>', 'the output "BaseUrl" of its platform stack')
    .option('--region <region>', 'its AWS region; needed where the address does not tell')
    .option('--profile <name>', 'the AWS profile to sign with')
    .action(async (name, options) => (await load()).add(name, options));
  env
    .command('remove')
    .description('forget an address')
    .argument('<name>', 'as env list names it')
    .action(async (name) => (await load()).remove(name));
}

/** The commands that act on no environment: they start one, or need none. */
export function addOfflineCommands(program: Command): void {
  addSystem(program);
  addWithoutSystem(program);
  addHandoff(program);
  addEnvironments(program);
}
