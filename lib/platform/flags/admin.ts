import * as z from 'zod';
import { NotFound } from '../../core/errors.ts';
import { parseWith } from '../../core/zod-problems.ts';
import { adminRequest, type FlagAdmin } from './admin-client.ts';
import { type FlagDeclaration, flagDeclarations } from './declaration.ts';
import {
  asDeclared,
  type ExistingStrategy,
  existingStrategy,
  isOurs,
  sameNames,
  samePayloads,
  sameWeights,
  strategyOf,
  variantsOf,
  withWeightsOf,
} from './declared-strategy.ts';
import { STICKY_PROPERTY } from './stickiness.ts';

/** The environments that the open-source edition has. */
export type FlagEnvironment = 'development' | 'production';

/** What applying one declaration did. */
export interface AppliedFlag {
  readonly flag: string;
  readonly outcome: 'created' | 'changed' | 'unchanged';
  /** What was written. */
  readonly changes: readonly ('flag' | 'description' | 'strategy' | 'variants' | 'enabled')[];
  /** What somebody changed by hand and was left so. */
  readonly kept: readonly ('rollout' | 'constraints' | 'strategy-disabled' | 'weights' | 'strategies' | 'enabled')[];
}

/** How to treat what people changed in the flag page. */
export interface ApplyOptions {
  /** Puts the declared state back over everything that was changed by hand. */
  readonly reset?: boolean;
}

const featureEnvironment = z.object({ name: z.string(), enabled: z.boolean(), strategies: z.array(existingStrategy) });
const featureView = z.object({ description: z.string().nullish(), environments: z.array(featureEnvironment) });
const contextFields = z.array(z.object({ name: z.string() }));

type FeatureView = z.infer<typeof featureView>;

const FEATURES = '/projects/default/features';
const featurePath = (flag: string) => `${FEATURES}/${encodeURIComponent(flag)}`;
const environmentPath = (flag: string, environment: FlagEnvironment) =>
  `${featurePath(flag)}/environments/${environment}`;

/** The properties that constraints and stickiness in the flag page can choose from. */
const CONTEXT_FIELDS = [
  { name: STICKY_PROPERTY, description: 'The account that a request is about', stickiness: true },
  { name: 'skill', description: 'The name of the skill', stickiness: false },
  { name: 'requesterId', description: 'The person who asks', stickiness: false },
];

async function readFeature(admin: FlagAdmin, flag: string): Promise<FeatureView | undefined> {
  try {
    return parseWith(featureView, await adminRequest(admin, 'GET', featurePath(flag)), `The flag ${flag}`);
  } catch (error) {
    if (error instanceof NotFound) return undefined;
    throw error;
  }
}

type Change = AppliedFlag['changes'][number];
type Kept = AppliedFlag['kept'][number];
interface Step {
  readonly changes: readonly Change[];
  readonly kept: readonly Kept[];
}

/** Brings a strategy that exists up to date: its variants follow the declaration, the rest is the people's. */
async function updateStrategy(
  admin: FlagAdmin,
  environment: FlagEnvironment,
  declaration: FlagDeclaration,
  existing: ExistingStrategy,
): Promise<Step> {
  const kept: Kept[] = [];
  if (existing.parameters.rollout !== '100') kept.push('rollout');
  if (existing.constraints.length > 0 || existing.segments.length > 0) kept.push('constraints');
  if (existing.disabled === true) kept.push('strategy-disabled');
  const keepsWeights = sameNames(declaration, existing);
  if (keepsWeights && !sameWeights(declaration, existing)) kept.push('weights');
  if (keepsWeights && samePayloads(declaration, existing)) return { changes: [], kept };

  const variants = variantsOf(keepsWeights ? withWeightsOf(existing, declaration) : declaration);
  const path = `${environmentPath(declaration.flag, environment)}/strategies/${encodeURIComponent(existing.id)}`;
  await adminRequest(admin, 'PATCH', path, [{ op: 'replace', path: '/variants', value: variants }]);
  return { changes: ['variants'], kept };
}

/** Sees to the flag's strategy in one environment, and to its being switched on when there was none. */
async function applyToEnvironment(
  admin: FlagAdmin,
  environment: FlagEnvironment,
  declaration: FlagDeclaration,
  view: FeatureView,
  reset: boolean,
): Promise<Step> {
  const found = view.environments.find(({ name }) => name === environment);
  if (found === undefined) throw new NotFound(`The flag ${declaration.flag} has no environment ${environment}.`);
  const path = environmentPath(declaration.flag, environment);
  const ours = found.strategies.find((candidate) => isOurs(candidate, declaration.flag));
  const changes: Change[] = [];
  const kept: Kept[] = [];

  if (ours !== undefined && !reset) {
    const step = await updateStrategy(admin, environment, declaration, ours);
    changes.push(...step.changes);
    kept.push(...step.kept);
  } else if (ours !== undefined && !asDeclared(declaration, ours)) {
    await adminRequest(admin, 'PUT', `${path}/strategies/${encodeURIComponent(ours.id)}`, strategyOf(declaration));
    changes.push('strategy');
  } else if (ours === undefined && (reset || found.strategies.length === 0)) {
    await adminRequest(admin, 'POST', `${path}/strategies`, strategyOf(declaration));
    changes.push('strategy');
  } else if (ours === undefined) {
    // Strategies add up: putting ours beside theirs would let in the accounts that they keep out.
    kept.push('strategies');
  }

  const isNew = found.strategies.length === 0;
  if (!found.enabled && (isNew || reset)) {
    await adminRequest(admin, 'POST', `${path}/on`);
    changes.push('enabled');
  } else if (!found.enabled) {
    kept.push('enabled');
  }
  return { changes, kept };
}

async function applyFlag(
  admin: FlagAdmin,
  environment: FlagEnvironment,
  declaration: FlagDeclaration,
  reset: boolean,
): Promise<AppliedFlag> {
  const { flag, description } = declaration;
  const before = await readFeature(admin, flag);
  const changes: Change[] = [];
  if (before === undefined) {
    await adminRequest(admin, 'POST', FEATURES, { name: flag, type: 'release', description });
    changes.push('flag');
  } else if (before.description !== description) {
    await adminRequest(admin, 'PUT', featurePath(flag), { type: 'release', description });
    changes.push('description');
  }
  const view = before ?? (await readFeature(admin, flag));
  if (view === undefined) throw new NotFound(`The flag ${flag} was created and is not there.`);
  const step = await applyToEnvironment(admin, environment, declaration, view, reset);
  const all = [...changes, ...step.changes];
  const outcome = before === undefined ? 'created' : all.length > 0 ? 'changed' : 'unchanged';
  return { flag, outcome, changes: all, kept: step.kept };
}

async function ensureContextFields(admin: FlagAdmin): Promise<void> {
  const present = parseWith(contextFields, await adminRequest(admin, 'GET', '/context'), 'The context fields');
  for (const field of CONTEXT_FIELDS) {
    if (present.some(({ name }) => name === field.name)) continue;
    await adminRequest(admin, 'POST', '/context', { ...field, legalValues: [] });
  }
}

/**
 * Creates or updates the rollout flag of every skill in one environment of the project `default`: a release flag with
 * one gradual rollout, sticky by account, whose variants name configuration versions. Applying twice changes nothing.
 *
 * What people changed in the flag page stays: the rollout's share, constraints, a disabled strategy, weights (as long as
 * the versions are the same ones), strategies of their own, and whether the flag is on. `reset` puts the declared state
 * back, and leaves only strategies of their own.
 * @throws InvalidInput when a declaration is malformed.
 * @throws Conflict when an archived flag has the name; revive it in the flag page.
 * @throws FlagSourceUnavailable when the server is out of reach or refuses.
 */
export async function applyFlags(
  admin: FlagAdmin,
  environment: FlagEnvironment,
  declarations: readonly FlagDeclaration[],
  options: ApplyOptions = {},
): Promise<AppliedFlag[]> {
  const checked = parseWith(flagDeclarations, declarations, 'The flag declarations');
  await ensureContextFields(admin);
  const applied: AppliedFlag[] = [];
  // One after the other: the order of the server's event log is then the order of the declarations.
  for (const declaration of checked) {
    applied.push(await applyFlag(admin, environment, declaration, options.reset === true));
  }
  return applied;
}

/**
 * Switches a flag on or off for everybody in one environment.
 * @throws NotFound when there is no such flag.
 * @throws FlagSourceUnavailable when the server is out of reach or refuses.
 */
export async function setFlagEnabled(
  admin: FlagAdmin,
  environment: FlagEnvironment,
  flag: string,
  on: boolean,
): Promise<void> {
  await adminRequest(admin, 'POST', `${environmentPath(flag, environment)}/${on ? 'on' : 'off'}`);
}
