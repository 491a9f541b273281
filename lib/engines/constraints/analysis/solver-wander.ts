import { conditionOf } from '../evaluate/compiled-holds.ts';
import type { Field, Formula, Values } from '../model.ts';
import { bitCount } from '../written-values.ts';
import { floorDivide, type LinearAtom } from './linear.ts';
import type { Ranges } from './solver-bounds.ts';

/** So many moves are made before the solver is asked. */
const MOST_MOVES = 40;

/** Conditions that an input must meet, written by `pushed`, the most important one first. */
export type Wanted = readonly Formula[];

function moved(values: Values, field: number, value: number): Values {
  const next = [...values];
  next[field] = value;
  return next;
}

/** For each field of a comparison, the nearest value that makes it hold, the others as they are. */
function linearMoves({ terms, is, bound }: LinearAtom, values: Values, ranges: Ranges): Values[] {
  const sum = terms.reduce((all, { of, field, coefficient }) => {
    const value = values[field] ?? 0;
    return all + coefficient * (of === 'size' ? bitCount(value) : value);
  }, 0);
  return terms.flatMap(({ of, field, coefficient }): Values[] => {
    const [value, range] = [values[field], ranges[field]];
    if (of === 'size' || value === undefined || range === undefined || coefficient === 0) return [];
    const rest = sum - coefficient * value;
    const limits =
      is === 'le' || is === 'eq' || is === 'ge'
        ? [bound - rest]
        : is === 'ne'
          ? [bound - rest - 1, bound - rest + 1]
          : [bound - rest + (is === 'lt' ? -1 : 1)];
    return limits.flatMap((limit) => {
      // The comparison is a ceiling for the field, or a floor.
      const isCeiling = is === 'le' || is === 'lt' ? coefficient > 0 : coefficient < 0;
      const down = floorDivide(limit, coefficient);
      const exact = down * coefficient === limit;
      const next = exact || isCeiling ? down : down + 1;
      return next >= range[0] && next <= range[1] && next !== value ? [moved(values, field, next)] : [];
    });
  });
}

/** Inputs that are one move away and make a condition hold, or at least a part of it. */
function moves(formula: Formula, values: Values, ranges: Ranges): Values[] {
  switch (formula.kind) {
    case 'and': {
      const broken = formula.parts.find((part) => !conditionOf(part)(values));
      return broken === undefined ? [] : moves(broken, values, ranges);
    }
    case 'or':
      return formula.parts.flatMap((part) => moves(part, values, ranges));
    case 'linear':
      return linearMoves(formula, values, ranges);
    case 'member':
      return formula.values.map((value) => moved(values, formula.field, value));
    case 'not': {
      const { part } = formula;
      const range = part.kind === 'member' ? ranges[part.field] : undefined;
      if (part.kind !== 'member' || range === undefined) return [];
      for (let value = range[0]; value <= range[1]; value++)
        if (!part.values.includes(value)) return [moved(values, part.field, value)];
      return [];
    }
    default:
      return [];
  }
}

/** Where in their ranges, in sixteenths, all fields start; another start when the one before leads nowhere. */
const STARTS = [8, 2, 14, 5, 11, 0, 16];

/**
 * Looks for an input that meets all conditions by moving one value at a time to where the first broken condition holds,
 * preferring what breaks least. Finds most inputs that there are, and proves nothing when it finds none.
 */
export function wander(fields: readonly Field[], ranges: Ranges, wanted: Wanted): Values | undefined {
  for (const start of STARTS) {
    const found = wanderFrom(
      fields.map(({ type, minimum }, field) => {
        const [low, high] = ranges[field] ?? [minimum, minimum];
        return type.kind === 'set' ? 0 : low + Math.floor((high - low) / 16) * start;
      }),
      ranges,
      wanted,
    );
    if (found !== undefined) return found;
  }
  return undefined;
}

/** Looks from one input, as `wander` does from several. */
export function wanderFrom(start: Values, ranges: Ranges, wanted: Wanted): Values | undefined {
  const conditions = wanted.map(conditionOf);
  // The first condition counts more than all others: it says what is looked for.
  const broken = (values: Values, most: number): number => {
    let count = 0;
    for (let at = 0; at < conditions.length && count < most; at++)
      if (!conditions[at]?.(values)) count += at === 0 ? 1_000 : 1;
    return count;
  };
  let values = start;
  const seen = new Set<string>();
  for (let move = 0; move < MOST_MOVES; move++) {
    const first = wanted[conditions.findIndex((condition) => !condition(values))];
    if (first === undefined) return values;
    seen.add(values.join());
    const ways = moves(first, values, ranges).filter((way) => !seen.has(way.join()));
    let [best, least] = [undefined as Values | undefined, Number.POSITIVE_INFINITY];
    for (const way of ways.slice(0, 8)) {
      const count = broken(way, least);
      if (count < least) [best, least] = [way, count];
    }
    if (best === undefined) return undefined;
    values = best;
  }
  return undefined;
}
