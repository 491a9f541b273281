import { pointer } from '../../core/json.ts';
import type { FlagFeature, FlagSegment } from './snapshot.ts';

/**
 * Conditions that are not evaluated here, neither in AWS nor on a laptop: regular expressions, versions and network addresses. The
 * context holds identifiers, an environment and an instant, so only a regular expression could ever mean something, and a list or
 * a prefix says it too. The libraries behind them would be a third of a function.
 */
const OPERATOR = /^(REGEX|IN_CIDR|SEMVER_.*)$/;
const STRATEGIES: readonly string[] = ['remoteAddress'];

/** A place in a flag that decides by something that is not evaluated here. */
export interface RefusedCondition {
  /** JSON Pointer within the flag. */
  readonly pointer: string;
  /** The operator or strategy that stands there. */
  readonly found: string;
}

function ofConstraints(at: string, constraints: FlagSegment['constraints']): RefusedCondition[] {
  return constraints.flatMap(({ operator }, index) =>
    OPERATOR.test(operator) ? [{ pointer: pointer(at, 'constraints', index, 'operator'), found: operator }] : [],
  );
}

/**
 * Finds every condition of a flag that is not evaluated here, also in the segments that it uses. A flag with one counts as off: a
 * rollout must not go on without a condition that somebody wrote down, nor stop for those who would meet it inverted.
 */
export function refusedConditions(feature: FlagFeature, segments: readonly FlagSegment[]): RefusedCondition[] {
  return feature.strategies.flatMap((strategy, index) => {
    const at = pointer('/strategies', index);
    const byName = STRATEGIES.includes(strategy.name) ? [{ pointer: pointer(at, 'name'), found: strategy.name }] : [];
    const bySegment = (strategy.segments ?? []).flatMap((id, place) =>
      ofConstraints('', segments.find((segment) => segment.id === id)?.constraints ?? []).map(({ found }) => ({
        pointer: pointer(at, 'segments', place),
        found,
      })),
    );
    return [...byName, ...ofConstraints(at, strategy.constraints), ...bySegment];
  });
}
