import type { ConstraintSet, Formula, Rule, RuleIndex } from '../model.ts';
import { type LinearAtom, rangesOf } from './linear.ts';
import { eachAtom } from './space.ts';

/** A number of a rule that can be changed: the bound of a comparison of one field, or of a set's size, with it. */
export interface Place {
  readonly rule: RuleIndex;
  /** JSON Pointer into the rule: where the bound stands. */
  readonly pointer: string;
  readonly atom: LinearAtom;
}

function isSimple(formula: Formula): formula is LinearAtom {
  return formula.kind === 'linear' && formula.terms.length === 1 && Math.abs(formula.terms[0]?.coefficient ?? 0) === 1;
}

function placesIn(formula: Formula, rule: RuleIndex, pointer: string): Place[] {
  if (isSimple(formula)) return [{ rule, pointer: `${pointer}/bound`, atom: formula }];
  if (formula.kind === 'not') return placesIn(formula.part, rule, `${pointer}/part`);
  if (formula.kind !== 'and' && formula.kind !== 'or') return [];
  return formula.parts.flatMap((part, index) => placesIn(part, rule, `${pointer}/parts/${index}`));
}

/** Replaces equal comparisons of a formula, and counts them. */
function swap(formula: Formula, from: LinearAtom, to: LinearAtom, count: { found: number }): Formula {
  if (formula.kind === 'not') return { kind: 'not', part: swap(formula.part, from, to, count) };
  if (formula.kind === 'and' || formula.kind === 'or')
    return { kind: formula.kind, parts: formula.parts.map((part) => swap(part, from, to, count)) };
  if (formula.kind !== 'linear' || JSON.stringify(formula) !== JSON.stringify(from)) return formula;
  count.found += 1;
  return to;
}

function at(formula: Formula, steps: readonly string[], to: LinearAtom): Formula {
  const [step, index, ...rest] = steps;
  if (step === 'bound') return to;
  if (step === 'part' && formula.kind === 'not')
    return { kind: 'not', part: at(formula.part, [index ?? '', ...rest], to) };
  if (step !== 'parts' || (formula.kind !== 'and' && formula.kind !== 'or')) return formula;
  return {
    kind: formula.kind,
    parts: formula.parts.map((part, position) => (position === Number(index) ? at(part, rest, to) : part)),
  };
}

/**
 * The numbers of some rules. Rows of a table count where no other row excludes them, and a number in the conditions of a row
 * only where it stands once in the rule and once in the cells: there one number is one change, of both alike.
 */
export function placesOf(set: ConstraintSet, rules: readonly RuleIndex[]): Place[] {
  return rules.flatMap((index) => {
    const { when, effect } = set.rules[index] as Rule;
    const own = set.tables.find(({ rows }) => rows.some(({ rule }) => rule === index));
    if (own?.hitPolicy === 'first' || own?.hitPolicy === 'priority') return [];
    const inWhen = placesIn(when, index, '/when');
    const row = own?.rows.find(({ rule }) => rule === index);
    const alone = inWhen.filter(({ atom }) => {
      if (row === undefined) return true;
      const [inRule, inCells] = [{ found: 0 }, { found: 0 }];
      swap(when, atom, atom, inRule);
      swap(row.cells, atom, atom, inCells);
      return inRule.found === 1 && inCells.found === 1;
    });
    return [...alone, ...(effect.kind === 'require' ? placesIn(effect.condition, index, '/effect/condition') : [])];
  });
}

/** The set with one number changed; the cells of a table's row follow its rule. */
export function changed(set: ConstraintSet, { rule: index, pointer, atom }: Place, bound: number): ConstraintSet {
  const to = { ...atom, bound };
  const rule = set.rules[index] as Rule;
  const [, side, ...steps] = pointer.split('/');
  const next: Rule =
    side === 'when'
      ? { ...rule, when: at(rule.when, steps, to) }
      : rule.effect.kind === 'require'
        ? { ...rule, effect: { ...rule.effect, condition: at(rule.effect.condition, steps.slice(1), to) } }
        : rule;
  const tables = set.tables.map((table) => ({
    ...table,
    rows: table.rows.map((row) =>
      row.rule === index && side === 'when' ? { ...row, cells: swap(row.cells, atom, to, { found: 0 }) } : row,
    ),
  }));
  return { ...set, rules: set.rules.map((each, position) => (position === index ? next : each)), tables };
}

function formulasOf(set: ConstraintSet): Formula[] {
  return [
    ...set.rules.flatMap(({ when, effect }) => (effect.kind === 'require' ? [when, effect.condition] : [when])),
    ...set.tables.flatMap(({ rows, scope }) => [scope, ...rows.map(({ cells }) => cells)]),
  ];
}

/**
 * The bounds that are worth a trial, nearest first. What rules say changes only where a bound meets or passes one that
 * another condition gives, so that next to those nothing is left out.
 */
export function boundsFor(set: ConstraintSet, { atom }: Place): number[] {
  const [term] = atom.terms;
  const field = term === undefined ? undefined : set.fields[term.field];
  if (term === undefined || field === undefined) return [];
  const size = field.type.kind === 'set' ? field.type.values.length : 0;
  const [least, most] = term.of === 'size' ? [0, size] : [field.minimum, field.maximum];
  const cuts = new Set([least, most + 1]);
  for (const formula of formulasOf(set))
    eachAtom(formula, (other) => {
      const [own] = other.kind === 'linear' && other.terms.length === 1 ? other.terms : [];
      if (other.kind !== 'linear' || own?.field !== term.field || own.of !== term.of || own.coefficient === 0) return;
      for (const [first, last] of rangesOf(own.coefficient, other.is, other.bound, least, most)) {
        cuts.add(first);
        cuts.add(last + 1);
      }
    });
  const found = new Set<number>();
  for (const cut of cuts)
    for (let value = cut - 2; value <= cut + 2; value++)
      if (value >= least && value <= most) found.add(term.coefficient * value);
  found.delete(atom.bound);
  return [...found].sort((a, b) => Math.abs(a - atom.bound) - Math.abs(b - atom.bound) || a - b);
}
