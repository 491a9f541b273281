import type { Json } from '../../../core/json.ts';
import { JSON_TYPES, type JsonType, textOf, typeOf } from './values.ts';

/** What is asked of a value of one type. Each test has a negation among the tests. */
export type Test =
  | { readonly kind: 'at-least' | 'above' | 'at-most' | 'below'; readonly bound: number }
  | { readonly kind: 'multiple' | 'no-multiple'; readonly of: number }
  | { readonly kind: 'shortest' | 'longest'; readonly length: number }
  | { readonly kind: 'pattern'; readonly source: string; readonly negated: boolean }
  /** Each property whose name is among the names (a formula on strings) has a value of that formula. */
  | { readonly kind: 'every-property' | 'some-property'; readonly names: Formula; readonly value: Formula }
  | { readonly kind: 'fewest' | 'most'; readonly count: number }
  /** Each item from an index on, or the item at an index where there is one. */
  | { readonly kind: 'every-item' | 'some-item'; readonly from: number; readonly value: Formula }
  | { readonly kind: 'item'; readonly index: number; readonly value: Formula }
  | { readonly kind: 'count'; readonly value: Formula; readonly fewest: number; readonly most: number }
  | { readonly kind: 'unique'; readonly negated: boolean }
  /** Something that is not decided here; equal to itself only. */
  | { readonly kind: 'opaque'; readonly name: string; readonly negated: boolean };

interface Interned {
  readonly id: number;
}

/**
 * A set of JSON values in negation normal form. A `loose` literal holds for values of other types, a strict one does not:
 * JSON Schema's assertions are loose, and their negations strict.
 */
export type Formula = Interned &
  (
    | { readonly kind: 'true' | 'false' }
    | { readonly kind: 'and' | 'or'; readonly parts: readonly Formula[] }
    | { readonly kind: 'types'; readonly types: ReadonlySet<JsonType> }
    | { readonly kind: 'values'; readonly values: ReadonlyMap<string, Json>; readonly negated: boolean }
    | { readonly kind: 'test'; readonly type: JsonType; readonly test: Test; readonly loose: boolean }
    | { readonly kind: 'ref'; readonly target: string; readonly negated: boolean }
  );

type Shape = Formula extends infer One ? (One extends Formula ? Omit<One, 'id'> : never) : never;

function keyOfTest(test: Test): string {
  return Object.values(test)
    .map((field) => (typeof field === 'object' ? `#${field.id}` : (JSON.stringify(field) ?? 'Infinity')))
    .join(' ');
}

/** Builds formulas so that equal ones are the same object, and knows the definitions that references stand for. */
export class Formulas {
  readonly #byKey = new Map<string, Formula>();
  readonly #negations = new Map<number, Formula>();
  readonly #definitions = new Map<string, () => Formula>();
  readonly #within = new Map<string, Formula>();
  readonly #resolved = new Map<string, Formula>();
  readonly always = this.#intern('true', { kind: 'true' });
  readonly never = this.#intern('false', { kind: 'false' });

  #intern(key: string, shape: Shape): Formula {
    const known = this.#byKey.get(key);
    if (known !== undefined) return known;
    const formula = { ...shape, id: this.#byKey.size } as Formula;
    this.#byKey.set(key, formula);
    return formula;
  }

  /** How many formulas there are: a measure of the work done. */
  get size(): number {
    return this.#byKey.size;
  }

  #join(kind: 'and' | 'or', given: readonly Formula[]): Formula {
    const [neutral, absorbing] = kind === 'and' ? [this.always, this.never] : [this.never, this.always];
    const parts = new Map<number, Formula>();
    for (const one of given)
      for (const part of one.kind === kind ? one.parts : [one]) {
        if (part === absorbing) return absorbing;
        if (part !== neutral) parts.set(part.id, part);
      }
    for (const part of parts.values()) {
      const opposite = this.#negations.get(part.id);
      if (opposite !== undefined && parts.has(opposite.id)) return absorbing;
    }
    const sorted = [...parts.values()].sort((a, b) => a.id - b.id);
    if (sorted.length < 2) return sorted[0] ?? neutral;
    return this.#intern(`${kind} ${sorted.map(({ id }) => id).join(' ')}`, { kind, parts: sorted });
  }

  and(...parts: readonly Formula[]): Formula {
    return this.#join('and', parts);
  }

  or(...parts: readonly Formula[]): Formula {
    return this.#join('or', parts);
  }

  types(types: Iterable<JsonType>): Formula {
    const set = new Set(types);
    const sorted = JSON_TYPES.filter((type) => set.has(type));
    if (sorted.length === 0) return this.never;
    if (sorted.length === JSON_TYPES.length) return this.always;
    return this.#intern(`types ${sorted.join(' ')}`, { kind: 'types', types: set });
  }

  /** Exactly these values, or all but these. */
  values(values: Iterable<Json>, negated = false): Formula {
    const map = new Map([...values].map((value) => [textOf(value), value] as const));
    if (map.size === 0) return negated ? this.always : this.never;
    return this.#intern(`values ${negated} ${[...map.keys()].sort().join()}`, { kind: 'values', values: map, negated });
  }

  test(type: JsonType, test: Test, loose = true): Formula {
    return this.#intern(`test ${type} ${loose} ${keyOfTest(test)}`, { kind: 'test', type, test, loose });
  }

  ref(target: string, negated = false): Formula {
    return this.#intern(`ref ${negated} ${target}`, { kind: 'ref', target, negated });
  }

  /** Says what a reference stands for; it is built when it is needed. */
  define(target: string, build: () => Formula): void {
    this.#definitions.set(target, build);
  }

  resolve(target: string, negated: boolean): Formula {
    const known = this.#resolved.get(target) ?? this.#definitions.get(target)?.();
    if (known === undefined) throw new TypeError(`There is no definition ${target}.`);
    this.#resolved.set(target, known);
    return negated ? this.not(known) : known;
  }

  not(formula: Formula): Formula {
    const known = this.#negations.get(formula.id);
    if (known !== undefined) return known;
    const negation = this.#negate(formula);
    this.#negations.set(formula.id, negation);
    this.#negations.set(negation.id, formula);
    return negation;
  }

  #negate(formula: Formula): Formula {
    switch (formula.kind) {
      case 'true':
        return this.never;
      case 'false':
        return this.always;
      case 'and':
        return this.or(...formula.parts.map((part) => this.not(part)));
      case 'or':
        return this.and(...formula.parts.map((part) => this.not(part)));
      case 'types':
        return this.types(JSON_TYPES.filter((type) => !formula.types.has(type)));
      case 'values':
        return this.values(formula.values.values(), !formula.negated);
      case 'ref':
        return this.ref(formula.target, !formula.negated);
      case 'test':
        return this.#negateTest(formula.type, formula.test, !formula.loose);
    }
  }

  #negateTest(type: JsonType, test: Test, loose: boolean): Formula {
    const as = (negated: Test) => this.test(type, negated, loose);
    switch (test.kind) {
      case 'at-least':
        return as({ kind: 'below', bound: test.bound });
      case 'below':
        return as({ kind: 'at-least', bound: test.bound });
      case 'above':
        return as({ kind: 'at-most', bound: test.bound });
      case 'at-most':
        return as({ kind: 'above', bound: test.bound });
      case 'multiple':
        return as({ kind: 'no-multiple', of: test.of });
      case 'no-multiple':
        return as({ kind: 'multiple', of: test.of });
      case 'shortest':
        return as({ kind: 'longest', length: test.length - 1 });
      case 'longest':
        return as({ kind: 'shortest', length: test.length + 1 });
      case 'fewest':
        return as({ kind: 'most', count: test.count - 1 });
      case 'most':
        return as({ kind: 'fewest', count: test.count + 1 });
      case 'pattern':
        return as({ kind: 'pattern', source: test.source, negated: !test.negated });
      case 'every-property':
        return as({ kind: 'some-property', names: test.names, value: this.not(test.value) });
      case 'some-property':
        return as({ kind: 'every-property', names: test.names, value: this.not(test.value) });
      case 'every-item':
        return as({ kind: 'some-item', from: test.from, value: this.not(test.value) });
      case 'some-item':
        return as({ kind: 'every-item', from: test.from, value: this.not(test.value) });
      case 'item': {
        const there = as({ kind: 'fewest', count: test.index + 1 });
        const wrong = as({ kind: 'item', index: test.index, value: this.not(test.value) });
        return this.and(there, wrong);
      }
      case 'count': {
        const { value, fewest, most } = test;
        const parts: Formula[] = [];
        if (fewest > 0) parts.push(as({ kind: 'count', value, fewest: 0, most: fewest - 1 }));
        if (most !== Number.POSITIVE_INFINITY)
          parts.push(as({ kind: 'count', value, fewest: most + 1, most: Number.POSITIVE_INFINITY }));
        return parts.length === 0 ? (loose ? this.not(this.types([type])) : this.never) : this.or(...parts);
      }
      case 'unique':
        return as({ kind: 'unique', negated: !test.negated });
      case 'opaque':
        return as({ kind: 'opaque', name: test.name, negated: !test.negated });
    }
  }

  /** The same set, as far as values of one type are concerned. */
  within(formula: Formula, type: JsonType): Formula {
    const key = `${formula.id} ${type}`;
    const known = this.#within.get(key) ?? this.#restrict(formula, type);
    this.#within.set(key, known);
    return known;
  }

  #restrict(formula: Formula, type: JsonType): Formula {
    switch (formula.kind) {
      case 'true':
      case 'false':
      case 'ref':
        return formula;
      case 'and':
      case 'or': {
        const parts = formula.parts.map((part) => this.within(part, type));
        return formula.kind === 'and' ? this.and(...parts) : this.or(...parts);
      }
      case 'types':
        return formula.types.has(type) ? this.always : this.never;
      case 'values':
        return this.values(
          [...formula.values.values()].filter((value) => typeOf(value) === type),
          formula.negated,
        );
      case 'test':
        return formula.type === type ? this.test(type, formula.test) : formula.loose ? this.always : this.never;
    }
  }
}
