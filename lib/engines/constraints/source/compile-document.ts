import { digestOf, isDigest } from '../../../core/digest.ts';
import { InvalidInput, type Problem } from '../../../core/errors.ts';
import { pointer } from '../../../core/json.ts';
import { problemsOfZodError } from '../../../core/zod-problems.ts';
import { usesOf } from '../formula-uses.ts';
import type { ConstraintSet, Field, FieldIndex, Rule, Waiver } from '../model.ts';
import { readDate } from '../written-values.ts';
import { canonicalSource } from './canonical-source.ts';
import { compileFields } from './compile-fields.ts';
import { compileRule, type DraftRule } from './compile-rules.ts';
import { compileTables } from './compile-tables.ts';
import { Compiling } from './compiling.ts';
import { type SourceDocument, sourceDocument } from './document.ts';
import { linkOverrides } from './link-overrides.ts';
import { type Placing, withoutLines } from './placing.ts';

/** A constraint set that was compiled, and what about its source deserves a look without being wrong. */
export interface CheckedSource {
  readonly set: ConstraintSet;
  readonly warnings: readonly Problem[];
}

function refuse(file: string, problems: readonly Problem[]): never {
  throw new InvalidInput(`${file} is not a valid constraint source: ${problems.length} problem(s).`, problems);
}

function parseDocument(value: unknown, places: Placing, file: string): SourceDocument {
  const result = sourceDocument.safeParse(value);
  if (result.success) return result.data;
  const problems = problemsOfZodError(result.error);
  return refuse(
    file,
    problems.map(({ pointer: at, code, message, mend }) => places.problem(at, code, message, mend)),
  );
}

function uniqueIds(compiling: Compiling, document: SourceDocument): void {
  const seen = new Set<string>();
  for (const list of ['rules', 'tables'] as const) {
    (document[list] ?? []).forEach(({ id }, index) => {
      if (seen.has(id)) {
        const at = pointer('', list, index, 'id');
        compiling.refuse(
          at,
          'duplicate-id',
          `The id "${id}" stands twice.`,
          'Give each rule and table an id of its own.',
        );
      }
      seen.add(id);
    });
  }
}

/** Where the source is silent, what conditions constrain is chosen, and the rest is given. */
function withRoles(fields: readonly Field[], rules: readonly Rule[], document: SourceDocument): Field[] {
  const constrained = new Set<FieldIndex>();
  for (const { effect } of rules) {
    if (effect.kind === 'require') for (const field of usesOf(effect.condition)) constrained.add(field);
  }
  return fields.map((field, index) => {
    const said = document.fields[field.path]?.role;
    return { ...field, role: said ?? (constrained.has(index) ? 'term' : 'fact') };
  });
}

function waiversOf(compiling: Compiling, document: SourceDocument): Waiver[] {
  return (document.waivers ?? []).flatMap((waiver, index) => {
    const until = compiling.value(pointer('/waivers', index, 'until'), readDate(waiver.until));
    if (until === undefined || !isDigest(waiver.finding)) return [];
    return [{ finding: waiver.finding, owner: waiver.owner, reason: waiver.reason, until }];
  });
}

function exclusiveRoutes(compiling: Compiling, document: SourceDocument): [string, string][] {
  const pairs = new Map<string, [string, string]>();
  (document.exclusiveRoutes ?? []).forEach(([a, b], index) => {
    if (a === b) {
      const message = `"${a}" cannot exclude itself.`;
      compiling.refuse(pointer('/exclusiveRoutes', index), 'invalid-value', message, 'Name two labels.');
    }
    const pair: [string, string] = a < b ? [a, b] : [b, a];
    pairs.set(JSON.stringify(pair), pair);
  });
  return [...pairs].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, pair]) => pair);
}

/**
 * Compiles a source that was read already, and keeps its warnings. It needs no reader of YAML.
 * @param file names the source in problems and spans.
 * @param places where its parts stand in a text; nowhere, when it is part of another document.
 * @throws InvalidInput with every problem by pointer, each message beginning with its place.
 */
export function checkDocument(value: unknown, file: string, places: Placing = withoutLines(file)): CheckedSource {
  const document = parseDocument(value, places, file);
  const fieldsOnly = new Compiling(places, []);
  const fields = compileFields(fieldsOnly, document.fields);
  // A field that is missing here would make each expression that uses it look wrong.
  if (fieldsOnly.problems.length > 0) refuse(file, fieldsOnly.problems);
  const compiling = new Compiling(places, fields);
  uniqueIds(compiling, document);
  const drafts: DraftRule[] = (document.rules ?? []).flatMap(
    (source, index) => compileRule(compiling, index, source) ?? [],
  );
  const tables = compileTables(compiling, document.tables ?? [], drafts);
  const waivers = waiversOf(compiling, document);
  const routes = exclusiveRoutes(compiling, document);
  // Names of rules that could not be compiled would look unknown.
  const rules = compiling.problems.length === 0 ? linkOverrides(compiling, drafts) : [];
  if (compiling.problems.length > 0) refuse(file, compiling.problems);
  const set: ConstraintSet = {
    name: document.name,
    version: document.version,
    skill: document.skill,
    fields: withRoles(fields, rules, document),
    rules,
    tables,
    exclusiveRoutes: routes,
    waivers,
    ...(document.additionalFields === 'ignore' ? { additionalFields: 'ignore' } : {}),
    sourceDigest: digestOf(canonicalSource(document)),
  };
  return { set, warnings: compiling.warnings };
}
