import type { Json, JsonObject } from '../../core/json.ts';

/**
 * A path that selects at most one node: `$`, `$.a.b`, `$.a[0]`, `$['a b']`, and the same behind `$$` for the context object.
 * Filters, wildcards, slices and descents are refused, because the definitions that run here do not need them.
 */
export interface Path {
  /** The path as it was written. */
  readonly text: string;
  /** `$` reads the data, `$$` the context object. */
  readonly root: 'data' | 'context';
  /** Names select members of objects, numbers elements of arrays. */
  readonly steps: readonly (string | number)[];
}

/** What a path selected. */
export type Selection = { readonly found: true; readonly value: Json } | { readonly found: false };

/** A field is not written in the syntax that is supported: a path, an intrinsic function, a resource. */
export class UnsupportedSyntax extends Error {}

const NAME = /\.([\p{L}\p{N}_-]+)/uy;
const INDEX = /\[(0|[1-9]\d{0,8})\]/y;
const QUOTED = /\[(?:'((?:[^'\\]|\\['\\])+)'|"((?:[^"\\]|\\["\\])+)")\]/y;

/**
 * Reads a path.
 * @throws UnsupportedSyntax when it is not a path, or one that may select several nodes.
 */
export function parsePath(text: string): Path {
  const root = text.startsWith('$$') ? 'context' : 'data';
  if (!text.startsWith('$')) throw new UnsupportedSyntax(`"${text}" is not a path: it does not start with $`);
  const steps: (string | number)[] = [];
  let position = root === 'context' ? 2 : 1;
  while (position < text.length) {
    const [step, length] = stepAt(text, position);
    steps.push(step);
    position += length;
  }
  return { text, root, steps };
}

function stepAt(text: string, position: number): readonly [step: string | number, length: number] {
  for (const [pattern, read] of [
    [NAME, (match: RegExpExecArray) => match[1] ?? ''],
    [INDEX, (match: RegExpExecArray) => Number(match[1])],
    [QUOTED, (match: RegExpExecArray) => (match[1] ?? match[2] ?? '').replace(/\\(.)/g, '$1')],
  ] as const) {
    pattern.lastIndex = position;
    const match = pattern.exec(text);
    if (match !== null) return [read(match), match[0].length];
  }
  throw new UnsupportedSyntax(
    `The path "${text}" is not supported from character ${position + 1} on: only names and indexes are`,
  );
}

/** Whether a JSON value is an object. */
export function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Selects the node of a document that some steps lead to. */
export function select(document: Json, steps: readonly (string | number)[]): Selection {
  let value: Json = document;
  for (const step of steps) {
    const next: Json | undefined =
      typeof step === 'number'
        ? Array.isArray(value)
          ? value[step]
          : undefined
        : isObject(value) && Object.hasOwn(value, step)
          ? value[step]
          : undefined;
    if (next === undefined) return { found: false };
    value = next;
  }
  return { found: true, value };
}

/**
 * A copy of a document with a value placed where some steps lead. Missing objects on the way are created; array elements must exist.
 * @returns `undefined` when the steps do not fit the document.
 */
export function place(document: Json | undefined, steps: readonly (string | number)[], value: Json): Json | undefined {
  const [step, ...rest] = steps;
  if (step === undefined) return value;
  if (typeof step === 'number') {
    if (!Array.isArray(document) || step >= document.length) return undefined;
    const inner = place(document[step], rest, value);
    return inner === undefined ? undefined : document.with(step, inner);
  }
  if (document !== undefined && !isObject(document)) return undefined;
  const inner = place(
    document !== undefined && Object.hasOwn(document, step) ? document[step] : undefined,
    rest,
    value,
  );
  return inner === undefined ? undefined : { ...document, [step]: inner };
}
