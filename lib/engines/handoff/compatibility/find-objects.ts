import type { Json } from '../../../core/json.ts';
import type { Finder } from './finder.ts';
import type { Formula, Test } from './formula.ts';
import { Collection, type Found, NOTHING, UNDECIDED } from './found.ts';
import { namesIn, type Region, regionsOf } from './regions.ts';
import { objectOf, textOf } from './values.ts';

type PropertyTest = Extract<Test, { readonly kind: 'every-property' | 'some-property' }>;

/** Properties that an object will have, with the set that each value is taken from. */
type Slots = ReadonlyMap<string, Formula>;

class ObjectSearch {
  readonly #finder: Finder;
  readonly #every: readonly PropertyTest[];
  /** Those that name their properties one by one, by name, and the others. */
  readonly #listed = new Map<Json, PropertyTest[]>();
  readonly #open: PropertyTest[] = [];
  readonly #values = new Map<string, Formula>();
  readonly #named: ReadonlySet<string>;
  readonly #fewest: number;
  readonly #most: number;
  readonly #except: ReadonlyMap<string, Json>;
  readonly #wanted: number;
  readonly #regions = new Map<number, readonly Region[]>();
  #isVague = false;

  constructor(tests: readonly Test[], except: ReadonlyMap<string, Json>, wanted: number, finder: Finder) {
    this.#finder = finder;
    const properties = tests.filter(
      (test): test is PropertyTest => test.kind === 'every-property' || test.kind === 'some-property',
    );
    this.#every = properties.filter(({ kind }) => kind === 'every-property');
    this.#named = new Set(properties.flatMap(({ names }) => namesIn(names)));
    this.#fewest = Math.max(0, ...tests.flatMap((test) => (test.kind === 'fewest' ? [test.count] : [])));
    this.#most = Math.min(
      Number.POSITIVE_INFINITY,
      ...tests.flatMap((test) => (test.kind === 'most' ? [test.count] : [])),
    );
    this.#except = except;
    this.#wanted = wanted;
    for (const test of this.#every) {
      const { names } = test;
      if (names.kind === 'values' && !names.negated)
        for (const key of names.values.values()) this.#listed.set(key, [...(this.#listed.get(key) ?? []), test]);
      else this.#open.push(test);
    }
  }

  #isNamed(names: Formula, key: string): boolean | undefined {
    return this.#finder.evaluator.holds(names, key);
  }

  /** What the value of a property must be, as far as it is said of all properties of that name. */
  #valueAt(key: string): Formula {
    const known = this.#values.get(key);
    if (known !== undefined) return known;
    this.#finder.meter.spend();
    const open = this.#open.filter(({ names }) => {
      const isNamed = this.#isNamed(names, key);
      if (isNamed === undefined) this.#isVague = true;
      return isNamed === true;
    });
    const value = this.#finder.formulas.and(...[...(this.#listed.get(key) ?? []), ...open].map((test) => test.value));
    this.#values.set(key, value);
    return value;
  }

  #regionsFor(names: Formula): readonly Region[] {
    const known = this.#regions.get(names.id);
    if (known !== undefined) return known;
    const { regions, isVague } = regionsOf(names, this.#every, this.#named, this.#finder);
    if (isVague) this.#isVague = true;
    this.#regions.set(names.id, regions);
    return regions;
  }

  /** Whether a set has values, as far as it is known; what is not known makes the whole search vague. */
  #mayHave(formula: Formula): boolean {
    const found = this.#finder.find(formula, 1);
    if (found.values.length > 0) return true;
    if (!found.complete) this.#isVague = true;
    return false;
  }

  find(some: readonly PropertyTest[]): Found {
    const { formulas } = this.#finder;
    const slots = new Map<string, Formula>();
    const others: PropertyTest[] = [];
    // What says something of the value contradicts more often than what only asks for the property.
    for (const test of some.toSorted((a, b) => Number(a.value.kind === 'true') - Number(b.value.kind === 'true'))) {
      const { names } = test;
      const [key] = names.kind === 'values' && !names.negated && names.values.size === 1 ? names.values.values() : [];
      if (typeof key !== 'string') {
        others.push(test);
        continue;
      }
      const value = formulas.and(slots.get(key) ?? this.#valueAt(key), test.value);
      if (slots.get(key) === value) continue;
      const found = this.#finder.find(value, 1);
      if (found.values.length === 0) return found.complete ? NOTHING : UNDECIDED;
      slots.set(key, value);
    }
    if (slots.size > this.#most) return NOTHING;
    const collection = new Collection(this.#wanted);
    let complete = true;
    for (const all of this.#assign(slots, others)) {
      complete = this.#build(all, collection) && complete;
      if (collection.isFull) break;
    }
    const isWhole = complete && !this.#isVague && (collection.values.length === 0 || others.length === 0);
    return { values: collection.values, complete: isWhole && !(collection.isFull && collection.values.length > 0) };
  }

  /** All ways to give each remaining demand a property. */
  *#assign(slots: Slots, demands: readonly PropertyTest[]): Generator<Slots> {
    this.#finder.meter.spend();
    const [demand, ...rest] = demands;
    if (demand === undefined) {
      const filled = this.#filled(slots);
      if (filled !== undefined) yield filled;
      return;
    }
    const { formulas } = this.#finder;
    for (const [key, set] of this.#placesFor(demand, slots)) {
      const value = formulas.and(set, demand.value);
      if (this.#mayHave(value)) yield* this.#assign(new Map([...slots, [key, value]]), rest);
    }
  }

  *#placesFor({ names }: PropertyTest, slots: Slots): Generator<readonly [string, Formula]> {
    for (const [key, set] of slots) if (this.#isNamed(names, key) !== false) yield [key, set];
    if (slots.size >= this.#most) return;
    for (const key of this.#named)
      if (!slots.has(key) && this.#isNamed(names, key) !== false) yield [key, this.#valueAt(key)];
    for (const region of this.#regionsFor(names)) {
      const [key] = this.#freshKeys(region, slots, 1);
      if (key !== undefined) yield [key, region.value];
    }
  }

  #freshKeys(region: Region, slots: Slots, count: number): readonly string[] {
    const found = this.#finder.find(region.names, count + slots.size + 1);
    const fresh = found.values.filter((key) => typeof key === 'string').filter((key) => !slots.has(key));
    if (fresh.length < count && !found.complete) this.#isVague = true;
    // The empty name is a name, and the last one that a reader would choose.
    return fresh.toSorted((a, b) => Number(a === '') - Number(b === '')).slice(0, count);
  }

  /** Adds properties until there are enough; undefined when there cannot be. */
  #filled(slots: Slots): Slots | undefined {
    if (slots.size > this.#most) return undefined;
    if (this.#fewest > 2000) {
      this.#isVague = true;
      return undefined;
    }
    const all = new Map(slots);
    for (const key of this.#named) {
      if (all.size >= this.#fewest) break;
      const value = this.#valueAt(key);
      if (!all.has(key) && this.#mayHave(value)) all.set(key, value);
    }
    if (all.size < this.#fewest)
      for (const region of this.#regionsFor(this.#finder.formulas.always)) {
        if (all.size >= this.#fewest || !this.#mayHave(region.value)) continue;
        for (const key of this.#freshKeys(region, all, this.#fewest - all.size)) all.set(key, region.value);
      }
    return all.size < this.#fewest || all.size > this.#most ? undefined : all;
  }

  /** Collects objects with these properties; answers whether they are all that there can be. */
  #build(slots: Slots, collection: Collection): boolean {
    const enough = this.#wanted + this.#except.size;
    const lists = [...slots].map(([key, set]) => {
      const found = this.#finder.find(set, enough);
      return { key, values: found.values, complete: found.complete };
    });
    if (lists.some(({ values }) => values.length === 0)) {
      if (lists.some(({ values, complete }) => values.length === 0 && !complete)) this.#isVague = true;
      return true;
    }
    const add = (value: { readonly [key: string]: Json }) => {
      if (!this.#except.has(textOf(value))) collection.add(value);
    };
    if (enough === 1) {
      add(objectOf(lists.map(({ key, values }) => [key, values[0] as Json] as const)));
      return false;
    }
    const optional = slots.size < this.#most ? this.#optional(slots) : [];
    const isClosed = optional.length === 0 && lists.every(({ complete }) => complete);
    const combinations = lists.reduce((product, { values }) => product * values.length, 1);
    if (isClosed && combinations <= 64) {
      for (const entries of everyChoice(lists)) add(objectOf(entries));
      return true;
    }
    const base = lists.map(({ key, values }) => [key, values[0] as Json] as const);
    add(objectOf(base));
    for (const { key, values } of lists)
      for (const value of values.slice(1)) {
        if (collection.isFull) return false;
        add(objectOf([...base, [key, value]]));
      }
    for (const [key, set] of optional)
      for (const value of collection.isFull ? [] : this.#finder.find(set, enough).values)
        add(objectOf([...base, [key, value]]));
    return false;
  }

  /** Properties that an object could have besides. */
  #optional(slots: Slots): (readonly [string, Formula])[] {
    const named = [...this.#named].filter((key) => !slots.has(key)).map((key) => [key, this.#valueAt(key)] as const);
    const fresh = this.#regionsFor(this.#finder.formulas.always).flatMap((region) =>
      this.#freshKeys(region, slots, 1).map((key) => [key, region.value] as const),
    );
    return [...named, ...fresh].filter(([, set]) => this.#mayHave(set));
  }
}

function everyChoice(
  lists: readonly { readonly key: string; readonly values: readonly Json[] }[],
): readonly (readonly (readonly [string, Json])[])[] {
  return lists.reduce<readonly (readonly (readonly [string, Json])[])[]>(
    (all, { key, values }) => all.flatMap((entries) => values.map((value) => [...entries, [key, value] as const])),
    [[]],
  );
}

/** Objects that pass all tests, but these. @throws OutOfBudget */
export function findObjects(
  tests: readonly Test[],
  except: ReadonlyMap<string, Json>,
  wanted: number,
  finder: Finder,
): Found {
  const some = tests.filter((test): test is PropertyTest => test.kind === 'some-property');
  return new ObjectSearch(tests, except, wanted, finder).find(some);
}
