import { isInForce, standingsOf } from '../constraints/evaluate/decide.ts';
import { holds } from '../constraints/evaluate/holds.ts';
import { type Known, reduceFormula } from '../constraints/evaluate/specialise.ts';
import type { Formula, RuleIndex, Values } from '../constraints/model.ts';
import type { Matrix } from './matrix.ts';

/** `undecided`: something about the request is not known, so the rule can neither be met nor dismissed. */
export type Verdict = 'fired' | 'not-fired' | 'undecided';

function truthOf(formula: Formula, known: Known): boolean | undefined {
  const reduced = reduceFormula(formula, known);
  return reduced.kind === 'constant' ? reduced.value : undefined;
}

/** A rule that applies fires: its levels are asked for, or what it demands is broken. */
function fires(applies: boolean | undefined, broken: boolean | undefined): Verdict {
  if (applies === false || broken === false) return 'not-fired';
  return applies === undefined || broken === undefined ? 'undecided' : 'fired';
}

function opposite(truth: boolean | undefined): boolean | undefined {
  return truth === undefined ? undefined : !truth;
}

/** With everything known: the reference evaluation of the constraints engine. */
function verdictsOfValues({ set }: Matrix, values: Values, day: number): Verdict[] {
  const { standings } = standingsOf(set, values, day);
  return set.rules.map(({ effect }, index) =>
    fires(standings[index] === 'applies', effect.kind !== 'require' || !holds(effect.condition, values)),
  );
}

/** With something unknown: partial evaluation, and what is left open is undecided. */
function verdictsOfPart({ set }: Matrix, known: Known, day: number): Verdict[] {
  const found = new Map<RuleIndex, boolean | undefined>();
  const applies = (index: RuleIndex): boolean | undefined => {
    if (found.has(index)) return found.get(index);
    const rule = set.rules[index];
    if (rule === undefined || !isInForce(rule, day)) return false;
    const met = truthOf(rule.when, known);
    const above = met === false ? [] : rule.overriddenBy.map(applies);
    const truth = met === false || above.includes(true) ? false : above.includes(undefined) ? undefined : met;
    found.set(index, truth);
    return truth;
  };
  return set.rules.map(({ effect }, index) =>
    fires(applies(index), effect.kind === 'require' ? opposite(truthOf(effect.condition, known)) : true),
  );
}

/**
 * Which rules of a matrix fire.
 * @param day days since 1970-01-01.
 */
export function ruleVerdicts(matrix: Matrix, known: Known, day: number): Verdict[] {
  const { fields } = matrix.set;
  if (known.size < fields.length) return verdictsOfPart(matrix, known, day);
  return verdictsOfValues(
    matrix,
    fields.map((_, index) => known.get(index)),
    day,
  );
}
