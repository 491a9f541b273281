import type { Field, Formula } from '../model.ts';
import { allOf, anyOf, negate } from '../normalise.ts';
import {
  describeLowered,
  intersection,
  type Lowered,
  type NumberValue,
  type TruthValue,
  union,
  type WordValue,
  without,
} from './lowered.ts';
import { alike, type Report } from './numbers.ts';

/** The two branches of a choice, of one kind, and when which of them counts. */
interface Choice<T> {
  readonly when: TruthValue;
  readonly otherwise: Formula;
  readonly yes: T;
  readonly no: T;
}

function chosenTruth({ when, otherwise, yes, no }: Choice<TruthValue>): Omit<TruthValue, 'needs'> {
  const formula = anyOf([allOf([when.formula, yes.formula]), allOf([otherwise, no.formula])]);
  const known = (branch: 'yes' | 'no') => intersection(union(when.yes, yes[branch]), union(when.no, no[branch]));
  return { of: 'boolean', formula, yes: known('yes'), no: known('no') };
}

function chosenNumber(
  { when, otherwise, yes: first, no: second }: Choice<NumberValue>,
  report: Report,
): Omit<NumberValue, 'needs'> | undefined {
  const same = alike(first, second, report);
  if (same === undefined) return undefined;
  const [yes, no, unit] = same;
  const under = (value: NumberValue, condition: Formula) =>
    value.cases?.map((piece) => ({ ...piece, when: allOf([condition, piece.when]) }));
  const [a, b] = [under(yes, when.formula), under(no, otherwise)];
  return {
    of: 'number',
    unit,
    low: Math.min(yes.low, no.low),
    high: Math.max(yes.high, no.high),
    literal: false,
    free: yes.free && no.free,
    cases: a === undefined || b === undefined ? undefined : [...a, ...b],
    expression: { kind: 'choose', when: when.formula, yes: yes.expression, no: no.expression },
  };
}

function chosenWord({ when, otherwise, yes, no }: Choice<WordValue>): Omit<WordValue, 'needs'> {
  const under = (value: WordValue, condition: Formula) =>
    value.choices.map((choice) => ({ ...choice, when: allOf([condition, choice.when]) }));
  const words = ({ declared, choices }: WordValue) => declared ?? choices.map(({ word }) => word);
  return {
    of: 'word',
    choices: [...under(yes, when.formula), ...under(no, otherwise)],
    declared: [...new Set([...words(yes), ...words(no)])],
  };
}

/** The value of `when ? yes : no`; none, and a report, where the branches are not of one kind. */
export function chosen(
  when: TruthValue,
  yes: Lowered,
  no: Lowered,
  fields: readonly Field[],
  report: Report,
): Lowered | undefined {
  const base = { when, otherwise: negate(when.formula, fields) };
  const needs = union(when.needs, without(yes.needs, when.yes), without(no.needs, when.no));
  if (yes.of === 'boolean' && no.of === 'boolean') return { ...chosenTruth({ ...base, yes, no }), needs };
  if (yes.of === 'number' && no.of === 'number') {
    const number = chosenNumber({ ...base, yes, no }, report);
    return number && { ...number, needs };
  }
  if (yes.of === 'word' && no.of === 'word') return { ...chosenWord({ ...base, yes, no }), needs };
  const message = `One branch is ${describeLowered(yes)}, the other ${describeLowered(no)}.`;
  return report('wrong-type', message, 'Let both branches be numbers, words or conditions.');
}
