import { type Document, isMap, isNode, isScalar, type Scalar } from 'yaml';
import type { Problem } from '../../../core/errors.ts';
import type { ReadYaml } from '../../../core/yaml.ts';
import type { Span } from '../model.ts';
import type { Placing } from './placing.ts';

function tokensOf(pointer: string): string[] {
  return pointer
    .split('/')
    .slice(1)
    .map((token) => token.replaceAll('~1', '/').replaceAll('~0', '~'));
}

function keyNode(document: Document.Parsed, tokens: readonly string[]): unknown {
  const parent: unknown = tokens.length === 1 ? document.contents : document.getIn(tokens.slice(0, -1), true);
  if (!isMap(parent)) return undefined;
  return parent.items.find(({ key }) => isScalar(key) && String(key.value) === tokens.at(-1))?.key;
}

/** How many code units of the text in quotes stand for the code unit or pair that begins at an offset. */
function escapeLength(text: string, at: number): number {
  const digits = { x: 2, u: 4, U: 8 }[text[at + 1] ?? ''];
  return 2 + (digits ?? 0);
}

/**
 * Where each code unit of a scalar's value stands in the source. Line folding and indentation change white space only, so
 * what is not white space is counted off one by one.
 */
function offsetsOf(scalar: Scalar, source: string): number[] {
  const value = String(scalar.value);
  const [start = 0, end = source.length] = scalar.range ?? [];
  const quoted = scalar.type === 'QUOTE_DOUBLE' || scalar.type === 'QUOTE_SINGLE';
  // The header of a block scalar may hold indicators and a comment.
  const block = scalar.type === 'BLOCK_LITERAL' || scalar.type === 'BLOCK_FOLDED';
  let at = block ? source.indexOf('\n', start) + 1 : start + (quoted ? 1 : 0);
  const offsets: number[] = [];
  for (const unit of value) {
    const isSpace = /\s/.test(unit);
    while (!isSpace && at < end && /\s/.test(source[at] ?? '')) at += 1;
    for (let part = 0; part < unit.length; part += 1) offsets.push(Math.min(at + part, end));
    if (isSpace && !/\s/.test(source[at] ?? '') && source[at] !== '\\') continue;
    if (scalar.type === 'QUOTE_DOUBLE' && source[at] === '\\') at += escapeLength(source, at);
    else if (scalar.type === 'QUOTE_SINGLE' && unit === "'") at += 2;
    else at += unit.length;
  }
  offsets.push(Math.min(at, end));
  return offsets;
}

/** Where things stand in a text of YAML or JSON. */
export class Places implements Placing {
  private readonly read: ReadYaml;
  private readonly text: string;
  private readonly file: string;

  constructor(read: ReadYaml, text: string, file: string) {
    this.read = read;
    this.text = text;
    this.file = file;
  }

  private node(pointer: string): { readonly range?: readonly number[] | null } | undefined {
    const tokens = tokensOf(pointer);
    const { document } = this.read;
    for (let length = tokens.length; length > 0; length -= 1) {
      const node: unknown = document.getIn(tokens.slice(0, length), true);
      if (isNode(node) && node.range) return node;
    }
    return document.contents ?? undefined;
  }

  private span(from: number, to: number): Span {
    const [, line = 1, column = 1] = /:(\d+):(\d+)$/.exec(this.read.place(from)) ?? [];
    const [, endLine = 1, endColumn = 1] = /:(\d+):(\d+)$/.exec(this.read.place(to)) ?? [];
    const numbers = {
      line: Number(line),
      column: Number(column),
      endLine: Number(endLine),
      endColumn: Number(endColumn),
    };
    return { file: this.file, ...numbers };
  }

  /** The span of what a JSON Pointer points at, or of what is nearest around it. */
  spanOf(pointer: string): Span {
    const range = this.node(pointer)?.range ?? [0, 0];
    return this.span(range[0] ?? 0, range[1] ?? 0);
  }

  /** The span of a field's name together with its declaration. */
  spanOfEntry(pointer: string): Span {
    const key = keyNode(this.read.document, tokensOf(pointer));
    const range = this.node(pointer)?.range ?? [0, 0];
    const start = isNode(key) && key.range ? key.range[0] : (range[0] ?? 0);
    return this.span(start, range[1] ?? start);
  }

  /** `file:line:column`, for an offset into the text that a pointer points at, or for its beginning. */
  at(pointer: string, offset?: number): string {
    const node = this.node(pointer);
    const start = node?.range?.[0] ?? 0;
    if (offset === undefined || !isScalar(node)) return this.read.place(start);
    return this.read.place(offsetsOf(node, this.text)[offset] ?? start);
  }

  /** `file:line:column` of a key, where it is the key that is wrong. */
  atKey(pointer: string): string {
    const key = keyNode(this.read.document, tokensOf(pointer));
    return isNode(key) && key.range ? this.read.place(key.range[0]) : this.at(pointer);
  }

  /** A problem whose message begins with its place. */
  problem(pointer: string, code: string, message: string, mend: string, offset?: number): Problem {
    const place = code === 'unknown-field' && offset === undefined ? this.atKey(pointer) : this.at(pointer, offset);
    return { pointer, code, message: `${place}: ${message}`, mend };
  }
}
