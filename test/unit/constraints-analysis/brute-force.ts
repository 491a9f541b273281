import { holds } from '../../../lib/engines/constraints/evaluate/holds.ts';
import type { ConstraintSet, Formula, RuleIndex, Values } from '../../../lib/engines/constraints/model.ts';

/** One input of the whole space, on one day. */
interface Case {
  readonly values: Values;
  readonly day: number;
}

function everyValue(set: ConstraintSet, field: number): (number | undefined)[] {
  const { minimum, maximum, optional, type } = set.fields[field]!;
  const numbers = Array.from({ length: maximum - minimum + 1 }, (_, index) => minimum + index).filter(
    (value) => type.kind !== 'set' || value.toString(2).replaceAll('0', '').length <= type.maximumSize,
  );
  return optional ? [undefined, ...numbers] : numbers;
}

function everyCase(set: ConstraintSet): Case[] {
  let rows: (number | undefined)[][] = [[]];
  for (let field = 0; field < set.fields.length; field++)
    rows = rows.flatMap((row) => everyValue(set, field).map((value) => [...row, value]));
  const bounds = set.rules.flatMap(({ inForce: { from, until } }) => [from, until].filter((day) => day !== undefined));
  const days = [...new Set(bounds.flatMap((day) => [day - 1, day]))];
  return (days.length === 0 ? [0] : days).flatMap((day) => rows.map((values) => ({ values, day })));
}

export interface Truth {
  readonly conflicts: readonly string[];
  readonly dead: readonly string[];
  readonly shadowed: readonly string[];
  readonly alwaysTrue: readonly string[];
  /** Rule and place of each alternative that never holds. */
  readonly alwaysFalse: readonly string[];
  readonly redundant: readonly string[];
  readonly exclusive: readonly string[];
  readonly gaps: readonly string[];
  readonly overlaps: readonly string[];
  readonly unreachable: readonly string[];
  /** Whether these rules, and only with all of them, leave no terms for some facts. */
  readonly covers: (rules: readonly RuleIndex[]) => boolean;
  /** Whether these rules alone already do all that a rule does. */
  readonly isDoneBy: (rule: RuleIndex, others: readonly RuleIndex[]) => boolean;
}

function subsets(items: readonly number[]): number[][] {
  const found: number[][] = [[]];
  for (const item of items) found.push(...found.map((set) => [...set, item]));
  return found;
}

/** The conditions of a rule of which each should be able to hold, with their places. */
function alternativesOf(formula: Formula, place: string, isAlternative: boolean): [string, Formula][] {
  const own: [string, Formula][] = isAlternative && formula.kind !== 'constant' ? [[place, formula]] : [];
  if (formula.kind !== 'and' && formula.kind !== 'or') return own;
  const inner = formula.parts.map((part, at) => alternativesOf(part, `${place}/parts/${at}`, formula.kind === 'or'));
  return [...own, ...inner.flat()];
}

/** What an analysis must find, by trying each input of the space. Only for small domains. */
export function bruteForce(set: ConstraintSet): Truth {
  const indices = set.rules.map((_, index) => index);
  const ids = (rules: readonly number[]): string =>
    rules
      .map((index) => set.rules[index]!.id)
      .sort()
      .join('+');
  const candidate = (index: RuleIndex, { values, day }: Case): boolean => {
    const { when, inForce } = set.rules[index]!;
    return day >= (inForce.from ?? day) && (inForce.until === undefined || day < inForce.until) && holds(when, values);
  };
  const applies = (index: RuleIndex, each: Case): boolean =>
    candidate(index, each) && !set.rules[index]!.overriddenBy.some((above) => candidate(above, each));
  const violates = (index: RuleIndex, each: Case): boolean => {
    const { effect } = set.rules[index]!;
    return effect.kind === 'require' && applies(index, each) && !holds(effect.condition, each.values);
  };
  const raw = everyCase(set);
  const isReal = (each: Case): boolean =>
    indices.every((index) => {
      const { effect } = set.rules[index]!;
      return effect.kind !== 'default' || each.values[effect.field] !== undefined || !applies(index, each);
    });
  const cases = raw.filter(isReal);
  const denied = new Map(cases.map((each) => [each, indices.filter((index) => violates(index, each))]));
  const byFacts = Map.groupBy(cases, ({ values, day }) =>
    JSON.stringify([day, ...values.map((value, field) => (set.fields[field]!.role === 'fact' ? (value ?? null) : 0))]),
  );
  const groups = [...byFacts.values()];
  const coversAll = (rules: readonly number[], group: readonly Case[]): boolean =>
    group.every((each) => denied.get(each)!.some((index) => rules.includes(index)));
  const families = new Map<string, number[]>();
  for (const group of groups) {
    if (!coversAll(indices, group)) continue;
    const involved = [...new Set(group.flatMap((each) => denied.get(each)!))].sort((a, b) => a - b);
    for (const subset of subsets(involved))
      if (
        subset.length > 1 &&
        coversAll(subset, group) &&
        subset.every(
          (one) =>
            !coversAll(
              subset.filter((other) => other !== one),
              group,
            ),
        )
      )
        families.set(ids(subset), subset);
  }
  const minimal = [...families.values()].filter(
    (one) => ![...families.values()].some((other) => other.length < one.length && other.every((x) => one.includes(x))),
  );
  const isDead = (index: RuleIndex): boolean => {
    const { effect } = set.rules[index]!;
    return (
      !raw.some(
        (each) => candidate(index, each) && (effect.kind !== 'default' || each.values[effect.field] === undefined),
      ) ||
      (effect.kind !== 'default' && !cases.some((each) => candidate(index, each)))
    );
  };
  const dead = indices.filter(isDead);
  const live = indices.filter((index) => !dead.includes(index));
  const overridden = live.filter((index) => {
    const space = set.rules[index]!.effect.kind === 'default' ? raw : cases;
    return set.rules[index]!.overriddenBy.length > 0 && !space.some((each) => applies(index, each));
  });
  const applying = live.filter((index) => !overridden.includes(index));
  const alwaysTrue = applying.filter(
    (index) => set.rules[index]!.effect.kind === 'require' && !cases.some((each) => violates(index, each)),
  );
  const alwaysFalse = live.flatMap((index) => {
    const { id, when, effect } = set.rules[index]!;
    const places = [
      ...alternativesOf(when, '/when', false),
      ...(effect.kind === 'require' ? alternativesOf(effect.condition, '/effect/condition', !effect.forbids) : []),
    ];
    return places
      .filter(([, formula]) => !raw.some(({ values }) => holds(formula, values)))
      .map(([place]) => `${id}${place}`);
  });
  const demanding = applying.filter((index) => !alwaysTrue.includes(index));
  const deniedBy = (index: RuleIndex, each: Case): boolean => denied.get(each)!.some((other) => other !== index);
  const denials = demanding.filter(
    (index) =>
      set.rules[index]!.effect.kind !== 'default' &&
      !cases.some((each) => applies(index, each) && !deniedBy(index, each)),
  );
  const mattering = demanding.filter((index) => !denials.includes(index));
  const overridesSomething = (index: RuleIndex): boolean =>
    indices.some((below) => {
      const { overriddenBy } = set.rules[below]!;
      return (
        overriddenBy.includes(index) &&
        cases.some(
          (each) =>
            candidate(index, each) &&
            candidate(below, each) &&
            !overriddenBy.some((other) => other !== index && candidate(other, each)),
        )
      );
    });
  const redundant = mattering.filter((index) => {
    const { effect } = set.rules[index]!;
    if (overridesSomething(index) || effect.kind === 'default') return false;
    if (effect.kind === 'require') return !cases.some((each) => violates(index, each) && !deniedBy(index, each));
    return effect.to.every((label) =>
      cases.every(
        (each) =>
          !applies(index, each) ||
          indices.some((other) => {
            const { effect: theirs } = set.rules[other]!;
            return other !== index && theirs.kind === 'route' && theirs.to.includes(label) && applies(other, each);
          }),
      ),
    );
  });
  const carries = (index: RuleIndex, label: string): boolean => {
    const { effect } = set.rules[index]!;
    return effect.kind === 'route' && effect.to.includes(label);
  };
  const exclusive = new Set<string>();
  for (const [one, other] of set.exclusiveRoutes)
    for (const first of indices)
      for (const second of indices)
        if (
          carries(first, one) &&
          carries(second, other) &&
          cases.some((each) => applies(first, each) && applies(second, each))
        )
          exclusive.add(ids([...new Set([first, second])]));
  const meets = (row: { cells: Parameters<typeof holds>[0]; rule: number }, { values, day }: Case): boolean => {
    const { from, until } = set.rules[row.rule]!.inForce;
    return day >= (from ?? day) && (until === undefined || day < until) && holds(row.cells, values);
  };
  const gaps = set.tables
    .filter(
      ({ complete, scope, rows }) =>
        complete && cases.some((each) => holds(scope, each.values) && !rows.some((row) => meets(row, each))),
    )
    .map(({ id }) => id);
  const overlaps = set.tables.flatMap(({ rows, scope, hitPolicy }) =>
    rows.flatMap((first, at) =>
      rows.slice(at + 1).flatMap((second) => {
        const same = JSON.stringify(set.rules[first.rule]!.effect) === JSON.stringify(set.rules[second.rule]!.effect);
        if (hitPolicy !== 'unique' && (hitPolicy !== 'any' || same)) return [];
        return cases.some((each) => holds(scope, each.values) && meets(first, each) && meets(second, each))
          ? [ids([first.rule, second.rule])]
          : [];
      }),
    ),
  );
  const unreachable = set.fields.flatMap(({ path, type, minimum, maximum }, field) => {
    const allowed = cases.filter((each) => denied.get(each)!.length === 0);
    const without = (count: number, has: (value: number, at: number) => boolean, from = 0): string[] =>
      Array.from({ length: count }, (_, at) => from + at)
        .filter((at) => !allowed.some(({ values }) => values[field] !== undefined && has(values[field]!, at)))
        .map((at) => `${path}=${at}`);
    if (type.kind === 'set') return without(type.values.length, (value, at) => ((value >> at) & 1) === 1);
    if (type.kind === 'enum' || type.kind === 'boolean')
      return without(maximum - minimum + 1, (value, at) => value === at, minimum);
    return [];
  });
  const names = (rules: readonly number[]): string[] => rules.map((index) => set.rules[index]!.id).sort();
  return {
    conflicts: minimal.map(ids).sort(),
    dead: names(dead),
    shadowed: names([...overridden, ...denials]),
    alwaysTrue: names(alwaysTrue),
    alwaysFalse: alwaysFalse.sort(),
    redundant: names(redundant),
    exclusive: [...exclusive].sort(),
    gaps: gaps.sort(),
    overlaps: overlaps.sort(),
    unreachable: unreachable.sort(),
    isDoneBy: (index, others) => {
      const { effect } = set.rules[index]!;
      if (effect.kind === 'require')
        return !cases.some((each) => violates(index, each) && !others.some((other) => violates(other, each)));
      if (effect.kind !== 'route') return false;
      return effect.to.every((label) =>
        cases.every(
          (each) => !applies(index, each) || others.some((other) => carries(other, label) && applies(other, each)),
        ),
      );
    },
    covers: (rules) => groups.some((group) => coversAll(rules, group)),
  };
}
