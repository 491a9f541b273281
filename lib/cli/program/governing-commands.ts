import type { Command } from 'commander';
import { byWhom, forSkill, onSkill, throughApi, wholeNumber, withEnvironment } from './options.ts';

function addValidate(program: Command): void {
  byWhom(withEnvironment(onSkill(program.command('validate'))), 'who validates')
    .description('run unit, integration, simulation and regression baseline for one configuration, and record each')
    .option('--policy <file>', 'a policy as YAML or JSON; the baseline by default')
    .option('--configuration <version>', 'a stored configuration version')
    .option('--last <count>', 'how many stored executions the simulation replays', wholeNumber, '200')
    .option('--requests <file>', 'further past requests: one {"requester","instant","request"} a line')
    .option('--examples <folder>', 'examples that show the changed policy, instead of the bundled ones')
    .option('--recordings <folder>', "recorded executions, instead of this repository's")
    .action(async (skill, options) => (await import('../../local/commands/validate.ts')).validate(skill, options));
}

function addBaseline(program: Command): void {
  const baseline = program.command('baseline').description('configuration versions: list, add, promote, roll back');
  const load = () => import('../baseline.ts');
  const on = (name: string) =>
    byWhom(
      forSkill(withEnvironment(baseline.command(name)), 'name or id; needed where there are several'),
      'who orders it',
    );
  on('list')
    .description('every version, what it has passed, and how it came to stand where it stands')
    .action(async (options) => (await load()).list(options));
  on('add')
    .description('put a policy file on trial')
    .argument('<file>', 'the policy as YAML or JSON')
    .action(async (file, options) => (await load()).add(file, options));
  on('promote')
    .description('make a candidate the baseline, if the report on its four suites allows it')
    .argument('<version>', 'as baseline list names it')
    .option('--agreed-by <person...>', 'people of the directory who agreed besides')
    .action(async (version, options) => (await load()).promote(version, options));
  on('rollback')
    .description('put an earlier baseline back')
    .option('--to <version>', 'the one before the current by default')
    .requiredOption('--because <text>', 'the reason; it stays on record')
    .action(async (options) => (await load()).rollBack(options));
  forSkill(baseline.command('record'), 'name or id: its examples alone; all of them by default')
    .description('play the bundled examples on a fresh system and keep their evidence as the regression baseline')
    .option('--to <folder>', 'instead of test/replay')
    .action(async (options) => (await import('../record-baseline.ts')).recordBaseline(options));
}

function addFlags(program: Command): void {
  const flags = program.command('flags').description('the rollout flags of the skills');
  withEnvironment(flags.command('apply'))
    .description('create or update flags, strategies and variants')
    .option('--reset', 'put back what people changed by hand')
    .action(async (options) => (await import('../flags.ts')).apply(options));
  withEnvironment(flags.command('lint'))
    .description('find flags that are missing, not sticky by account, or name versions that may not run')
    .action(async (options) => (await import('../flags.ts')).lint(options));
  forSkill(withEnvironment(flags.command('weigh')), 'name or id; needed where there are several')
    .description('give a candidate a share of the accounts')
    .requiredOption('--candidate <version>', 'as baseline list names it')
    .requiredOption('--percent <share>', 'percent of the accounts, with one decimal at most; 0 takes it out')
    .option('--dry-run', 'print what would change, and change nothing')
    .action(async (options) => (await import('../weigh.ts')).weigh(options));
}

function addPosture(program: Command): void {
  const posture = program.command('posture').description('the posture of a skill: normal, elevated or critical');
  throughApi(onSkill(posture.command('show')))
    .description('where it stands, and each move with its cause')
    .action(async (skill, options) => (await import('../posture.ts')).show(skill, options));
  byWhom(throughApi(onSkill(posture.command('set'))))
    .description('move it by hand')
    .argument('<posture>', 'normal, elevated or critical')
    .requiredOption('--because <text>', 'the reason; it stays on record')
    .action(async (skill, to, options) => (await import('../posture.ts')).set(skill, to, options));
}

function addFollowUps(program: Command): void {
  const followUps = program.command('follow-ups').description('what somebody has to look after, and by when');
  forSkill(throughApi(followUps.command('list', { isDefault: true })))
    .description('what is due first in front')
    .option('--status <status>', 'open or done')
    .action(async (options) => (await import('../follow-ups.ts')).list(options));
  byWhom(throughApi(followUps.command('done')), 'who did it, at the local system only')
    .description('mark one as done')
    .argument('<follow-up>', 'its id')
    .requiredOption('--note <text>', 'what came of it')
    .action(async (id, options) => (await import('../follow-ups.ts')).done(id, options));
}

function addKeys(program: Command): void {
  withEnvironment(program.command('keys'))
    .description('print the public key that evidence is signed with, as PEM')
    .action(async (options) => (await import('../keys.ts')).keys(options));
}

/** The commands by which operators and policy owners govern an environment. */
export function addGoverningCommands(program: Command): void {
  addValidate(program);
  addBaseline(program);
  addFlags(program);
  addPosture(program);
  addFollowUps(program);
  addKeys(program);
}
