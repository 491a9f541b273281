import type { Command } from 'commander';
import { asCaller, byWhom, throughApi } from './options.ts';

const load = () => import('../handoff-waits.ts');

function onExecution(command: Command): Command {
  return throughApi(command.argument('<execution>', 'the id of the execution'));
}

/** The commands by which teams and systems work on handoffs that wait for them, through the API. */
export function addHandoffWaits(handoff: Command): void {
  onExecution(handoff.command('show'))
    .description('where the handoff of an execution stands, and what it waits for')
    .action(async (executionId, options) => (await load()).show(executionId, options));
  onExecution(handoff.command('events'))
    .description('what happened to the handoff so far')
    .action(async (executionId, options) => (await load()).events(executionId, options));
  asCaller(onExecution(handoff.command('act')))
    .description('send an event of the side that you act for; the same event again changes nothing')
    .argument('<event>', '{"id","event":{"type",...},"as"} as JSON or YAML; - is the standard input')
    .action(async (executionId, file, options) => (await load()).act(executionId, file, options));
  byWhom(onExecution(handoff.command('erase')))
    .description('erase the payload, and what quotes it, on record: digests and chain stay, and it does not come back')
    .requiredOption('--because <text>', 'the reason; it stays on record for good, so name a case and no person')
    .option('--reason <code>', 'the reason as a code, such as data-subject-request')
    .action(async (executionId, options) => (await import('../handoff-erase.ts')).erase(executionId, options));
  throughApi(handoff.command('queue'))
    .description('the due work of a team, what is due first in front; without one, every team that has any')
    .argument('[party]', 'the id of the team')
    .action(async (party, options) => (await load()).queue(party, options));
}
