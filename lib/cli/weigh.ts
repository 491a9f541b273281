import { InvalidInput, NotFound } from '../core/errors.ts';
import { baselineOf, entryOf, readLedger } from '../platform/configuration/ledger.ts';
import { NotPromotable } from '../platform/configuration/not-promotable.ts';
import { promotedDigestOf, validationOf } from '../platform/configuration/validation.ts';
import type { FlagDeclaration } from '../platform/flags/declaration.ts';
import { WEIGHT_TOTAL } from '../platform/flags/declaration.ts';
import type { FlagFeature } from '../platform/flags/snapshot.ts';
import type { Runtime } from '../platform/runtime.ts';
import type { AnySkill } from '../platform/skill/define-skill.ts';
import { type EnvironmentOptions, openEnvironment, skillOf } from './environment.ts';
import { flagsInForce } from './flags.ts';
import { say, sayJson } from './say.ts';

/** Options of `countersign flags weigh`. */
export interface WeighOptions extends EnvironmentOptions {
  readonly skill?: string;
  readonly candidate: string;
  /** Percent of the accounts, with one decimal at most. */
  readonly percent: string;
  readonly dryRun?: boolean;
  readonly json?: boolean;
}

function refuse(pointer: string, message: string, mend: string): never {
  throw new InvalidInput(`${message} ${mend}`, [{ pointer, code: 'invalid-value', message, mend }]);
}

/** Thousandths from percent: `2.5` is 25. @throws InvalidInput for anything but 0 to 100 with one decimal at most. */
export function thousandthsOf(percent: string): number {
  const parts = /^(\d{1,3})(?:\.(\d))?$/.exec(percent);
  const thousandths = parts === null ? -1 : Number(parts[1]) * 10 + Number(parts[2] ?? 0);
  if (thousandths >= 0 && thousandths <= WEIGHT_TOTAL) return thousandths;
  return refuse(
    '/percent',
    `"${percent}" is no share of the accounts.`,
    'Give 0 to 100 percent, with one decimal at most.',
  );
}

const percentOf = (weight: number): string =>
  `${Math.trunc(weight / 10)}${weight % 10 === 0 ? '' : `.${weight % 10}`} %`;

/** The weights that stand at the flag server now, by version. */
function weightsOf(feature: FlagFeature | undefined): ReadonlyMap<string, number> {
  const weighed = feature?.strategies.find(({ variants }) => variants.length > 0);
  return new Map(weighed?.variants.map(({ name, weight }) => [name, weight]));
}

/** The variants after the change: other candidates keep what they have, the baseline takes what is left. */
async function variantsAfter(
  runtime: Runtime,
  skill: AnySkill,
  change: { readonly version: string; readonly weight: number; readonly before: ReadonlyMap<string, number> },
): Promise<FlagDeclaration['variants']> {
  const { version, weight, before } = change;
  const ledger = await readLedger(runtime, skill.name);
  const entry = entryOf(ledger, version);
  if (entry === undefined)
    throw new NotFound(
      `There is no configuration version ${version} of ${skill.name}; countersign baseline list names them.`,
    );
  if (entry.status !== 'candidate')
    throw new NotPromotable(`${version} is ${entry.status}; only a candidate is given a share of the accounts.`);
  const { missing } = await validationOf(runtime, skill.name, promotedDigestOf(skill, entry.digest));
  if (weight > 0 && missing.length > 0)
    throw new NotPromotable(
      `${version} has not passed ${missing.join(', ')}, so nothing would run on it. Validate it first: countersign validate ${skill.name} --configuration ${version}`,
    );
  const candidates = ledger.entries
    .filter(({ status }) => status === 'candidate')
    .map(({ version: name, digest: payload }) => ({
      name,
      weight: name === version ? weight : (before.get(name) ?? 0),
      payload,
    }));
  const left = WEIGHT_TOTAL - candidates.reduce((sum, candidate) => sum + candidate.weight, 0);
  if (left < 0)
    refuse(
      '/percent',
      `The other candidates have ${percentOf(WEIGHT_TOTAL - left - weight)} of the accounts; ${percentOf(weight)} do not fit beside them.`,
      'Give less, or take weight from another candidate first.',
    );
  const baseline = baselineOf(ledger);
  return [{ name: baseline.version, weight: left, payload: baseline.digest }, ...candidates];
}

function stateLines(feature: FlagFeature, flag: string): string[] {
  const shares = feature.strategies.map(({ parameters }) => String(parameters.rollout ?? '100'));
  return [
    ...(feature.enabled ? [] : [`The flag ${flag} is off: nobody runs on anything.`]),
    ...(shares.every((share) => share === '100')
      ? []
      : [`The rollout takes in ${shares.join(' and ')} % of the accounts; the shares are shares of those.`]),
  ];
}

/**
 * `countersign flags weigh`: gives a candidate a share of the accounts, sticky by account.
 * @throws NotFound for an unknown version or a flag that does not exist; NotPromotable when the version is no candidate or has
 * not passed its suites; InvalidInput when the shares do not add up.
 */
export async function weigh(options: WeighOptions): Promise<void> {
  const weight = thousandthsOf(options.percent);
  const { runtime } = await openEnvironment(options);
  const skill = skillOf(runtime.skills, options.skill);
  const feature = (await flagsInForce(runtime))?.features.find(({ name }) => name === skill.flag);
  if (feature === undefined)
    throw new NotFound(`The flag server has no flag ${skill.flag}; countersign flags apply creates it.`);
  const before = weightsOf(feature);
  const after = await variantsAfter(runtime, skill, { version: options.candidate, weight, before });
  const changes = after.map(({ name, weight: to }) => ({ version: name, from: before.get(name) ?? 0, to }));
  const moves = changes.some(({ from, to }) => from !== to);
  if (moves && options.dryRun !== true) {
    if (runtime.flagAdmin === undefined)
      throw new NotFound(
        'The flag server cannot be administered from here: the environment names no secret with an admin token (adminTokenSecretName in lib/infra/environments.ts).',
      );
    await runtime.flagAdmin.setVariantWeights(skill.flag, after);
  }
  const changed = moves && options.dryRun !== true;
  if (options.json === true)
    return sayJson({ flag: skill.flag, enabled: feature.enabled, changed, thousandths: changes });
  say(`${skill.flag}:`);
  for (const { version, from, to } of changes)
    say(`  ${version}  ${percentOf(from)}${from === to ? '' : ` -> ${percentOf(to)}`}`);
  say(...stateLines(feature, skill.flag));
  if (changed)
    say('New executions follow it with the next sync of the flags, within a minute. Accounts stay where they are.');
  else say(moves ? 'Nothing was changed: this was a dry run.' : 'Nothing was to be changed.');
}
