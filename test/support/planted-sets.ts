import type { ConstraintSet, Field, Formula, Rule } from '../../lib/engines/constraints/model.ts';
import { aField, all, aRule, aSet, compared, isIn, linear, require, words } from './constraint-sets.ts';

/** A small seeded generator (Park and Miller), so that each run makes the same sets. */
export function dice(seed: number): (below: number) => number {
  let state = (seed * 48_271 + 1) % 2_147_483_647;
  return (below) => {
    state = (state * 48_271) % 2_147_483_647;
    return Math.floor((state / 2_147_483_647) * below);
  };
}

export interface Planted {
  readonly set: ConstraintSet;
  /** Ids of the rules of the only conflict, ascending; empty where there is none. */
  readonly conflict: readonly string[];
}

/** The last tier is where conflicts are planted; no other rule looks there. */
const TIERS = 8;
const QUIET = TIERS - 1;

const boxFields: readonly Field[] = [
  aField('size', 'fact', { kind: 'integer' }, { maximum: 10_000 }),
  aField('revenue', 'fact', { kind: 'integer' }, { maximum: 10_000 }),
  aField('age', 'fact', { kind: 'integer' }, { maximum: 10_000 }),
  aField('tier', 'fact', { kind: 'enum', values: words(TIERS) }),
  aField('discount', 'term', { kind: 'ratio' }, { maximum: 10_000 }),
  aField('months', 'term', { kind: 'integer' }, { maximum: 10_000 }),
  aField('plan', 'term', { kind: 'enum', values: words(6) }),
  aField('extras', 'term', { kind: 'set', values: words(6), maximumSize: 6 }),
];

function range(roll: (below: number) => number, field: number, around?: number): Formula {
  const middle = around ?? roll(10_000);
  const low = Math.max(0, middle - 1 - roll(3_000));
  return all(compared(field, 'ge', low), compared(field, 'le', Math.min(10_000, middle + 1 + roll(3_000))));
}

/** Puts planted rules at random places, with ids that tell nothing. */
function shuffled(rules: readonly Rule[], roll: (below: number) => number): Rule[] {
  const order = rules.map((rule, index) => ({ rule, key: roll(1_000_000) * 100_000 + index }));
  return order.sort((a, b) => a.key - b.key).map(({ rule }) => rule);
}

/** Rules of boxes around a hidden strategy that satisfies them all, and a conflict of so many rules (0, or 2 to 6). */
export function boxSet(seed: number, count: number, conflict: number): Planted {
  const roll = dice(seed);
  const strategy = Array.from({ length: TIERS }, () => [roll(10_000), roll(10_000), roll(6), roll(64)] as const);
  const rules = Array.from({ length: count - conflict }, (_, index): Rule => {
    const tier = roll(QUIET);
    const [discount, months, plan, extras] = strategy[tier]!;
    const when = all(isIn(3, tier), range(roll, roll(3)), ...(roll(2) === 0 ? [range(roll, roll(3))] : []));
    const conditions: Formula[] = [
      range(roll, 4, discount),
      range(roll, 5, months),
      isIn(6, ...[0, 1, 2, 3, 4, 5].filter((value) => value === plan || roll(3) === 0)),
      { kind: 'contains', field: 7, which: 'all', mask: extras & roll(64) },
    ];
    const first = roll(4);
    const condition = roll(3) === 0 ? all(conditions[first]!, conditions[(first + 1) % 4]!) : conditions[first]!;
    return aRule(`r${String((index * 7_919) % 100_003).padStart(6, '0')}`, when, require(condition));
  });
  const planted = Array.from({ length: conflict }, (_, index): Rule => {
    const when = all(isIn(3, QUIET), compared(0, 'ge', 100 * index));
    const condition =
      conflict === 2
        ? compared(4, index === 0 ? 'le' : 'ge', index === 0 ? 1_000 : 1_001)
        : isIn(6, ...[0, 1, 2, 3, 4, 5].filter((value) => value % conflict !== index));
    return aRule(`r${String(roll(100_000)).padStart(6, '0')}p${index}`, when, require(condition));
  });
  return {
    set: aSet(boxFields, shuffled([...rules, ...planted], roll)),
    conflict: planted.map(({ id }) => id).sort(),
  };
}

const linearFields: readonly Field[] = [
  ...[0, 1, 2].map((index) => aField(`fact${index}`, 'fact', { kind: 'integer' }, { maximum: 10_000 })),
  aField('tier', 'fact', { kind: 'enum', values: words(TIERS) }),
  ...[0, 1, 2, 3, 4, 5].map((index) => aField(`term${index}`, 'term', { kind: 'integer' }, { maximum: 40_000 })),
];

/** Mixed linear constraints over facts and terms around a hidden strategy, and a conflict of 2 to 6 rules (0: none). */
export function linearSet(seed: number, count: number, conflict: number): Planted {
  const roll = dice(seed);
  // The strategy: term i is fact (i mod 3) plus an offset; each rule allows it.
  const offsets = Array.from({ length: 6 }, () => roll(1_000));
  const rules = Array.from({ length: count - conflict }, (_, index): Rule => {
    const [a, b] = [roll(6), roll(6)];
    const slack = roll(200);
    const [x, y] = [roll(2) === 0 ? 1 : 2, roll(2) === 0 ? 1 : -1];
    const sum: Record<number, number> = {};
    const add = (field: number, coefficient: number): void => {
      sum[field] = (sum[field] ?? 0) + coefficient;
    };
    add(4 + a, x);
    add(4 + b, y);
    add(a % 3, -x);
    add(b % 3, -y);
    const at = x * offsets[a]! + y * offsets[b]!;
    const condition = roll(2) === 0 ? linear(sum, 'le', at + slack) : linear(sum, 'ge', at - slack);
    return aRule(
      `r${String((index * 7_919) % 100_003).padStart(6, '0')}`,
      all(isIn(3, roll(QUIET)), range(roll, roll(3))),
      require(condition),
    );
  });
  // Each term above the one before it, in a ring: all of them together cannot be, and any of them less can.
  const planted = Array.from({ length: conflict }, (_, index): Rule => {
    const next = (index + 1) % conflict;
    const when = all(isIn(3, QUIET), compared(0, 'ge', 10 * index));
    const rise =
      index === 0
        ? linear({ [4 + next]: 1, [4 + index]: -1, 0: -1 }, 'ge', 1)
        : linear({ [4 + next]: 1, [4 + index]: -1 }, 'ge', 1);
    return aRule(`r${String(roll(100_000)).padStart(6, '0')}p${index}`, when, require(rise));
  });
  return {
    set: aSet(linearFields, shuffled([...rules, ...planted], roll)),
    conflict: planted.map(({ id }) => id).sort(),
  };
}
