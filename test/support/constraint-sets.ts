import type { AnalysisBudget } from '../../lib/engines/constraints/findings.ts';
import type {
  ConstraintSet,
  DecisionTable,
  Effect,
  Field,
  FieldKind,
  Formula,
  LinearTerm,
  Rule,
} from '../../lib/engines/constraints/model.ts';

const span = { file: 'rules.yaml', line: 1, column: 1, endLine: 1, endColumn: 2 };

export const TRUE: Formula = { kind: 'constant', value: true };
export const FALSE: Formula = { kind: 'constant', value: false };

export const plenty: AnalysisBudget = { solverSteps: 20_000_000, boxes: 100_000, minimalSets: 100 };

export function aField(path: string, role: Field['role'], type: FieldKind, bounds: Partial<Field> = {}): Field {
  const maximum =
    type.kind === 'enum'
      ? type.values.length - 1
      : type.kind === 'boolean'
        ? 1
        : type.kind === 'set'
          ? 2 ** type.values.length - 1
          : 100;
  return { path, type, role, minimum: 0, maximum, optional: false, span, ...bounds };
}

export function words(count: number): string[] {
  return Array.from({ length: count }, (_, index) => `w${index}`);
}

export function all(...parts: readonly Formula[]): Formula {
  return { kind: 'and', parts };
}

export function some(...parts: readonly Formula[]): Formula {
  return { kind: 'or', parts };
}

export function no(part: Formula): Formula {
  return { kind: 'not', part };
}

export function isIn(field: number, ...values: readonly number[]): Formula {
  return { kind: 'member', field, values };
}

type Comparison = Extract<Formula, { kind: 'linear' }>['is'];

export function compared(field: number, is: Comparison, bound: number): Formula {
  return { kind: 'linear', terms: [{ of: 'value', field, coefficient: 1 }], is, bound };
}

/** A sum of fields times coefficients, compared with a bound. */
export function linear(sum: Readonly<Record<number, number>>, is: Comparison, bound: number): Formula {
  const terms = Object.entries(sum).map(
    ([field, coefficient]): LinearTerm => ({ of: 'value', field: Number(field), coefficient }),
  );
  return { kind: 'linear', terms, is, bound };
}

export function require(condition: Formula): Effect {
  return { kind: 'require', condition, forbids: false };
}

export function forbid(condition: Formula): Effect {
  return { kind: 'require', condition: condition === TRUE ? FALSE : no(condition), forbids: true };
}

export function route(...to: readonly string[]): Effect {
  return { kind: 'route', to };
}

export function aRule(id: string, when: Formula, effect: Effect, more: Partial<Rule> = {}): Rule {
  return {
    id,
    owner: `owner of ${id}`,
    when,
    effect,
    inForce: {},
    priority: 0,
    overriddenBy: [],
    message: `${id} is broken`,
    span,
    ...more,
  };
}

export function aTable(
  id: string,
  rows: readonly { readonly cells: Formula; readonly rule: number }[],
  more: Partial<DecisionTable> = {},
): DecisionTable {
  return {
    id,
    owner: `owner of ${id}`,
    hitPolicy: 'unique',
    inputs: [],
    rows: rows.map((row) => ({ ...row, span })),
    complete: true,
    scope: TRUE,
    span,
    ...more,
  };
}

/** A constraint set of these fields and rules, as a front end would hand it over. */
export function aSet(
  fields: readonly Field[],
  rules: readonly Rule[],
  more: Partial<ConstraintSet> = {},
): ConstraintSet {
  return {
    name: 'planted',
    version: '1.0.0',
    skill: 'a-skill',
    fields,
    rules,
    tables: [],
    exclusiveRoutes: [],
    waivers: [],
    sourceDigest: `sha256:${'0'.repeat(64)}`,
    ...more,
  };
}
