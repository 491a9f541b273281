import { pointer } from '../../core/json.ts';
import type { FlagFeature } from './snapshot.ts';

/** The context property by which rollouts are sticky: an account is in or out as a whole, whoever asks. */
export const STICKY_PROPERTY = 'accountId';

/**
 * Other stickiness that repeats: properties that every evaluation carries, and the default, because an evaluation here
 * gives the account as the session. In any other Unleash client the default may answer at random.
 */
const REPEATABLE: readonly string[] = ['default', 'sessionId', 'skill', 'environment'];

/** Strategies that roll the dice, or ask which machine they run on. */
const UNREPEATABLE_STRATEGIES: readonly string[] = ['gradualRolloutRandom', 'applicationHostname'];

/** A place in a flag that decides by something other than the account. */
export interface StickinessFinding {
  /** JSON Pointer within the flag. */
  readonly pointer: string;
  /** What stands there: a stickiness or a strategy's name. */
  readonly found: string;
  /** Whether the same context gets the same answer; if not, the SDK would decide by chance. */
  readonly repeatable: boolean;
}

function judge(at: string, stickiness: unknown): StickinessFinding[] {
  // Only a stickiness that is absent means the default: the SDK looks up an empty one, finds nothing, and rolls the dice.
  const found = stickiness === undefined ? 'default' : String(stickiness);
  return found === STICKY_PROPERTY ? [] : [{ pointer: at, found, repeatable: REPEATABLE.includes(found) }];
}

/**
 * Finds every place of a flag that is not sticky by account.
 * Follows unleash-client: a strategy's variants share the first variant's stickiness, else the strategy's.
 */
export function stickinessFindings(feature: FlagFeature): StickinessFinding[] {
  const ofStrategies = feature.strategies.flatMap((strategy, index): StickinessFinding[] => {
    const at = pointer('/strategies', index);
    if (UNREPEATABLE_STRATEGIES.includes(strategy.name)) {
      return [{ pointer: pointer(at, 'name'), found: strategy.name, repeatable: false }];
    }
    const own = strategy.parameters.stickiness;
    const rollout =
      strategy.name === 'flexibleRollout' ? judge(pointer(at, 'parameters', 'stickiness'), own || undefined) : [];
    const [first] = strategy.variants;
    if (first === undefined) return rollout;
    return [...rollout, ...judge(pointer(at, 'variants', 0, 'stickiness'), first.stickiness || own)];
  });
  const [first] = feature.variants;
  return first === undefined
    ? ofStrategies
    : [...ofStrategies, ...judge(pointer('/variants', 0, 'stickiness'), first.stickiness)];
}
