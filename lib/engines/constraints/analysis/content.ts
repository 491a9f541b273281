import { canonicalJson } from '../../../core/digest.ts';
import type { Effect, Formula, Rule } from '../model.ts';
import type { World } from './prepare.ts';

/** Paths of a world's fields, by index, as JSON texts. */
export type Paths = readonly string[];

const paths = new WeakMap<World['fields'], Paths>();

export function pathsOf({ fields }: World): Paths {
  const known = paths.get(fields);
  if (known !== undefined) return known;
  const texts = fields.map(({ path }) => canonicalJson(path));
  paths.set(fields, texts);
  return texts;
}

/** The same content with fields by their paths. */
function byPath(content: unknown, texts: Paths): unknown {
  if (Array.isArray(content)) return content.map((each) => byPath(each, texts));
  if (content === null || typeof content !== 'object') return content;
  return Object.fromEntries(
    Object.entries(content).map(([key, value]) => [
      key,
      key === 'field' && typeof value === 'number' ? JSON.parse(texts[value] ?? '""') : byPath(value, texts),
    ]),
  );
}

/** The canonical JSON (RFC 8785) of a condition, fields by their paths. Keys are written in their order. */
export function contentOfFormula(formula: Formula, texts: Paths): string {
  switch (formula.kind) {
    case 'constant':
      return `{"kind":"constant","value":${formula.value}}`;
    case 'and':
    case 'or':
      return `{"kind":"${formula.kind}","parts":[${formula.parts.map((part) => contentOfFormula(part, texts)).join()}]}`;
    case 'not':
      return `{"kind":"not","part":${contentOfFormula(formula.part, texts)}}`;
    case 'present':
      return `{"field":${texts[formula.field]},"kind":"present"}`;
    case 'linear': {
      const terms = formula.terms.map(
        ({ of, field, coefficient }) => `{"coefficient":${coefficient},"field":${texts[field]},"of":"${of}"}`,
      );
      return `{"bound":${formula.bound},"is":"${formula.is}","kind":"linear","terms":[${terms.join()}]}`;
    }
    case 'member':
      return `{"field":${texts[formula.field]},"kind":"member","values":[${formula.values.join()}]}`;
    case 'contains':
      return `{"field":${texts[formula.field]},"kind":"contains","mask":${formula.mask},"which":"${formula.which}"}`;
    case 'opaque':
      return canonicalJson(byPath(formula, texts));
  }
}

function contentOfEffect(effect: Effect, texts: Paths): string {
  switch (effect.kind) {
    case 'require':
      return `{"condition":${contentOfFormula(effect.condition, texts)},"forbids":${effect.forbids},"kind":"require"}`;
    case 'route':
      return canonicalJson({ kind: effect.kind, to: effect.to });
    case 'default':
      return `{"field":${texts[effect.field]},"kind":"default","value":${effect.value}}`;
  }
}

/**
 * The canonical JSON of what a rule says: with its id and the ids of the rules above it, so that its place in the file, or
 * another field in the set, changes nothing.
 */
export function contentOfRule(
  { id, when, effect, inForce, priority }: Rule,
  above: readonly string[],
  texts: Paths,
): string {
  const parts = [
    `"effect":${contentOfEffect(effect, texts)}`,
    `"id":${canonicalJson(id)}`,
    `"inForce":${canonicalJson(inForce)}`,
    `"overriddenBy":${canonicalJson(above)}`,
    `"priority":${priority}`,
    `"when":${contentOfFormula(when, texts)}`,
  ];
  return `{${parts.join()}}`;
}
