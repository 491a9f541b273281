import { pointer } from '../../../core/json.ts';
import { jsonValueOf, readYaml } from '../../../core/yaml.ts';
import type { Finding } from '../../../engines/constraints/findings.ts';
import type { ConstraintSet, Rule, Span } from '../../../engines/constraints/model.ts';
import type { SourceDocument } from '../../../engines/constraints/source/document.ts';
import { Places } from '../../../engines/constraints/source/places.ts';
import type { Spot } from './excerpt.ts';

/** Which parts of a rule a finding is about, the most telling one first. */
const PARTS: Readonly<Record<Finding['code'], readonly string[]>> = {
  conflict: ['condition', 'require', 'forbid', 'when', 'if'],
  'exclusive-routes': ['to', 'route'],
  'dead-rule': ['when', 'if'],
  'shadowed-rule': ['when', 'if', 'id'],
  'redundant-rule': ['condition', 'to', 'require', 'forbid', 'route', 'when'],
  'table-gap': ['inputs'],
  'table-overlap': ['if'],
  'unreachable-value': ['condition', 'require', 'forbid', 'when', 'if'],
  'always-true': ['condition', 'require', 'forbid'],
  'always-false': ['condition', 'require', 'forbid', 'when', 'if'],
};

/** Where the parts of rules, tables and fields stand in a source that was compiled. */
export class SourceMap {
  readonly #document: SourceDocument;
  readonly #places: Places;

  constructor(text: string, file: string) {
    const read = readYaml(text, file);
    this.#document = jsonValueOf(read, file) as SourceDocument;
    this.#places = new Places(read, text, file);
  }

  #ruleAt({ id, table }: Rule): { at: string; keys: object } | undefined {
    const { rules = [], tables = [] } = this.#document;
    if (table === undefined) {
      const n = rules.findIndex((rule) => rule.id === id);
      return n < 0 ? undefined : { at: pointer('/rules', n), keys: rules[n] ?? {} };
    }
    const n = tables.findIndex((each) => each.id === table.id);
    const row = tables[n]?.rows[table.row - 1];
    return row === undefined ? undefined : { at: pointer('/tables', n, 'rows', table.row - 1), keys: row };
  }

  #spotOfRule(rule: Rule, { code, pointer: part }: Finding): Spot {
    const label = `${rule.id} (${rule.owner})`;
    const found = this.#ruleAt(rule);
    if (found === undefined) return { span: rule.span, label };
    const parts = part?.startsWith('/when') ? ['when', 'if'] : PARTS[code];
    const key = parts.find((each) => Object.hasOwn(found.keys, each)) ?? 'id';
    return { span: this.#places.spanOf(`${found.at}/${key}`), label };
  }

  #spotOfTable(id: string): Spot | undefined {
    const n = (this.#document.tables ?? []).findIndex((table) => table.id === id);
    if (n < 0) return undefined;
    return { span: this.#places.spanOf(pointer('/tables', n, 'inputs')), label: `table ${id}` };
  }

  /** A value of a field, which findings point at as `/fields/<path>/<word>`. */
  #spotOfValue(at: string): Spot | undefined {
    for (const [path, field] of Object.entries(this.#document.fields)) {
      const word = at.startsWith(`/fields/${path}/`) ? at.slice(`/fields/${path}/`.length) : undefined;
      if (word === undefined) continue;
      const n = 'values' in field ? field.values.indexOf(word) : -1;
      const where = n < 0 ? pointer('/fields', path) : pointer('/fields', path, 'values', n);
      return { span: this.#places.spanOf(where), label: `${path}: ${word}` };
    }
    return undefined;
  }

  /** The places that a finding is about, its subject first. */
  spotsOf(set: ConstraintSet, finding: Finding): Spot[] {
    const rules = finding.rules.flatMap((index) => {
      const rule = set.rules[index];
      return rule === undefined ? [] : [this.#spotOfRule(rule, finding)];
    });
    const value = finding.code === 'unreachable-value' ? this.#spotOfValue(finding.pointer ?? '') : undefined;
    const table = finding.code === 'table-gap' ? this.#spotOfTable(finding.table ?? '') : undefined;
    return [...(value === undefined ? [] : [value]), ...(table === undefined ? [] : [table]), ...rules];
  }
}

/** Where findings stand when there is no source at hand: what the artifact kept. */
export function keptSpots(set: ConstraintSet, { rules, spans }: Finding): Spot[] {
  return spans.map((span: Span, n) => {
    const rule = set.rules[rules[n] ?? -1];
    return { span, label: rule === undefined ? '' : `${rule.id} (${rule.owner})` };
  });
}
