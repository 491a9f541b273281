import type { Command } from 'commander';

/** The matrix of consumers and contract versions. Without `--env` it looks at a policy alone, so there is no default for it. */
export function addCanIAccept(handoff: Command): void {
  handoff
    .command('can-i-accept')
    .description('which consumer can accept which version of which contract; exit 1 when one can be offered nothing')
    .argument('[policy]', "a handoff policy as YAML or JSON; the skill's own by default")
    .option('--skill <skill>', 'name or id of a skill: its policy and directory')
    .option('--directory <file>', "another directory than the skill's own, as YAML or JSON")
    .option('--env <environment>', 'count what is under way there: local, or a deployed environment such as dev')
    .option('--state <directory>', 'where the state of the local system lives', '.local')
    .option('--profile <name>', 'AWS profile to sign with')
    .option('--region <region>', 'AWS region')
    .option('--api <url>', "address of the environment's API, instead of the known one")
    .option('--json', 'print JSON')
    .action(async (policy, options) => (await import('../handoff/can-i-accept.ts')).canIAcceptCommand(policy, options));
}
