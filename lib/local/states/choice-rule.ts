import { type Json, pointer } from '../../core/json.ts';
import { runtimeError } from './failure.ts';
import { isObject, type Path, parsePath, type Selection, UnsupportedSyntax } from './json-path.ts';
import type { Report } from './payload-template.ts';
import { parseTimestamp } from './timestamp.ts';

/** A condition of a Choice state. Source: Amazon States Language, "Choice State". */
export type Condition =
  | { readonly kind: 'and' | 'or'; readonly conditions: readonly Condition[] }
  | { readonly kind: 'not'; readonly condition: Condition }
  | { readonly kind: 'is'; readonly test: TypeTest; readonly variable: Path; readonly expected: boolean }
  | { readonly kind: 'compare'; readonly operator: string; readonly variable: Path; readonly operand: Json | Path };

type TypeTest = 'IsPresent' | 'IsNull' | 'IsString' | 'IsNumeric' | 'IsBoolean' | 'IsTimestamp';
type Comparison = (value: Json, operand: Json) => boolean;

const TYPE_TESTS: Readonly<Record<Exclude<TypeTest, 'IsPresent'>, (value: Json) => boolean>> = {
  IsNull: (value) => value === null,
  IsString: (value) => typeof value === 'string',
  IsNumeric: (value) => typeof value === 'number',
  IsBoolean: (value) => typeof value === 'boolean',
  IsTimestamp: (value) => typeof value === 'string' && parseTimestamp(value) !== undefined,
};

const ORDERS: Readonly<Record<string, (sign: number) => boolean>> = {
  Equals: (sign) => sign === 0,
  LessThan: (sign) => sign < 0,
  GreaterThan: (sign) => sign > 0,
  LessThanEquals: (sign) => sign <= 0,
  GreaterThanEquals: (sign) => sign >= 0,
};

function sign<T extends string | number | bigint>(left: T, right: T): number {
  return left < right ? -1 : left > right ? 1 : 0;
}

/** Reads a value as the type that an operator compares; `undefined` when it has another type, which never matches. */
const READERS: Readonly<Record<string, (value: Json) => string | number | bigint | undefined>> = {
  String: (value) => (typeof value === 'string' ? value : undefined),
  Numeric: (value) => (typeof value === 'number' ? value : undefined),
  Boolean: (value) => (typeof value === 'boolean' ? Number(value) : undefined),
  Timestamp: (value) => (typeof value === 'string' ? parseTimestamp(value) : undefined),
};

function comparison(type: string, order: string): readonly [name: string, comparison: Comparison] {
  const compare: Comparison = (value, operand) => {
    const left = READERS[type]?.(value);
    const right = READERS[type]?.(operand);
    return left !== undefined && right !== undefined && (ORDERS[order]?.(sign(left, right)) ?? false);
  };
  return [`${type}${order}`, compare];
}

const COMPARISONS: ReadonlyMap<string, Comparison> = new Map([
  ...['String', 'Numeric', 'Timestamp'].flatMap((type) => Object.keys(ORDERS).map((order) => comparison(type, order))),
  comparison('Boolean', 'Equals'),
  [
    'StringMatches',
    (value: Json, operand: Json) =>
      typeof value === 'string' && typeof operand === 'string' && matchesPattern(value, operand),
  ] as const,
]);

/** Splits a StringMatches pattern at its wildcards; `\*` is an asterisk, `\\` a backslash. */
function patternPieces(pattern: string): readonly string[] {
  const pieces = [''];
  for (const [token] of pattern.matchAll(/\\[\\*]|./gsu)) {
    if (token === '*') pieces.push('');
    else pieces.push((pieces.pop() ?? '') + (token.length === 2 && token.startsWith('\\') ? token.slice(1) : token));
  }
  return pieces;
}

/** Finds the pieces in order, each as early as it can stand, the last one at the end: linear, whatever the pattern. */
function matchesPattern(text: string, pattern: string): boolean {
  const [first = '', ...others] = patternPieces(pattern);
  const last = others.pop();
  if (last === undefined) return text === first;
  if (!text.startsWith(first)) return false;
  let position = first.length;
  for (const piece of others) {
    const found = text.indexOf(piece, position);
    if (found < 0) return false;
    position = found + piece.length;
  }
  return text.length - last.length >= position && text.endsWith(last);
}

/** Parses the condition of a choice rule; `Next` and `Comment` are read by the caller. What is wrong is reported. */
export function parseCondition(rule: Json, at: string, report: Report, outermost: boolean): Condition | undefined {
  if (!isObject(rule)) {
    report(at, 'A choice rule must be an object.');
    return undefined;
  }
  const passed = outermost ? ['Next', 'Comment'] : [];
  const fields = Object.keys(rule).filter((field) => !passed.includes(field));
  const operators = fields.filter((field) => field !== 'Variable');
  const [operator] = operators;
  if (operator === undefined || operators.length > 1) {
    report(at, `A choice rule must have exactly one operator, not ${operators.length}.`);
    return undefined;
  }
  const operand = rule[operator] ?? null;
  const here = pointer(at, operator);
  if (operator === 'And' || operator === 'Or' || operator === 'Not') {
    if (fields.includes('Variable')) report(pointer(at, 'Variable'), `${operator} takes no Variable.`);
    return combined(operator, operand, here, report);
  }
  const variable = pathAt(rule.Variable, pointer(at, 'Variable'), report);
  const compared = comparisonOf(operator, operand, here, report);
  return variable === undefined || compared === undefined ? undefined : { ...compared, variable };
}

function combined(operator: 'And' | 'Or' | 'Not', operand: Json, at: string, report: Report): Condition | undefined {
  if (operator === 'Not') {
    const condition = parseCondition(operand, at, report, false);
    return condition && { kind: 'not', condition };
  }
  if (!Array.isArray(operand) || operand.length === 0) {
    report(at, `${operator} takes a non-empty array of choice rules.`);
    return undefined;
  }
  const conditions = operand.flatMap((rule, index) => parseCondition(rule, pointer(at, index), report, false) ?? []);
  return { kind: operator === 'And' ? 'and' : 'or', conditions };
}

type Compared =
  | { readonly kind: 'is'; readonly test: TypeTest; readonly expected: boolean }
  | { readonly kind: 'compare'; readonly operator: string; readonly operand: Json | Path };

function comparisonOf(operator: string, operand: Json, at: string, report: Report): Compared | undefined {
  if (operator === 'IsPresent' || Object.hasOwn(TYPE_TESTS, operator)) {
    if (typeof operand === 'boolean') return { kind: 'is', test: operator as TypeTest, expected: operand };
    report(at, `${operator} takes true or false.`);
    return undefined;
  }
  const takesPath = operator.endsWith('Path') && operator !== 'StringMatchesPath';
  const name = takesPath ? operator.slice(0, -'Path'.length) : operator;
  const compare = COMPARISONS.get(name);
  if (compare === undefined) {
    report(at, `The comparison operator "${operator}" is unknown.`);
    return undefined;
  }
  if (takesPath) {
    const path = pathAt(operand, at, report);
    return path && { kind: 'compare', operator: name, operand: path };
  }
  if (!isComparable(name, operand)) {
    report(at, `${operator} takes a value of type ${typeOf(name)}.`);
    return undefined;
  }
  return { kind: 'compare', operator: name, operand };
}

/** The type that an operator compares. */
function typeOf(operator: string): string {
  return /^[A-Z][a-z]+/.exec(operator)?.[0] ?? '';
}

/** Whether a value has the type that an operator compares. */
function isComparable(operator: string, value: Json): boolean {
  return READERS[typeOf(operator)]?.(value) !== undefined;
}

function pathAt(value: Json | undefined, at: string, report: Report): Path | undefined {
  try {
    if (typeof value === 'string') return parsePath(value);
    report(at, 'The field must be a path.');
  } catch (error) {
    if (!(error instanceof UnsupportedSyntax)) throw error;
    report(at, `${error.message}.`);
  }
  return undefined;
}

function isPath(operand: Json | Path): operand is Path {
  return typeof operand === 'object' && operand !== null && 'root' in operand;
}

/** Every path in a condition. */
export function conditionPaths(condition: Condition): readonly Path[] {
  switch (condition.kind) {
    case 'not':
      return conditionPaths(condition.condition);
    case 'and':
    case 'or':
      return condition.conditions.flatMap(conditionPaths);
    case 'is':
      return [condition.variable];
    case 'compare':
      return [condition.variable, ...(isPath(condition.operand) ? [condition.operand] : [])];
  }
}

function invalidValue(path: Path): Error {
  return runtimeError(`Invalid path '${path.text}': The choice state's condition path references an invalid value.`);
}

/**
 * Whether a condition holds. And and Or stop at the first condition that decides, so `IsPresent` guards what follows it.
 * A Variable of another type than the operator's does not match.
 * @throws StateError (States.Runtime) when a path selects nothing, other than for IsPresent, or when the path that is
 * compared with selects a value of another type.
 */
export function holds(condition: Condition, look: (path: Path) => Selection): boolean {
  const read = (path: Path): Json => {
    const selection = look(path);
    if (selection.found) return selection.value;
    throw invalidValue(path);
  };
  switch (condition.kind) {
    case 'not':
      return !holds(condition.condition, look);
    case 'and':
      return condition.conditions.every((inner) => holds(inner, look));
    case 'or':
      return condition.conditions.some((inner) => holds(inner, look));
    case 'is':
      return condition.test === 'IsPresent'
        ? look(condition.variable).found === condition.expected
        : TYPE_TESTS[condition.test](read(condition.variable)) === condition.expected;
    case 'compare': {
      const value = read(condition.variable);
      const { operand, operator } = condition;
      const compared = isPath(operand) ? read(operand) : operand;
      if (isPath(operand) && !isComparable(operator, compared)) throw invalidValue(operand);
      return COMPARISONS.get(operator)?.(value, compared) ?? false;
    }
  }
}
