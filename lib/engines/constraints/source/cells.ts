import type { Field } from '../model.ts';
import { type Reading, readWritten, writeDecimal } from '../written-values.ts';
import type { Cel, Fault, Operator } from './cel-tree.ts';

/** A value as it stands in a cell, and where. */
interface Written {
  readonly text: string;
  readonly at: number;
}

type Comparison = '<' | '<=' | '>' | '>=' | '==' | '!=';

type Test =
  | { readonly kind: 'compare'; readonly operator: Comparison; readonly value: Written }
  | {
      readonly kind: 'range';
      readonly low: Written;
      readonly high: Written;
      readonly lowIncluded: boolean;
      readonly highIncluded: boolean;
      readonly at: number;
    };

/**
 * A unary test, after FEEL (DMN 1.5, section 10.3.1.2): `-` for anything; `<= 15 %`, `[10 %..20 %]`, `(5..10]`, `"a", "b"`;
 * `not(...)` around such tests; `present` and `absent` for optional fields.
 */
export type Cell =
  | { readonly kind: 'any' | 'present' | 'absent' }
  | { readonly kind: 'tests'; readonly negated: boolean; readonly tests: readonly Test[] };

const OPERATOR = /^(<=|>=|!=|==|=|<|>)\s*/;
const COMPARISONS: Readonly<Record<string, Comparison>> = {
  '<': '<',
  '<=': '<=',
  '>': '>',
  '>=': '>=',
  '=': '==',
  '==': '==',
  '!=': '!=',
};
const MEND = 'Write -, <= 15 %, [10 %..20 %], "a", "b", not("a"), present or absent.';

class CellReader {
  private readonly text: string;
  private at = 0;

  constructor(text: string) {
    this.text = text;
  }

  private skip(): void {
    while (/\s/.test(this.text[this.at] ?? '')) this.at += 1;
  }

  private take(token: string): boolean {
    this.skip();
    if (!this.text.startsWith(token, this.at)) return false;
    this.at += token.length;
    return true;
  }

  private value(): Written | undefined {
    this.skip();
    const at = this.at;
    const rest = this.text.slice(at);
    const quoted = /^"((?:[^"\\]|\\.)*)"/.exec(rest);
    const bare = /^(?:(?!\.\.)[^,()[\]"<>=])+/.exec(rest);
    const found = quoted ?? bare;
    if (found === null) return undefined;
    this.at += found[0].length;
    return { text: quoted === null ? found[0].trim() : (quoted[1] ?? '').replace(/\\(.)/g, '$1'), at };
  }

  private range(): Test | undefined {
    this.skip();
    const at = this.at;
    const open = this.text[at];
    if (open !== '[' && open !== '(' && open !== ']') return undefined;
    this.at += 1;
    const low = this.value();
    const dots = this.take('..');
    const high = this.value();
    this.skip();
    const close = this.text[this.at];
    if (low === undefined || high === undefined || !dots) return undefined;
    if (close !== ']' && close !== ')' && close !== '[') return undefined;
    this.at += 1;
    return { kind: 'range', low, high, lowIncluded: open === '[', highIncluded: close === ']', at };
  }

  private test(): Test | undefined {
    this.skip();
    if (/[[(\]]/.test(this.text[this.at] ?? '')) return this.range();
    const operator = OPERATOR.exec(this.text.slice(this.at));
    if (operator !== null) this.at += operator[0].length;
    const value = this.value();
    if (value === undefined) return undefined;
    return { kind: 'compare', operator: COMPARISONS[operator?.[1] ?? '='] ?? '==', value };
  }

  private tests(): Test[] | undefined {
    const tests: Test[] = [];
    do {
      const test = this.test();
      if (test === undefined) return undefined;
      tests.push(test);
    } while (this.take(','));
    return tests;
  }

  read(): { readonly cell: Cell } | { readonly fault: Fault } {
    const whole = this.text.trim();
    if (whole === '-') return { cell: { kind: 'any' } };
    if (whole === 'present' || whole === 'absent') return { cell: { kind: whole } };
    const negated = /^\s*not\s*\(/.exec(this.text);
    if (negated !== null) this.at = negated[0].length;
    const tests = this.tests();
    const closed = negated === null || this.take(')');
    this.skip();
    if (tests !== undefined && closed && this.at >= this.text.length) {
      return { cell: { kind: 'tests', negated: negated !== null, tests } };
    }
    return {
      fault: { at: this.at, code: 'invalid-cell', message: 'The cell cannot be read from here on.', mend: MEND },
    };
  }
}

/** Reads a cell's syntax; offsets count within the cell's text. */
export function parseCell(text: string): { readonly cell: Cell } | { readonly fault: Fault } {
  return new CellReader(text).read();
}

function printValue(text: string, isWord: boolean): string {
  if (isWord) return JSON.stringify(text);
  return text.replace(/\s+/g, ' ').replace(/\s*%$/, ' %');
}

function printTest(test: Test, isWord: boolean): string {
  if (test.kind === 'compare') {
    const operator = test.operator === '==' ? '' : `${test.operator} `;
    return `${operator}${printValue(test.value.text, isWord)}`;
  }
  const [open, close] = [test.lowIncluded ? '[' : '(', test.highIncluded ? ']' : ')'];
  return `${open}${printValue(test.low.text, isWord)}..${printValue(test.high.text, isWord)}${close}`;
}

/** Writes a cell in its canonical layout; words of enums and sets stand in quotes. */
export function printCell(cell: Cell, isWord: boolean): string {
  if (cell.kind === 'any') return '-';
  if (cell.kind !== 'tests') return cell.kind;
  const tests = cell.tests.map((test) => printTest(test, isWord)).join(', ');
  return cell.negated ? `not(${tests})` : tests;
}

/** Thrown inside this file only: a value of a cell that the field cannot have. */
class BadValue extends Error {
  readonly fault: Fault;
  constructor(at: number, message: string, mend: string) {
    super(message);
    this.fault = { at, code: 'invalid-value', message, mend };
  }
}

function readValue({ type }: Field, { text, at }: Written): number {
  const unit = type.kind === 'integer' || type.kind === 'decimal' ? type.unit : undefined;
  const bare = unit !== undefined && text.endsWith(` ${unit}`) ? text.slice(0, -unit.length - 1) : text;
  const read: Reading = readWritten(type, bare);
  if ('fault' in read) throw new BadValue(at, read.fault, read.mend);
  return read.value;
}

function literalOf(field: Field, written: Written): Cel {
  const { at, text } = written;
  const { type } = field;
  const word: Cel = { kind: 'text', value: text, at };
  if (type.kind === 'enum' || type.kind === 'set') return word;
  const value = readValue(field, written);
  const call = (name: string, argument: string): Cel => ({
    kind: 'call',
    name,
    args: [{ kind: 'text', value: argument, at }],
    at,
  });
  switch (type.kind) {
    case 'boolean':
      return { kind: 'boolean', value: value === 1, at };
    case 'integer':
      return { kind: 'integer', value, at };
    case 'decimal':
      return call('decimal', writeDecimal(value, type.scale));
    case 'ratio':
      return call('percent', writeDecimal(value, 2));
    default:
      return call(type.kind, text);
  }
}

function compare(field: Field, operator: Operator, value: Written): Cel {
  const left: Cel = { kind: 'field', path: field.path, at: value.at };
  const right = literalOf(field, value);
  if (field.type.kind !== 'set') return { kind: 'binary', operator, left, right, at: value.at };
  const isIn: Cel = { kind: 'binary', operator: 'in', left: right, right: left, at: value.at };
  if (operator === '==') return isIn;
  if (operator === '!=') return { kind: 'not', of: isIn, at: value.at };
  throw new BadValue(value.at, 'Words have no order.', 'Name the words themselves, such as "a", "b".');
}

function testTree(field: Field, test: Test): Cel {
  if (test.kind === 'compare') return compare(field, test.operator, test.value);
  if (field.type.kind === 'set' || field.type.kind === 'enum' || field.type.kind === 'boolean') {
    throw new BadValue(test.at, 'Words have no order.', 'Name the words themselves, such as "a", "b".');
  }
  const [low, high] = [readValue(field, test.low), readValue(field, test.high)];
  if (low > high || (low === high && !(test.lowIncluded && test.highIncluded))) {
    throw new BadValue(test.at, 'No value lies in the range.', 'Write the smaller value first.');
  }
  const parts = [
    compare(field, test.lowIncluded ? '>=' : '>', test.low),
    compare(field, test.highIncluded ? '<=' : '<', test.high),
  ];
  return { kind: 'logic', operator: '&&', parts, at: test.at };
}

/** The condition that a cell puts on its column's field, as an expression; it tests the presence of an optional field. */
export function cellTree(cell: Cell, field: Field): { readonly tree: Cel } | { readonly fault: Fault } {
  const has: Cel = { kind: 'has', path: field.path, at: 0 };
  if (cell.kind === 'any') return { tree: { kind: 'boolean', value: true, at: 0 } };
  if (cell.kind !== 'tests') {
    if (!field.optional) {
      const message = `The field ${field.path} is not optional: it is always there.`;
      return { fault: { at: 0, code: 'never-varies', message, mend: 'Write - for any value.' } };
    }
    return { tree: cell.kind === 'present' ? has : { kind: 'not', of: has, at: 0 } };
  }
  try {
    const tests = cell.tests.map((test) => testTree(field, test));
    const [only] = tests;
    const some: Cel =
      tests.length === 1 && only !== undefined ? only : { kind: 'logic', operator: '||', parts: tests, at: 0 };
    const holds: Cel = cell.negated ? { kind: 'not', of: some, at: 0 } : some;
    return { tree: field.optional ? { kind: 'logic', operator: '&&', parts: [has, holds], at: 0 } : holds };
  } catch (error) {
    if (!(error instanceof BadValue)) throw error;
    return { fault: error.fault };
  }
}
