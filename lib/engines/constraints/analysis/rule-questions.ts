import type { Formula } from '../model.ts';
import { type Owned, type Pool, poolOf } from './pool.ts';
import { both, boxesOf, type Extent, negate, type Prepared, type World } from './prepare.ts';
import type { Question } from './question.ts';
import { intersectRegions, within } from './regions.ts';
import { standIn } from './space.ts';

/** The pools that questions about rules are asked against. */
export interface Pools {
  readonly nothing: Pool;
  /** What each rule denies. */
  readonly denials: Pool;
  /** By label: where the rules that add it apply. */
  readonly labels: ReadonlyMap<string, Pool>;
  /** By rule: the rules that it overrides. */
  readonly below: ReadonlyMap<number, readonly Prepared[]>;
}

export function poolsOf(world: World): Pools {
  const denials = world.rules.map(({ position, violates }): Owned => ({ owner: position, extent: violates }));
  const byLabel = new Map<string, Owned[]>();
  for (const { rule, position, applies } of world.rules)
    if (rule.effect.kind === 'route')
      for (const label of rule.effect.to)
        byLabel.set(label, [...(byLabel.get(label) ?? []), { owner: position, extent: applies }]);
  const below = new Map<number, Prepared[]>();
  for (const rule of world.rules)
    for (const above of new Set(rule.overriders)) below.set(above, [...(below.get(above) ?? []), rule]);
  return {
    below,
    nothing: poolOf(world, []),
    denials: poolOf(world, denials),
    labels: new Map([...byLabel].map(([label, items]) => [label, poolOf(world, items)])),
  };
}

/** An intersection of two extents. */
export function meeting(world: World, a: Extent, b: Extent): Extent {
  const { meter } = world.cutter;
  const [x, y] = [a.boxes, b.boxes];
  const boxes = x === undefined || y === undefined ? undefined : within(meter, () => intersectRegions(x, y, meter));
  return { formula: both(a.formula, b.formula), boxes };
}

export function extentOf(world: World, formula: Formula): Extent {
  const settled = world.settle(formula);
  return { formula: settled, boxes: boxesOf(settled, world.cutter) };
}

/** Whether the rule can meet any input at all. A default meets inputs that lack its field. */
export function isDead(world: World, { rule, candidate, position }: Prepared, { nothing }: Pools): Question {
  const region =
    rule.effect.kind === 'default'
      ? meeting(world, candidate, extentOf(world, negate({ kind: 'present', field: rule.effect.field })))
      : candidate;
  const raw = rule.effect.kind === 'default' ? { raw: true as const } : {};
  return { code: 'dead-rule', about: [position], region, pool: nothing, ...raw };
}

/** Whether other rules override it wherever it could apply. */
export function isOverridden(world: World, { candidate, position, overriders, rule }: Prepared): Question | undefined {
  if (overriders.length === 0) return undefined;
  const pool = poolOf(
    world,
    overriders.map((owner): Owned => ({ owner, extent: (world.rules[owner] as Prepared).candidate })),
  );
  const raw = rule.effect.kind === 'default' ? { raw: true as const } : {};
  return { code: 'shadowed-rule', about: [position], region: candidate, pool, ...raw };
}

/** Whether other rules deny each input to which it applies. */
export function isDenied({ applies, position, rule }: Prepared, { denials }: Pools): Question | undefined {
  // A default looks at inputs before the others do.
  if (rule.effect.kind === 'default') return undefined;
  return { code: 'shadowed-rule', about: [position], region: applies, pool: denials, except: position };
}

export function isAlwaysTrue({ violates, position, rule }: Prepared, { nothing }: Pools): Question | undefined {
  if (rule.effect.kind !== 'require') return undefined;
  return { code: 'always-true', about: [position], region: violates, pool: nothing };
}

/** Whether others deny what it denies, or add each of its labels: one question for each thing it does. */
export function isRedundant({ rule, position, violates, applies }: Prepared, pools: Pools): Question[] {
  const base = { code: 'redundant-rule' as const, about: [position], except: position };
  if (rule.effect.kind === 'require') return [{ ...base, region: violates, pool: pools.denials }];
  if (rule.effect.kind !== 'route') return [];
  return rule.effect.to.map((label) => ({
    ...base,
    region: applies,
    pool: pools.labels.get(label) ?? pools.nothing,
  }));
}

/** Whether without the rule, some rule that it overrides would apply. */
export function overridesSomething(world: World, rule: Prepared, { nothing, below: byRule }: Pools): Question[] {
  return (byRule.get(rule.position) ?? []).map((below): Question => {
    const others = below.overriders.filter((each) => each !== rule.position);
    const pool =
      others.length === 0
        ? nothing
        : poolOf(
            world,
            others.map((owner): Owned => ({ owner, extent: (world.rules[owner] as Prepared).candidate })),
          );
    const region = meeting(world, rule.candidate, below.candidate);
    return { code: 'redundant-rule', about: [rule.position], region, pool };
  });
}

export interface ValueQuestion extends Question {
  readonly field: number;
  readonly value: number;
}

/** For each value of an enum or boolean, and each element of a set: whether some permitted input has it. */
export function unreachableValues(world: World, { denials }: Pools): ValueQuestion[] {
  return world.set.fields.flatMap((field, index) => {
    const { type } = field;
    const ask = (value: number, formula: Formula): ValueQuestion => ({
      code: 'unreachable-value',
      about: [],
      region: extentOf(world, formula),
      pool: denials,
      field: index,
      value,
    });
    if (type.kind === 'set')
      return type.values.map((_, element) =>
        ask(
          element,
          both(
            { kind: 'present', field: index },
            { kind: 'contains', field: index, which: 'all', mask: 1 << standIn(world.space, index, element) },
          ),
        ),
      );
    if (type.kind !== 'enum' && type.kind !== 'boolean') return [];
    return Array.from({ length: field.maximum - field.minimum + 1 }, (_, at) => field.minimum + at).map((value) =>
      ask(value, both({ kind: 'present', field: index }, { kind: 'member', field: index, values: [value] })),
    );
  });
}

export interface PartQuestion extends Question {
  readonly pointer: string;
  readonly side: 'when' | 'condition';
  readonly formula: Formula;
}

/** The alternatives of a formula, wherever it lists some, with their places. */
function alternatives(formula: Formula, pointer: string): { pointer: string; formula: Formula }[] {
  if (formula.kind !== 'and' && formula.kind !== 'or') return [];
  return formula.parts.flatMap((part, index) => {
    const at = `${pointer}/parts/${index}`;
    const inner = alternatives(part, at);
    return formula.kind === 'or' && part.kind !== 'constant' ? [{ pointer: at, formula: part }, ...inner] : inner;
  });
}

/** For each alternative within a rule: whether it can hold at all. A condition as a whole counts as one. */
export function deadParts(world: World, { rule, position }: Prepared, { nothing }: Pools): PartQuestion[] {
  const { when, effect } = rule;
  const ofCondition =
    effect.kind === 'require' && effect.condition.kind !== 'constant' && !effect.forbids
      ? [{ pointer: '/effect/condition', formula: effect.condition }]
      : [];
  const inCondition = effect.kind === 'require' ? alternatives(effect.condition, '/effect/condition') : [];
  const ask = (side: 'when' | 'condition', each: { pointer: string; formula: Formula }): PartQuestion => ({
    code: 'always-false',
    about: [position],
    region: extentOf(world, each.formula),
    pool: nothing,
    raw: true,
    side,
    ...each,
  });
  return [
    ...alternatives(when, '/when').map((each) => ask('when', each)),
    ...[...ofCondition, ...inCondition].map((each) => ask('condition', each)),
  ];
}
