import { pointer } from '../../../core/json.ts';
import type { DecisionTable, Effect, Field, FieldIndex, Formula } from '../model.ts';
import { allOf, FALSE, negate, TRUE } from '../normalise.ts';
import { nearest } from '../written-values.ts';
import type { Cel } from './cel-tree.ts';
import { cellTree, parseCell } from './cells.ts';
import { type DraftRule, defaultMessage, labelsOf, obligation } from './compile-rules.ts';
import type { Compiled, Compiling } from './compiling.ts';
import type { RowSource, TableSource } from './document.ts';
import { union } from './lowered.ts';
import { printCel } from './print-cel.ts';

/** What a row asks of an input: its cells alone. */
interface RowCells {
  readonly formula: Formula;
  readonly there: ReadonlySet<FieldIndex>;
  readonly trees: readonly Cel[];
}

function inputsOf(compiling: Compiling, at: string, table: TableSource): FieldIndex[] {
  const paths = compiling.fields.map(({ path }) => path);
  return table.inputs.flatMap((path, column) => {
    const here = pointer(at, 'inputs', column);
    const index = paths.indexOf(path);
    if (table.inputs.indexOf(path) < column) {
      compiling.refuse(here, 'duplicate-column', `The column ${path} stands twice.`, 'Keep one of the two.');
    }
    if (index >= 0) return [index];
    const near = nearest(path, paths);
    const mend = near === undefined ? 'Declare it among the fields.' : `Did you mean ${near}?`;
    compiling.refuse(here, 'unknown-field', `"${path}" is not a declared field.`, mend);
    return [];
  });
}

function compileCell(compiling: Compiling, at: string, text: string, field: Field): Compiled | undefined {
  const parsed = parseCell(text);
  const made = 'fault' in parsed ? parsed : cellTree(parsed.cell, field);
  if ('tree' in made) return compiling.tree(at, made.tree);
  const { code, message, mend, at: offset } = made.fault;
  return compiling.refuse(at, code, message, mend, offset);
}

function compileCells(
  compiling: Compiling,
  at: string,
  row: RowSource,
  inputs: readonly FieldIndex[],
): RowCells | undefined {
  if (row.if.length !== inputs.length) {
    const message = `The row has ${row.if.length} cells where the table has ${inputs.length} inputs.`;
    return compiling.refuse(
      `${at}/if`,
      'wrong-cell-count',
      message,
      'Give every row a cell per input; - for any value.',
    );
  }
  const compiled = inputs.map((input, column) => {
    const field = compiling.fields[input];
    return field && compileCell(compiling, pointer(at, 'if', column), String(row.if[column]), field);
  });
  const known = compiled.filter((cell) => cell !== undefined);
  if (known.length < compiled.length) return undefined;
  return {
    formula: allOf(known.map(({ formula }) => formula)),
    there: union(...known.map(({ there }) => there)),
    trees: known.flatMap(({ tree }) => (tree === undefined || isAny(tree) ? [] : [tree])),
  };
}

function isAny(tree: Cel): boolean {
  return tree.kind === 'boolean' && tree.value;
}

function effectOf(
  compiling: Compiling,
  at: string,
  row: RowSource,
  there: ReadonlySet<FieldIndex>,
): Effect | undefined {
  const results = (['route', 'require', 'forbid'] as const).filter((key) => row[key] !== undefined);
  const [result, second] = results;
  if (result === undefined || second !== undefined) {
    const message = result === undefined ? 'The row has no result.' : `The row has ${results.length} results.`;
    return compiling.refuse(at, 'wrong-result', message, 'Give it one of: route, require, forbid.');
  }
  if (result === 'route') return { kind: 'route', to: labelsOf(row.route ?? []) };
  const text = row[result];
  if (typeof text !== 'string') return { kind: 'require', condition: FALSE, forbids: true };
  const condition = compiling.expression(pointer(at, result), text, there);
  return condition && obligation(compiling, condition.formula, result === 'forbid');
}

/** The rows that come before a row, where the hit policy takes the first that meets. */
function rowsBefore(hit: DecisionTable['hitPolicy'], priorities: readonly number[], row: number): number[] {
  if (hit !== 'first' && hit !== 'priority') return [];
  const own = priorities[row] ?? 0;
  return priorities.flatMap((priority, other) => {
    const before = hit === 'first' || priority === own ? other < row : priority > own;
    return before ? [other] : [];
  });
}

function sourceOf(scope: Compiled, cells: RowCells): string {
  const parts = [...(scope.tree === undefined ? [] : [scope.tree]), ...cells.trees];
  const flat = parts.flatMap((part) => (part.kind === 'logic' && part.operator === '&&' ? part.parts : [part]));
  const [only] = flat;
  if (only === undefined) return 'true';
  return printCel(flat.length === 1 ? only : { kind: 'logic', operator: '&&', parts: flat, at: 0 });
}

function compileTable(
  compiling: Compiling,
  at: string,
  table: TableSource,
  drafts: DraftRule[],
): DecisionTable | undefined {
  const scope = compiling.optionalExpression(`${at}/scope`, table.scope);
  const inputs = inputsOf(compiling, at, table);
  const inForce = compiling.interval(`${at}/effective`, table.effective);
  if (inputs.length < table.inputs.length) return undefined;
  const cells = table.rows.map((row, n) => compileCells(compiling, pointer(at, 'rows', n), row, inputs));
  const overrides = (table.overrides ?? []).map((id, n) => ({ id, pointer: pointer(at, 'overrides', n) }));
  const priorities = table.rows.map(({ priority }) => priority ?? 0);
  const rows: DecisionTable['rows'][number][] = [];
  table.rows.forEach((row, n) => {
    const here = pointer(at, 'rows', n);
    const own = cells[n];
    const everything = new Set(compiling.fields.keys());
    const there = scope && own ? union(scope.there, own.there) : everything;
    const effect = effectOf(compiling, here, row, there);
    if (own === undefined || scope === undefined || effect === undefined) return;
    const before = rowsBefore(table.hit, priorities, n).map((other) => cells[other]?.formula ?? TRUE);
    const condition = row.require ?? (row.forbid === true ? undefined : row.forbid);
    const span = compiling.places.spanOf(here);
    rows.push({ cells: own.formula, rule: drafts.length, span });
    drafts.push({
      rule: {
        id: `${table.id}#${n + 1}`,
        owner: table.owner,
        when: allOf([scope.formula, own.formula, ...before.map((formula) => negate(formula, compiling.fields))]),
        effect,
        inForce,
        priority: priorities[n] ?? 0,
        message: row.message ?? table.message ?? defaultMessage(effect, condition, compiling.fields),
        span,
        whenSource: sourceOf(scope, own),
        ...(condition === undefined ? {} : { conditionSource: condition }),
        table: { id: table.id, row: n + 1 },
      },
      overrides,
    });
  });
  if (scope === undefined) return undefined;
  return {
    id: table.id,
    owner: table.owner,
    hitPolicy: table.hit,
    inputs,
    rows,
    complete: table.complete ?? false,
    scope: scope.formula,
    span: compiling.places.spanOf(at),
  };
}

/** Compiles decision tables; their rows join the rules. */
export function compileTables(
  compiling: Compiling,
  tables: readonly TableSource[],
  drafts: DraftRule[],
): DecisionTable[] {
  return tables.flatMap((table, n) => compileTable(compiling, pointer('/tables', n), table, drafts) ?? []);
}
