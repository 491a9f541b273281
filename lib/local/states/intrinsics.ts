import type { Json } from '../../core/json.ts';
import { runtimeError } from './failure.ts';
import { isObject, type Path, parsePath, UnsupportedSyntax } from './json-path.ts';

/** What a `.$` field holds: a path, or an intrinsic function whose arguments may be literals, paths and functions. */
export type Expression =
  | { readonly kind: 'literal'; readonly value: Json }
  | { readonly kind: 'path'; readonly path: Path }
  | { readonly kind: 'call'; readonly name: string; readonly arguments: readonly Expression[] };

interface Intrinsic {
  readonly least: number;
  readonly most: number;
  apply(values: readonly Json[]): Json;
}

/**
 * The intrinsic functions that are exact and need neither time nor chance.
 * Source: Amazon States Language, "Intrinsic Functions".
 */
const INTRINSICS: ReadonlyMap<string, Intrinsic> = new Map<string, Intrinsic>([
  ['States.Format', { least: 1, most: Number.POSITIVE_INFINITY, apply: format }],
  ['States.StringToJson', { least: 1, most: 1, apply: ([text]) => stringToJson(text) }],
  ['States.JsonToString', { least: 1, most: 1, apply: ([value]) => JSON.stringify(value) }],
  ['States.Array', { least: 0, most: Number.POSITIVE_INFINITY, apply: (values) => [...values] }],
  ['States.ArrayLength', { least: 1, most: 1, apply: ([array]) => arrayOf('States.ArrayLength', array).length }],
  ['States.ArrayGetItem', { least: 2, most: 2, apply: ([array, index]) => arrayGetItem(array, index) }],
  ['States.JsonMerge', { least: 3, most: 3, apply: ([left, right, deep]) => jsonMerge(left, right, deep) }],
]);

function intrinsicError(name: string, detail: string): Error {
  return runtimeError(`Invalid arguments in ${name}: ${detail}.`);
}

function format([template, ...values]: readonly Json[]): Json {
  if (typeof template !== 'string') throw intrinsicError('States.Format', 'the first argument must be a string');
  const pieces = template.split('{}');
  if (pieces.length - 1 !== values.length) {
    throw intrinsicError('States.Format', 'the placeholders and the arguments are not equally many');
  }
  return pieces.reduce((text, piece, index) => {
    const value = values[index - 1];
    return text + (typeof value === 'string' ? value : JSON.stringify(value)) + piece;
  });
}

function stringToJson(text: Json | undefined): Json {
  if (typeof text !== 'string') throw intrinsicError('States.StringToJson', 'the argument must be a string');
  try {
    return JSON.parse(text) as Json;
  } catch {
    throw intrinsicError('States.StringToJson', 'the argument is not JSON');
  }
}

function arrayOf(name: string, value: Json | undefined): readonly Json[] {
  if (!Array.isArray(value)) throw intrinsicError(name, 'the first argument must be an array');
  return value;
}

function arrayGetItem(array: Json | undefined, index: Json | undefined): Json {
  const item = typeof index === 'number' ? arrayOf('States.ArrayGetItem', array)[index] : undefined;
  if (item === undefined) throw intrinsicError('States.ArrayGetItem', 'the array has no element at that index');
  return item;
}

function jsonMerge(left: Json | undefined, right: Json | undefined, deep: Json | undefined): Json {
  if (!isObject(left) || !isObject(right)) throw intrinsicError('States.JsonMerge', 'both values must be objects');
  if (deep !== false) throw intrinsicError('States.JsonMerge', 'only the shallow merge (false) exists');
  return { ...left, ...right };
}

/**
 * Reads a path or an intrinsic function call.
 * @throws UnsupportedSyntax when it is neither, or a function that is not implemented.
 */
export function parseExpression(text: string): Expression {
  if (text.startsWith('$')) return { kind: 'path', path: parsePath(text) };
  const [expression, end] = callAt(text, 0);
  if (end !== text.length) throw new UnsupportedSyntax(`"${text}" goes on after the function call`);
  return expression;
}

type Parsed = readonly [expression: Expression, end: number];

const FUNCTION = /(States\.\w+)\(/y;
const LITERAL = /(?:true|false|null|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?)(?=[\s,)])/y;
/** Escaped braces are refused with the rest: States.Format could not tell them from placeholders any more. */
const STRING = /'((?:[^'\\]|\\['\\])*)'/y;
const PATH = /\$(?:[^\s,()'"[\]]|\['(?:[^'\\]|\\.)*'\]|\["(?:[^"\\]|\\.)*"\]|\[\d+\])*/y;

function at(pattern: RegExp, text: string, position: number): RegExpExecArray | null {
  pattern.lastIndex = position;
  return pattern.exec(text);
}

function skipSpace(text: string, position: number): number {
  return position + (/^\s*/.exec(text.slice(position))?.[0].length ?? 0);
}

function callAt(text: string, position: number): Parsed {
  const head = at(FUNCTION, text, position);
  const name = head?.[1];
  if (head === null || name === undefined)
    throw new UnsupportedSyntax(`"${text}" is neither a path nor a function call`);
  const intrinsic = INTRINSICS.get(name);
  if (intrinsic === undefined) throw new UnsupportedSyntax(`The intrinsic function ${name} is not implemented`);
  const values: Expression[] = [];
  let end = skipSpace(text, position + head[0].length);
  while (text[end] !== ')') {
    const [value, after] = argumentAt(text, end);
    values.push(value);
    end = skipSpace(text, after);
    if (text[end] === ',') {
      end = skipSpace(text, end + 1);
      if (text[end] === ')') throw new UnsupportedSyntax(`"${text}" has a comma without an argument behind it`);
    } else if (text[end] !== ')') throw new UnsupportedSyntax(`"${text}" is not closed behind an argument`);
  }
  if (values.length < intrinsic.least || values.length > intrinsic.most) {
    throw new UnsupportedSyntax(`${name} does not take ${values.length} argument(s)`);
  }
  return [{ kind: 'call', name, arguments: values }, end + 1];
}

function argumentAt(text: string, position: number): Parsed {
  const path = at(PATH, text, position);
  if (path !== null) return [{ kind: 'path', path: parsePath(path[0]) }, position + path[0].length];
  const string = at(STRING, text, position);
  if (string !== null) {
    const value = (string[1] ?? '').replace(/\\(.)/g, '$1');
    return [{ kind: 'literal', value }, position + string[0].length];
  }
  const literal = at(LITERAL, text, position);
  if (literal !== null) {
    return [{ kind: 'literal', value: JSON.parse(literal[0]) as Json }, position + literal[0].length];
  }
  return callAt(text, position);
}

/** Every path in an expression. */
export function pathsOf(expression: Expression): readonly Path[] {
  if (expression.kind === 'path') return [expression.path];
  return expression.kind === 'call' ? expression.arguments.flatMap(pathsOf) : [];
}

/**
 * The value of an expression.
 * @param read resolves a path, and throws where it selects nothing.
 * @throws StateError (States.Runtime) when an argument does not fit: AWS reports intrinsic failures under that name.
 */
export function evaluate(expression: Expression, read: (path: Path) => Json): Json {
  if (expression.kind === 'literal') return expression.value;
  if (expression.kind === 'path') return read(expression.path);
  const intrinsic = INTRINSICS.get(expression.name);
  if (intrinsic === undefined)
    throw new UnsupportedSyntax(`The intrinsic function ${expression.name} is not implemented`);
  return intrinsic.apply(expression.arguments.map((argument) => evaluate(argument, read)));
}
