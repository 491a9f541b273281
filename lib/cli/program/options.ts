import { type Command, InvalidArgumentError } from 'commander';

const SKILL = 'name or id of a skill';

/** Adds the options by which a command finds its environment, and its caller in AWS. */
export function withEnvironment(command: Command): Command {
  return command
    .option('--env <environment>', 'local, or a deployed environment such as dev', 'local')
    .option('--state <directory>', 'where the state of the local system lives', '.local')
    .option('--profile <name>', 'AWS profile to sign with')
    .option('--region <region>', 'AWS region')
    .option('--json', 'print JSON');
}

/** Adds the options of a command that goes through the API of its environment. */
export function throughApi(command: Command): Command {
  return withEnvironment(command).option('--api <url>', "address of the environment's API, instead of the known one");
}

/** Adds the simulated caller of the local system. */
export function asCaller(command: Command): Command {
  return command.option('--as <person>', 'who calls, at the local system only; in AWS the signature says who');
}

/** Adds who gives an order, where no signature says so. */
export function byWhom(command: Command, what = 'who orders it, at the local system only'): Command {
  return command.option('--by <who>', what);
}

/** Adds the skill as an argument. */
export function onSkill(command: Command): Command {
  return command.argument('<skill>', SKILL);
}

/** Adds the skill as an option. */
export function forSkill(command: Command, description = SKILL): Command {
  return command.option('--skill <skill>', description);
}

/** Reads a whole number of at least one. @throws InvalidArgumentError for anything else. */
export function wholeNumber(text: string): string {
  if (/^[1-9]\d{0,8}$/.test(text)) return text;
  throw new InvalidArgumentError('It must be a whole number of at least 1.');
}
