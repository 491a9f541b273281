import { holds } from '../evaluate/holds.ts';
import type { ConstraintSet, Field, FieldIndex, Formula, Rule, RuleIndex, Values } from '../model.ts';
import { outsideOf } from './boxes.ts';
import { settleSmall } from './enumerate-opaque.ts';
import { type Cutter, intersectRegions, type Meter, type Region, region, subtractRegion, within } from './regions.ts';
import { eachAtom, type Space, spaceOf } from './space.ts';

/**
 * A set of inputs: a condition, and its boxes where it has some. The day of the decision is a field behind the declared
 * ones, so that periods are conditions like all others.
 */
export interface Extent {
  readonly formula: Formula;
  readonly boxes: Region;
}

/** A rule, ready to be asked about. Its position is its rank by id, so that the order of the file changes nothing. */
export interface Prepared {
  readonly rule: Rule;
  readonly index: RuleIndex;
  readonly position: number;
  /** `when` holds and the rule is in force. */
  readonly candidate: Extent;
  /** Where the rule applies: a candidate that nothing overrides. */
  readonly applies: Extent;
  /** Where the rule applies and its requirement does not hold. Empty for rules that require nothing. */
  readonly violates: Extent;
  readonly overriders: readonly number[];
}

export interface World {
  readonly set: ConstraintSet;
  /** The declared fields, and the day. */
  readonly fields: readonly Field[];
  readonly day: FieldIndex;
  readonly space: Space;
  readonly rules: readonly Prepared[];
  /** Inputs that cannot be: a field is absent, though a default fills it. */
  readonly unreal: readonly Extent[];
  readonly cutter: Cutter;
  /** Opaque parts over few possible inputs as the conditions that they are equal to. */
  readonly settle: (formula: Formula) => Formula;
}

export const NEVER: Extent = { formula: { kind: 'constant', value: false }, boxes: [] };

export function both(...parts: readonly Formula[]): Formula {
  return { kind: 'and', parts };
}

export function negate(part: Formula): Formula {
  return { kind: 'not', part };
}

/** The day's bounds as a condition on the day's field. */
export function inForce(day: FieldIndex, { from, until }: Rule['inForce']): Formula {
  const terms = [{ of: 'value' as const, field: day, coefficient: 1 }];
  return both(
    ...(from === undefined ? [] : [{ kind: 'linear' as const, terms, is: 'ge' as const, bound: from }]),
    ...(until === undefined ? [] : [{ kind: 'linear' as const, terms, is: 'lt' as const, bound: until }]),
  );
}

function dayField(rules: readonly Rule[]): Field {
  const bounds = rules.flatMap(({ inForce: { from, until } }) => [from, until].filter((day) => day !== undefined));
  const span = { file: '', line: 1, column: 1, endLine: 1, endColumn: 1 };
  const least = bounds.length === 0 ? 0 : bounds.reduce((a, b) => Math.min(a, b));
  const most = bounds.length === 0 ? 0 : bounds.reduce((a, b) => Math.max(a, b));
  return {
    path: '',
    type: { kind: 'date' },
    // The day before the first bound stands for all days before it.
    minimum: bounds.length === 0 ? 0 : least - 1,
    maximum: most,
    optional: false,
    role: 'fact',
    span,
  };
}

/** Boxes of a condition, or `undefined` where it has none within the meter. */
export function boxesOf(formula: Formula, cutter: Cutter): Region {
  return within(cutter.meter, () => region(formula, true, cutter));
}

function violation(applies: Extent, condition: Formula, cutter: Cutter): Extent {
  const formula = both(applies.formula, negate(condition));
  const { boxes } = applies;
  const wanted = boxes === undefined ? undefined : boxesOf(condition, cutter);
  if (boxes === undefined || wanted === undefined) return { formula, boxes: undefined };
  const left = within(cutter.meter, () => {
    // A condition of a few boxes is left by slabs that restrict one axis each: such pieces meet cheaply.
    if (wanted.length > 3) return subtractRegion(boxes, wanted, cutter);
    let found = boxes;
    for (const box of wanted) found = intersectRegions(found, outsideOf(box, cutter.space.sizes), cutter.meter);
    return found;
  });
  return { formula, boxes: left };
}

/** Whether a default's condition looks at fields that defaults fill: then what it sees is not what other rules see. */
function looksAtDefaults(formula: Formula, filled: ReadonlySet<FieldIndex>): boolean {
  let found = false;
  eachAtom(formula, (atom) => {
    if (atom.kind === 'linear') found ||= atom.terms.some(({ field }) => filled.has(field));
    else if (atom.kind === 'opaque') found = true;
    else if ('field' in atom) found ||= filled.has(atom.field);
  });
  return found;
}

/** Makes a set ready to be asked about: rules by id, periods as conditions, everything cut into boxes where it can be. */
export function prepare(set: ConstraintSet, boxes: number, extra: readonly Formula[] = []): World {
  const day = set.fields.length;
  const fields = [...set.fields, dayField(set.rules)];
  const order = set.rules
    .map((_, index) => index)
    .sort((a, b) => ((set.rules[a]?.id ?? '') < (set.rules[b]?.id ?? '') ? -1 : 1));
  const rank = new Map(order.map((index, position) => [index, position]));
  const meter: Meter = { spent: 0, began: 0, limit: boxes };
  const settle = settleSmall(set.fields, meter);
  const candidates = order.map((index) => {
    const { when, inForce: period } = set.rules[index] as Rule;
    return both(settle(when), inForce(day, period));
  });
  const conditions = set.rules.flatMap(({ effect }) => (effect.kind === 'require' ? [settle(effect.condition)] : []));
  const tables = set.tables.flatMap(({ rows, scope }) => [settle(scope), ...rows.map(({ cells }) => settle(cells))]);
  const space = spaceOf(fields, [...candidates, ...conditions, ...tables, ...extra]);
  const cutter: Cutter = { space, fields, meter };
  const extents = candidates.map((formula): Extent => ({ formula, boxes: boxesOf(formula, cutter) }));
  const rules = order.map((index, position): Prepared => {
    const rule = set.rules[index] as Rule;
    const candidate = extents[position] as Extent;
    const overriders = rule.overriddenBy.map((each) => rank.get(each) as number).sort((a, b) => a - b);
    const above = overriders.map((each) => (extents[each] as Extent).formula);
    const formula = above.length === 0 ? candidate.formula : both(candidate.formula, ...above.map(negate));
    const applies = above.length === 0 ? candidate : { formula, boxes: boxesOf(formula, cutter) };
    const violates = rule.effect.kind === 'require' ? violation(applies, settle(rule.effect.condition), cutter) : NEVER;
    return { rule, index, position, candidate, applies, violates, overriders };
  });
  const filled = new Set(set.rules.flatMap(({ effect }) => (effect.kind === 'default' ? [effect.field] : [])));
  const unreal = rules.flatMap(({ rule, applies }): Extent[] => {
    if (rule.effect.kind !== 'default' || looksAtDefaults(applies.formula, filled)) return [];
    const formula = both(applies.formula, negate({ kind: 'present', field: rule.effect.field }));
    return [{ formula, boxes: boxesOf(formula, cutter) }];
  });
  return { set, fields, day, space, rules, unreal, cutter, settle };
}

export function isIn(extent: Extent, values: Values): boolean {
  return holds(extent.formula, values);
}
