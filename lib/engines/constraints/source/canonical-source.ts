import { parseCel } from './cel-tree.ts';
import { parseCell, printCell } from './cells.ts';
import type { SourceDocument } from './document.ts';
import { layOutCel } from './print-cel.ts';

/** A text of a document in another layout. */
export interface Rewrite {
  readonly path: readonly (string | number)[];
  readonly text: string;
}

/** An expression in its canonical layout; one that cannot be read, or holds comments, stays as it is. */
function layOut(text: string): string {
  if (/\/\//.test(text)) return text.trim();
  const parsed = parseCel(text);
  return 'tree' in parsed ? layOutCel(parsed.tree) : text;
}

/** Every expression and cell of a document in its canonical layout. */
export function rewritesOf(document: SourceDocument): Rewrite[] {
  const rewrites: Rewrite[] = [];
  const add = (text: string | boolean | undefined, ...path: (string | number)[]): void => {
    if (typeof text === 'string') rewrites.push({ path, text: layOut(text) });
  };
  (document.rules ?? []).forEach((rule, n) => {
    add(rule.when, 'rules', n, 'when');
    add(rule.condition, 'rules', n, 'condition');
  });
  (document.tables ?? []).forEach((table, n) => {
    add(table.scope, 'tables', n, 'scope');
    table.rows.forEach((row, r) => {
      add(row.require, 'tables', n, 'rows', r, 'require');
      add(row.forbid, 'tables', n, 'rows', r, 'forbid');
      row.if.forEach((cell, column) => {
        const parsed = typeof cell === 'string' ? parseCell(cell) : undefined;
        if (parsed === undefined || 'fault' in parsed) return;
        const type = document.fields[table.inputs[column] ?? '']?.type;
        const text = printCell(parsed.cell, type === 'enum' || type === 'set');
        rewrites.push({ path: ['tables', n, 'rows', r, 'if', column], text });
      });
    });
  });
  return rewrites;
}

/** A document with its expressions and cells in their canonical layout: what the source's digest is taken of. */
export function canonicalSource(document: SourceDocument): unknown {
  const copy: unknown = structuredClone(document);
  for (const { path, text } of rewritesOf(document)) {
    let at = copy as Record<string | number, unknown>;
    for (const key of path.slice(0, -1)) at = at[key] as Record<string | number, unknown>;
    at[path.at(-1) ?? ''] = text;
  }
  return copy;
}
