import type { Command } from 'commander';
import { asCaller, byWhom, forSkill, onSkill, throughApi, wholeNumber } from './options.ts';

const load = () => import('../executions.ts');

function waiting(command: Command): Command {
  return command
    .option('--wait', 'wait until it has ended, and say what happens meanwhile')
    .option('--timeout <seconds>', 'wait so long at most', wholeNumber);
}

function requesting(command: Command): Command {
  return asCaller(throughApi(onSkill(command)))
    .argument('<file>', 'the request as JSON or YAML, or a bundled example; - is the standard input')
    .option('--on-behalf-of <person>', 'who asks, when the caller is a listed trusted system');
}

function onExecution(command: Command): Command {
  return throughApi(command.argument('<execution>', 'the id of the execution'));
}

/** The commands by which people use the skills: send a request, follow it, take its evidence away. */
export function addExecutionCommands(program: Command): void {
  waiting(requesting(program.command('submit')))
    .description('send a request')
    .option('--key <key>', 'idempotency key: the same key and request start nothing twice; a fresh one by default')
    .action(async (skill, file, options) => (await load()).submit(skill, file, options));
  requesting(program.command('preview'))
    .description('show where a request would go; starts nothing')
    .action(async (skill, file, options) => (await load()).preview(skill, file, options));
  waiting(forSkill(throughApi(program.command('status'))))
    .description('where an execution stands, or the newest executions')
    .argument('[execution]', 'the id of the execution')
    .option('--status <status>', 'only those that are starting, running, waiting, succeeded or failed')
    .option('--outcome <outcome>', 'only those that ended so, such as published or rejected')
    .option('--from <instant>', 'accepted at or after it; 90 days back by default')
    .option('--to <instant>', 'accepted at or before it')
    .option('--limit <count>', 'how many of them', wholeNumber, '25')
    .action(async (executionId, options) => (await load()).status(executionId, options));
  onExecution(program.command('trace'))
    .description('every step of an execution, and every rule that was weighed')
    .action(async (executionId, options) => (await load()).trace(executionId, options));
  onExecution(program.command('evidence'))
    .description('the evidence packet of an execution, as JSON')
    .option('--out <file>', 'write it there')
    .action(async (executionId, options) => (await load()).evidence(executionId, options));
  asCaller(onExecution(program.command('withdraw')))
    .description("end an execution on its requester's word")
    .action(async (executionId, options) => (await load()).withdraw(executionId, options));
  byWhom(onExecution(program.command('retry')))
    .description('run an execution again that a fault broke off')
    .action(async (executionId, options) => (await import('../retry.ts')).retry(executionId, options));
}
