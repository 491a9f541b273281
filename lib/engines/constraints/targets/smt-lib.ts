import type { ConstraintSet, Expression, Field, FieldIndex, Formula, LinearTerm, Values } from '../model.ts';
import { Approximation, permittedTrees, type Tree, tooLarge, type Writer, write } from './approximate.ts';
import { refused, type Target, written } from './output.ts';
import { type Atom, permissionOf } from './permission.ts';
import { bitsOf, quotedForComment } from './texts.ts';

const MEDIA_TYPE = 'text/plain';
const SIGNS = { lt: '<', le: '<=', eq: '=', ne: 'distinct', ge: '>=', gt: '>' } as const;
const OPERATORS = {
  add: '+',
  subtract: '-',
  multiply: '*',
  divide: 'truncated-div',
  remainder: 'truncated-rem',
} as const;

/** SMT-LIB divides towards minus infinity or plus infinity, by the divisor's sign; rules divide towards zero. */
const DIVISION = `(define-fun truncated-div ((a Int) (b Int)) Int (ite (>= a 0) (div a b) (- (div (- a) b))))
(define-fun truncated-rem ((a Int) (b Int)) Int (- a (* b (truncated-div a b))))`;

function number(value: number): string {
  return value < 0 ? `(- ${-value})` : String(value);
}

class SmtWriter implements Writer<string> {
  private readonly set: ConstraintSet;

  constructor(set: ConstraintSet) {
    this.set = set;
  }

  private type(field: FieldIndex): Field['type'] {
    return this.set.fields[field]?.type ?? { kind: 'integer' };
  }

  constant(value: boolean): string {
    return String(value);
  }

  all(parts: readonly string[]): string {
    return `(and ${parts.join(' ')})`;
  }

  any(parts: readonly string[]): string {
    return `(or ${parts.join(' ')})`;
  }

  named(rule: number, holds: boolean): string {
    return holds ? `applies-${rule}` : `(not applies-${rule})`;
  }

  atom(atom: Atom, holds: boolean): string {
    const text = this.positive(atom);
    return holds ? text : `(not ${text})`;
  }

  private positive(atom: Atom): string {
    switch (atom.kind) {
      case 'present':
        return this.set.fields[atom.field]?.optional === true ? `p${atom.field}` : 'true';
      case 'member':
        return `(or false ${atom.values.map((value) => `(= v${atom.field} ${number(value)})`).join(' ')})`;
      case 'contains': {
        const elements = bitsOf(atom.mask).map((bit) => `e${atom.field}_${bit}`);
        return atom.which === 'any' ? `(or false ${elements.join(' ')})` : `(and true ${elements.join(' ')})`;
      }
      case 'linear': {
        const sum = `(+ 0 ${atom.terms.map((term) => this.term(term)).join(' ')})`;
        return `(${SIGNS[atom.is]} ${sum} ${number(atom.bound)})`;
      }
      case 'opaque':
        return `(distinct ${this.number(atom.expression)} 0)`;
    }
  }

  private term({ of, field, coefficient }: LinearTerm): string {
    return `(* ${number(coefficient)} ${of === 'size' ? this.size(field) : `v${field}`})`;
  }

  size(field: FieldIndex): string {
    const type = this.type(field);
    const words = type.kind === 'set' ? type.values : [];
    return `(+ 0 ${words.map((_, bit) => `(ite e${field}_${bit} 1 0)`).join(' ')})`;
  }

  private formula(formula: Formula): string {
    switch (formula.kind) {
      case 'constant':
        return this.constant(formula.value);
      case 'and':
      case 'or':
        return `(${formula.kind} ${formula.kind === 'and'} ${formula.parts.map((part) => this.formula(part)).join(' ')})`;
      case 'not':
        return `(not ${this.formula(formula.part)})`;
      default:
        return this.positive(formula);
    }
  }

  private number(expression: Expression): string {
    switch (expression.kind) {
      case 'number':
        return number(expression.value);
      case 'value':
        return `v${expression.field}`;
      case 'size':
        return this.size(expression.field);
      case 'negate':
        return `(- ${this.number(expression.of)})`;
      case 'choose':
        return `(ite ${this.formula(expression.when)} ${this.number(expression.yes)} ${this.number(expression.no)})`;
      case 'compare':
        return `(ite (${SIGNS[expression.is]} ${this.number(expression.left)} ${this.number(expression.right)}) 1 0)`;
      default:
        return `(${OPERATORS[expression.kind]} ${this.number(expression.left)} ${this.number(expression.right)})`;
    }
  }

  /** Declares a field and keeps it in its domain. */
  declare(field: FieldIndex): string {
    const { path, type, minimum, maximum, optional } = this.set.fields[field] as Field;
    const lines = [`; ${quotedForComment(path)}${optional ? `, absent where p${field} is false` : ''}`];
    if (optional) lines.push(`(declare-const p${field} Bool)`);
    if (type.kind === 'set') {
      type.values.forEach((word, bit) => {
        lines.push(`(declare-const e${field}_${bit} Bool) ; ${quotedForComment(word)}`);
      });
      if (type.maximumSize < type.values.length) lines.push(`(assert (<= ${this.size(field)} ${type.maximumSize}))`);
      if (minimum === maximum)
        type.values.forEach((_, bit) => {
          lines.push(`(assert (= e${field}_${bit} ${((minimum >>> bit) & 1) === 1}))`);
        });
      return lines.join('\n');
    }
    if (type.kind === 'enum')
      type.values.forEach((word, index) => {
        lines.push(`; ${index} ${quotedForComment(word)}`);
      });
    lines.push(`(declare-const v${field} Int)`, `(assert (<= ${number(minimum)} v${field} ${number(maximum)}))`);
    return lines.join('\n');
  }
}

/** Rules that others name, each after those that it names itself. */
function namedInOrder(trees: readonly Tree[], approximation: Approximation): number[] {
  const order = new Set<number>();
  const visit = (tree: Tree): void => {
    if (tree.kind === 'all' || tree.kind === 'any') tree.parts.forEach(visit);
    if (tree.kind !== 'named' || order.has(tree.rule)) return;
    visit(approximation.applies(tree.rule, true).tree);
    order.add(tree.rule);
  };
  trees.forEach(visit);
  return [...order];
}

/**
 * An SMT-LIB 2 script over integers: fields in their domains, a function `permitted`, and the question whether any input is
 * permitted. `smtLibInput` makes it a question about one input.
 */
export const smtLib: Target = (set, { day }) => {
  const permission = permissionOf(set, day);
  const approximation = new Approximation(permission, () => true, true);
  const { kept } = permittedTrees(permission, approximation, 'SMT-LIB');
  const trees = [...kept.values()];
  const named = namedInOrder(trees, approximation);
  const large = tooLarge([...trees, ...named.map((rule) => approximation.applies(rule, true).tree)]);
  if (large.length > 0) return refused('smt-lib', MEDIA_TYPE, large);
  const writer = new SmtWriter(set);
  const define = (name: string, body: string, comment: string) => `; ${comment}\n(define-fun ${name} () Bool ${body})`;
  const idOf = (rule: number) => quotedForComment(set.rules[rule]?.id ?? '');
  const text = [
    `; ${quotedForComment(`${set.name} ${set.version}`)}: "sat" says that some input is permitted.`,
    ...set.fields.map((_, field) => writer.declare(field)),
    DIVISION,
    ...named.map((rule) => {
      const { tree } = approximation.applies(rule, true);
      return define(`applies-${rule}`, write(tree, writer), `Whether rule ${idOf(rule)} applies.`);
    }),
    ...[...kept].map(([rule, tree]) =>
      define(`kept-${rule}`, write(tree, writer), `Whether rule ${idOf(rule)} is not broken.`),
    ),
    define(
      'permitted',
      `(and true ${[...kept.keys()].map((rule) => `kept-${rule}`).join(' ')})`,
      'Whether none is broken.',
    ),
    '(assert permitted)',
    '(check-sat)',
    '',
  ].join('\n');
  return written('smt-lib', MEDIA_TYPE, text);
};

/**
 * Lines that, behind the script, ask about one input: the second `check-sat` answers `sat` where the input is permitted and
 * `unsat` where it is not.
 */
export function smtLibInput(set: ConstraintSet, values: Values): string {
  const facts = set.fields.flatMap(({ type, optional }, field) => {
    const value = values[field];
    const presence = optional ? [`(assert (= p${field} ${value !== undefined}))`] : [];
    if (value === undefined) return presence;
    if (type.kind !== 'set') return [...presence, `(assert (= v${field} ${number(value)}))`];
    return [
      ...presence,
      ...type.values.map((_, bit) => `(assert (= e${field}_${bit} ${((value >>> bit) & 1) === 1}))`),
    ];
  });
  return [...facts, '(check-sat)', ''].join('\n');
}
