import clientModule from 'unleash-client/lib/client.js';
import type { FeatureInterface } from 'unleash-client/lib/feature.js';
import type { RepositoryInterface } from 'unleash-client/lib/repository/index.js';
import { defaultStrategies } from 'unleash-client/lib/strategy/index.js';
import type { Segment } from 'unleash-client/lib/strategy/strategy.js';
import type { Digest } from '../../core/digest.ts';
import type { Instant } from '../../core/instant.ts';
import { refusedConditions } from './refused-conditions.ts';
import type { FlagFeature, FlagSnapshot } from './snapshot.ts';
import { stickinessFindings } from './stickiness.ts';

// The package's main file starts a repository with timers, disk and network; its evaluation core has none of them.
// It is CommonJS: Node and esbuild give its whole exports as the default import, other loaders the default among them.
const UnleashClient: typeof clientModule.default = 'default' in clientModule ? clientModule.default : clientModule;

/** What a flag is evaluated for. It is evidence, so it holds identifiers only. */
export interface FlagContext {
  /** The account that the request is about: rollouts are sticky by it. */
  readonly accountId: string;
  readonly skill: string;
  readonly environment: string;
  /** The instant of the execution: constraints on dates compare with it, never with the wall clock. */
  readonly at: Instant;
  readonly requesterId?: string;
}

/**
 * Why a flag is on or off. `not-repeatable`: the flag, or one it depends on, decides by chance, so it counts as off.
 * `refused-condition`: one of them decides by something that is not evaluated here, so it counts as off.
 */
export type FlagReason =
  | 'no-snapshot'
  | 'unknown-flag'
  | 'not-repeatable'
  | 'refused-condition'
  | 'switched-off'
  | 'not-in-rollout'
  | 'in-rollout';

/** The answer with all that is needed to get it again. */
export interface FlagEvaluation {
  readonly flag: string;
  readonly enabled: boolean;
  /** The variant names a configuration version; its payload is the text that the flag server holds for it. */
  readonly variant?: { readonly name: string; readonly payload?: string };
  readonly reason: FlagReason;
  readonly snapshotDigest?: Digest;
  readonly context: FlagContext;
}

function featureNamed(snapshot: FlagSnapshot, name: string): FlagFeature | undefined {
  return snapshot.features.find((feature) => feature.name === name);
}

/** The snapshot as the repository that the SDK reads. Evaluating asks a repository these two questions only. */
function repositoryOf(snapshot: FlagSnapshot): RepositoryInterface {
  const questions: Pick<RepositoryInterface, 'getToggle' | 'getSegment'> = {
    // The schema admits operators that a later server may bring; the SDK answers no to those it does not know.
    getToggle: (name) => featureNamed(snapshot, name) as FeatureInterface | undefined,
    getSegment: (id) => snapshot.segments.find((segment) => segment.id === id) as Segment | undefined,
  };
  return questions as RepositoryInterface;
}

/** The flag and those it directly depends on (the SDK allows no deeper chain). */
function decidingFeatures(snapshot: FlagSnapshot, feature: FlagFeature): FlagFeature[] {
  const parents = feature.dependencies.map((dependency) => featureNamed(snapshot, dependency.feature));
  return [feature, ...parents.filter((parent) => parent !== undefined)];
}

/** Whether the answer depends on the snapshot and the context alone. An empty property makes the SDK roll the dice. */
function isRepeatable(snapshot: FlagSnapshot, feature: FlagFeature, context: FlagContext): boolean {
  if (Object.values(context).includes('')) return false;
  const findings = decidingFeatures(snapshot, feature).flatMap(stickinessFindings);
  return findings.every((finding) => finding.repeatable);
}

/** Whether the flag, or one it depends on, has a condition that is not evaluated here. */
function isRefused(snapshot: FlagSnapshot, feature: FlagFeature): boolean {
  return decidingFeatures(snapshot, feature).some((one) => refusedConditions(one, snapshot.segments).length > 0);
}

function sdkContext(context: FlagContext) {
  const { accountId, skill, environment, at, requesterId } = context;
  return {
    environment,
    // Default stickiness looks for a user, then a session. A strategy that somebody adds by hand thereby stays
    // sticky by account instead of answering at random.
    sessionId: accountId,
    currentTime: new Date(at),
    properties: { accountId, skill, ...(requesterId === undefined ? {} : { requesterId }) },
  };
}

/**
 * Evaluates one flag from a snapshot, with unleash-client's own rules and without network, timers or disk.
 * The same snapshot and context always give the same answer. Whatever is missing or would be random counts as off.
 */
export function evaluateFlag(snapshot: FlagSnapshot | undefined, flag: string, context: FlagContext): FlagEvaluation {
  if (snapshot === undefined) return { flag, enabled: false, reason: 'no-snapshot', context };
  const answer = { flag, snapshotDigest: snapshot.digest, context };
  const feature = featureNamed(snapshot, flag);
  if (feature === undefined) return { ...answer, enabled: false, reason: 'unknown-flag' };
  if (!isRepeatable(snapshot, feature, context)) return { ...answer, enabled: false, reason: 'not-repeatable' };
  if (isRefused(snapshot, feature)) return { ...answer, enabled: false, reason: 'refused-condition' };

  const client = new UnleashClient(repositoryOf(snapshot), defaultStrategies);
  const { featureEnabled, enabled, name, payload } = client.getVariant(flag, sdkContext(context));
  if (!featureEnabled) {
    return { ...answer, enabled: false, reason: feature.enabled ? 'not-in-rollout' : 'switched-off' };
  }
  if (!enabled) return { ...answer, enabled: true, reason: 'in-rollout' };
  const variant = payload === undefined ? { name } : { name, payload: payload.value };
  return { ...answer, enabled: true, reason: 'in-rollout', variant };
}
