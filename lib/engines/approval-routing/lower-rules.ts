import { digestOf } from '../../core/digest.ts';
import type {
  Effect as ConstraintEffect,
  ConstraintSet,
  Field,
  FieldKind,
  Formula,
  Span,
} from '../constraints/model.ts';
import { allOf, anyOf, contains, FALSE, linear } from '../constraints/normalise.ts';
import type { Relation } from '../constraints/relations.ts';
import type { Effect, Rule } from './approval-policy.ts';
import type { Comparison } from './comparison.ts';
import { type FieldId, fieldOf, isMoney } from './fields.ts';
import { type Matrix, type MatrixField, OTHER } from './matrix.ts';
import { sortedUnique } from './order.ts';
import type { Operator } from './policy-document.ts';

/** The label of a route that needs nobody. */
export const AUTOMATICALLY = 'automatically';

/** A set of words has so many at most; where a policy names more, each list becomes a field of its own. */
const MOST_WORDS = 30;

const RELATIONS: Partial<Record<Operator, Relation>> = { eq: 'eq', ne: 'ne', lt: 'lt', lte: 'le', gt: 'gt', gte: 'ge' };

/** Rules of the first form have no places of their own; their ids say which they are. */
const NOWHERE: Span = { file: '', line: 1, column: 1, endLine: 1, endColumn: 1 };

function wordsOf({ expected }: Comparison): readonly string[] {
  return typeof expected === 'string' ? [expected] : Array.isArray(expected) ? expected : [];
}

interface Draft {
  readonly source: MatrixField;
  readonly path: string;
  readonly type: FieldKind;
  readonly minimum: number;
  readonly maximum: number;
}

/** The fields that the comparisons look at, by the key of each comparison. */
class Fields {
  readonly drafts: Draft[] = [];
  readonly #index = new Map<string, number>();
  readonly #all: readonly Comparison[];
  readonly #scale: 1 | 2;

  constructor(all: readonly Comparison[], scale: 1 | 2) {
    this.#all = all;
    this.#scale = scale;
  }

  /** The position of the field that a comparison is about. */
  of(comparison: Comparison): number {
    const key = this.#keyOf(comparison);
    const known = this.#index.get(key);
    if (known !== undefined) return known;
    this.#index.set(key, this.drafts.length);
    this.drafts.push(this.#draft(comparison));
    return this.drafts.length - 1;
  }

  #named(field: FieldId): string[] {
    return sortedUnique(this.#all.filter((each) => each.field === field).flatMap(wordsOf));
  }

  #isCrowded(field: FieldId): boolean {
    return this.#named(field).length > MOST_WORDS;
  }

  #keyOf(comparison: Comparison): string {
    const { field, expected } = comparison;
    if (isMoney(expected)) return `${field}@${expected.currency}`;
    if (fieldOf(field).type !== 'texts' || !this.#isCrowded(field)) return field;
    return `${field} in ${wordsOf(comparison).join(', ')}`;
  }

  #draft(comparison: Comparison): Draft {
    const { field, expected } = comparison;
    const { type, words, least = 0, most = 0, unit } = fieldOf(field);
    const path = pathOf(field);
    switch (type) {
      case 'money': {
        const currency = isMoney(expected) ? expected.currency : '';
        const others = this.#all.some(
          (each) => each.field === field && isMoney(each.expected) && each.expected.currency !== currency,
        );
        // Doubled amounts must stay exact.
        const maximum = Math.floor(most / 2) * this.#scale;
        return {
          source: { fact: field },
          path: others ? `${path} (${currency})` : path,
          type: { kind: 'money', currency },
          minimum: least,
          maximum,
        };
      }
      case 'ratio':
        return { source: { fact: field }, path, type: { kind: 'ratio' }, minimum: least, maximum: most };
      case 'count': {
        const kind: FieldKind = { kind: 'integer', ...(unit === undefined ? {} : { unit }) };
        return { source: { fact: field }, path, type: kind, minimum: least, maximum: most };
      }
      case 'text': {
        const values = words ?? [...this.#named(field), OTHER];
        return {
          source: { fact: field },
          path,
          type: { kind: 'enum', values },
          minimum: 0,
          maximum: values.length - 1,
        };
      }
      case 'texts': {
        if (this.#isCrowded(field)) {
          const meets = wordsOf(comparison);
          return {
            source: { fact: field, meets },
            path: `${path} in ${meets.join(', ')}`,
            type: { kind: 'boolean' },
            minimum: 0,
            maximum: 1,
          };
        }
        const values = this.#named(field);
        const kind: FieldKind = { kind: 'set', values, maximumSize: values.length };
        return { source: { fact: field }, path, type: kind, minimum: 0, maximum: 2 ** values.length - 1 };
      }
    }
  }

  formula(comparison: Comparison): Formula {
    const { is, expected } = comparison;
    const index = this.of(comparison);
    const draft = this.drafts[index] as Draft;
    const holds = is !== 'notIn' && is !== 'ne';
    switch (draft.type.kind) {
      case 'boolean':
        return { kind: 'member', field: index, values: [holds ? 1 : 0] };
      case 'set': {
        const { values } = draft.type;
        const mask = wordsOf(comparison).reduce((so, word) => so | (1 << values.indexOf(word)), 0);
        const meets = contains(index, 'any', mask);
        return holds ? meets : { kind: 'not', part: meets };
      }
      case 'enum': {
        const { values } = draft.type;
        const listed = wordsOf(comparison);
        const at = values.flatMap((word, position) => (listed.includes(word) === holds ? [position] : []));
        return { kind: 'member', field: index, values: at };
      }
      default: {
        const bound = isMoney(expected) ? expected.minorUnits * this.#scale : Number(expected);
        return linear([{ of: 'value', field: index, coefficient: 1 }], RELATIONS[is] ?? 'eq', bound);
      }
    }
  }

  fields(): Field[] {
    return this.drafts.map(({ path, type, minimum, maximum }) => ({
      path,
      type,
      minimum,
      maximum,
      optional: false,
      role: 'fact',
      span: NOWHERE,
    }));
  }
}

/** The name of a fact in constraint sources, where a path cannot lie within another field. */
export function pathOf(field: FieldId): string {
  return field === 'clauses.count' ? 'clauseCount' : field;
}

function constraintEffect(effect: Effect): ConstraintEffect {
  switch (effect.do) {
    case 'require':
      return { kind: 'route', to: effect.levels };
    case 'approve':
      return { kind: 'route', to: [AUTOMATICALLY] };
    case 'deny':
      return { kind: 'require', condition: FALSE, forbids: true };
  }
}

/** The conditions of a rule, one formula a comparison: for questions about a part of it. */
export interface LoweredRule {
  readonly all: readonly Formula[];
  readonly any: readonly Formula[];
}

export interface LoweredMatrix extends Matrix {
  readonly parts: readonly LoweredRule[];
}

/**
 * Lowers rules of the first form (lists of comparisons) to a constraint set.
 * @param moneyScale 2 keeps each comparison with a converted amount exact; 1 keeps amounts as people know them.
 */
export function lowerRules(
  rules: readonly Rule[],
  { name, version, moneyScale }: { readonly name: string; readonly version: string; readonly moneyScale: 1 | 2 },
): LoweredMatrix {
  const all = rules.flatMap((rule) => [...rule.all, ...rule.any]);
  const fields = new Fields(all, moneyScale);
  const parts = rules.map((rule) => ({
    all: rule.all.map((each) => fields.formula(each)),
    any: rule.any.map((each) => fields.formula(each)),
  }));
  const whens = parts.map((part) => allOf([...part.all, ...(part.any.length === 0 ? [] : [anyOf(part.any)])]));
  const set: ConstraintSet = {
    name,
    version,
    skill: '',
    fields: fields.fields(),
    rules: rules.map(({ id, owner, name: message, effect }, index) => ({
      id,
      owner,
      when: whens[index] ?? FALSE,
      effect: constraintEffect(effect),
      inForce: {},
      priority: 0,
      overriddenBy: [],
      message: effect.do === 'deny' ? effect.reason : message,
      span: NOWHERE,
    })),
    tables: [],
    exclusiveRoutes: [],
    waivers: [],
    sourceDigest: digestOf(rules),
  };
  return { set, fields: fields.drafts.map(({ source }) => source), moneyScale, parts };
}
