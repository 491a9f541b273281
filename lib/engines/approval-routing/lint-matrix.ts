import { pointer } from '../../core/json.ts';
import type { Box } from '../constraints/analysis/boxes.ts';
import { wholeSpace } from '../constraints/analysis/boxes.ts';
import { type Pool, poolOf } from '../constraints/analysis/pool.ts';
import { boxesOf, type Extent, type Prepared, prepare, type World } from '../constraints/analysis/prepare.ts';
import { answerByBoxes } from '../constraints/analysis/question.ts';
import { subtractRegion, within } from '../constraints/analysis/regions.ts';
import { inputAt } from '../constraints/analysis/space.ts';
import type { Formula } from '../constraints/model.ts';
import type { Effect, Rule } from './approval-policy.ts';
import { type FieldId, fieldOf, formatValue } from './fields.ts';
import type { LintFinding } from './lint-finding.ts';
import type { LoweredRule } from './lower-rules.ts';
import { type Matrix, OTHER } from './matrix.ts';
import { byText } from './order.ts';

/** Gaps are searched for by taking rules away from the space of requests; more parts than this are not followed up. */
const MOST_PARTS = 20_000;
const MOST_GAPS = 10;

/** A matrix whose amounts are whole minor units, with the parts of its rules where they have some. */
export interface LintedMatrix extends Matrix {
  readonly parts?: readonly LoweredRule[];
}

/** A rule with where it fires. */
interface Placed {
  readonly rule: Rule;
  readonly index: number;
  readonly extent: Extent;
}

function at(index: number): string {
  return pointer('/rules', index);
}

/** Conditions that hold of every request, and that no field alone says: without a clause there is none of a list. */
function impossible({ fields, set }: Matrix): Formula[] {
  const indexOf = (fact: FieldId) => fields.findIndex((each) => each.fact === fact);
  const count = indexOf('clauses.count');
  if (count < 0) return [];
  const none: Formula = { kind: 'linear', terms: [{ of: 'value', field: count, coefficient: 1 }], is: 'eq', bound: 0 };
  return fields.flatMap(({ fact }, field): Formula[] => {
    const type = set.fields[field]?.type;
    if (fact !== 'clauses' || type === undefined) return [];
    const some: Formula =
      type.kind === 'set'
        ? { kind: 'contains', field, which: 'any', mask: 2 ** type.values.length - 1 }
        : { kind: 'member', field, values: [1] };
    return [{ kind: 'and', parts: [none, some] }];
  });
}

/** Where a rule fires: where it applies and, when it demands something, that is broken. */
function firing({ rule, applies, violates }: Prepared): Extent {
  return rule.effect.kind === 'require' ? violates : applies;
}

class Matters {
  readonly world: World;
  readonly matrix: LintedMatrix;
  readonly placed: readonly Placed[];
  readonly #pools = new Map<number, Pool>();

  constructor(rules: readonly Rule[], matrix: LintedMatrix) {
    const extra = impossible(matrix);
    const world = prepare(matrix.set, MOST_PARTS, extra);
    const unreal = extra.map((formula): Extent => ({ formula, boxes: boxesOf(formula, world.cutter) }));
    this.world = { ...world, unreal: [...world.unreal, ...unreal] };
    this.matrix = matrix;
    const byIndex = new Map(world.rules.map((prepared) => [prepared.index, prepared]));
    this.placed = rules.flatMap((rule, index) => {
      const prepared = byIndex.get(index);
      return prepared === undefined ? [] : [{ rule, index, extent: firing(prepared) }];
    });
  }

  isEmpty({ boxes }: Extent): boolean {
    return boxes?.length === 0;
  }

  /** Whether a rule fires wherever another one does, as far as boxes can tell. */
  covers(outer: Placed, inner: Placed): boolean {
    const known = this.#pools.get(outer.index);
    const pool = known ?? poolOf(this.world, [{ owner: 0, extent: outer.extent }]);
    this.#pools.set(outer.index, pool);
    return (
      answerByBoxes(this.world, { code: 'redundant-rule', about: [], region: inner.extent, pool })?.is === 'covered'
    );
  }

  boxesOf(formula: Formula): Extent['boxes'] {
    return boxesOf(formula, this.world.cutter);
  }
}

function contradictions(matters: Matters, { rule, index, extent }: Placed): LintFinding[] {
  if (matters.isEmpty(extent))
    return [
      {
        severity: 'error',
        pointer: at(index),
        code: 'unreachable-rule',
        message: `The conditions of the rule "${rule.id}" contradict each other; it can never fire.`,
        mend: 'Correct the conditions, or remove the rule.',
      },
    ];
  const { all = [], any = [] } = matters.matrix.parts?.[index] ?? {};
  const isDead = (alternative: Formula) => matters.boxesOf({ kind: 'and', parts: [...all, alternative] })?.length === 0;
  if (!any.some(isDead)) return [];
  return [
    {
      severity: 'warning',
      pointer: pointer(at(index), 'when', 'any'),
      code: 'dead-condition',
      message: `Some of the conditions under "any" of the rule "${rule.id}" can never hold together with "all".`,
      mend: 'Remove them, or correct them.',
    },
  ];
}

function includes(outer: Effect, inner: Effect): boolean {
  if (outer.do === 'require' && inner.do === 'require')
    return inner.levels.every((level) => outer.levels.includes(level));
  return outer.do === inner.do;
}

function overlap(first: Placed, second: Placed): LintFinding {
  const { rule: a } = first;
  const { rule: b, index } = second;
  const base = { pointer: at(index) };
  if (a.effect.do !== b.effect.do)
    return {
      ...base,
      severity: 'error',
      code: 'conflicting-rules',
      message: `The rules "${a.id}" and "${b.id}" have the same conditions and different effects: ${a.effect.do}, ${b.effect.do}.`,
      mend: `Let ${a.owner} and ${b.owner} agree on one of them.`,
    };
  return {
    ...base,
    severity: 'warning',
    code: 'same-conditions',
    message: `The rules "${a.id}" and "${b.id}" have the same conditions.`,
    mend: 'Make one rule of them.',
  };
}

/** One rule lies wholly within another: perhaps it never matters. */
function shadow(inner: Placed, outer: Placed): LintFinding[] {
  const [a, b] = [inner.rule, outer.rule];
  const found = (code: string, message: string): LintFinding[] => [
    {
      severity: 'warning',
      pointer: at(inner.index),
      code,
      message,
      mend: 'Remove the rule, or change its conditions.',
    },
  ];
  if (b.effect.do === 'deny' && a.effect.do !== 'deny')
    return found('unreachable-rule', `The rule "${a.id}" never matters: "${b.id}" denies wherever it fires.`);
  if (b.effect.do === 'require' && a.effect.do === 'approve')
    return found('unreachable-rule', `The rule "${a.id}" never approves: "${b.id}" asks people wherever it fires.`);
  if (includes(b.effect, a.effect))
    return found(
      'subsumed-rule',
      `The rule "${a.id}" adds nothing: "${b.id}" fires wherever it does, with the same effect.`,
    );
  return [];
}

function pairFindings(matters: Matters): LintFinding[] {
  const live = matters.placed.filter(({ extent }) => !matters.isEmpty(extent));
  return live.flatMap((second, position) =>
    live.slice(0, position).flatMap((first) => {
      const [forth, back] = [matters.covers(first, second), matters.covers(second, first)];
      if (forth && back) return [overlap(first, second)];
      if (forth) return shadow(second, first);
      return back ? shadow(first, second) : [];
    }),
  );
}

/** The least and the greatest value that a box allows for a fact, where it says something. */
function boundsOn({ world, matrix }: Matters, box: Box, fact: FieldId): readonly [number, number] | undefined {
  const field = matrix.fields.findIndex((each) => each.fact === fact);
  const [axis] = world.space.ofField[field] ?? [];
  const cells = axis === undefined ? undefined : box[axis];
  if (axis === undefined || cells === undefined) return undefined;
  const { starts, size } = world.space.axes[axis] as World['space']['axes'][number];
  const last = cells.at(-1) ?? 0;
  const next = last + 1 < size ? starts[last + 1] : undefined;
  return [starts[cells[0] ?? 0] ?? 0, next === undefined ? (world.fields[field]?.maximum ?? 0) : next - 1];
}

/** Whether any request can lie there: the deepest line discount bounds the discount. */
function isPossible(matters: Matters, box: Box): boolean {
  const discount = boundsOn(matters, box, 'discount');
  const deepest = boundsOn(matters, box, 'lines.maxDiscount');
  // One basis point is the rounding that a request may have.
  return discount === undefined || deepest === undefined || deepest[1] + 1 >= discount[0];
}

/** One request of a box, in words: a value for every field that the box restricts. */
function exampleOf({ world, matrix }: Matters, box: Box): string {
  const values = inputAt(
    world.space,
    world.fields,
    box.map((cells) => cells?.[0] ?? 0),
  );
  return matrix.fields
    .flatMap(({ fact, meets }, index) => {
      const field = world.fields[index];
      const value = values[index];
      if (field === undefined || value === undefined) return [];
      if (!(world.space.ofField[index] ?? []).some((axis) => box[axis] !== undefined)) return [];
      const { label } = fieldOf(fact);
      const { type } = field;
      switch (type.kind) {
        case 'set': {
          const held = type.values.filter((_, bit) => ((value >> bit) & 1) === 1);
          return [
            held.length === 0
              ? `${label} without any of ${type.values.join(', ')}`
              : `${label} with ${held.join(', ')}`,
          ];
        }
        case 'boolean':
          return [`${label} ${value === 1 ? 'with' : 'without'} any of ${(meets ?? []).join(', ')}`];
        case 'money':
          return [`${label} ${formatValue(fact, { currency: type.currency, minorUnits: value })}`];
        case 'enum': {
          const word = type.values[value] ?? OTHER;
          return [`${label} ${word === OTHER ? 'any other' : formatValue(fact, word)}`];
        }
        default:
          return [`${label} ${formatValue(fact, value)}`];
      }
    })
    .join(', ');
}

function gapFindings(matters: Matters): LintFinding[] {
  const { world, placed } = matters;
  const taken = [...placed.map(({ extent }) => extent), ...world.unreal].flatMap(({ boxes }) => boxes ?? []);
  const restrictions = (box: Box) => box.filter((cells) => cells !== undefined).length;
  const rest = within(world.cutter.meter, () => {
    let left: readonly Box[] = [wholeSpace(world.space.sizes.length)];
    for (const box of taken.toSorted((a, b) => restrictions(a) - restrictions(b)))
      left = subtractRegion(left, [box], world.cutter).filter((each) => isPossible(matters, each));
    return left;
  });
  if (rest === undefined || placed.some(({ extent }) => extent.boxes === undefined))
    return [
      {
        severity: 'warning',
        pointer: '/rules',
        code: 'gaps-not-checked',
        message: 'The rules cut the space of requests into too many parts to look for gaps in all of them.',
        mend: 'Use fewer thresholds, or rely on the fallback level.',
      },
    ];
  const examples = [...new Set(rest.map((box) => exampleOf(matters, box)))].sort(byText);
  return examples.slice(0, MOST_GAPS).map((example) => ({
    severity: 'warning',
    pointer: '/rules',
    code: 'gap',
    message: `No rule covers a request with ${example === '' ? 'any values' : example}.`,
    mend: 'Add a rule; until then such requests go to the fallback level.',
  }));
}

/**
 * Findings about what the rules cover, by the interval tier of the constraints engine: contradictions, overlaps, unreachable and
 * subsumed rules, gaps with a witness.
 */
export function lintMatrix(rules: readonly Rule[], matrix: LintedMatrix): LintFinding[] {
  const matters = new Matters(rules, matrix);
  return [
    ...matters.placed.flatMap((each) => contradictions(matters, each)),
    ...pairFindings(matters),
    ...gapFindings(matters),
  ];
}
