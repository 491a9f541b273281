import type { Json } from '../../../core/json.ts';
import type { Finder } from './finder.ts';
import type { Formula, Test } from './formula.ts';
import { Collection, type Found, UNDECIDED } from './found.ts';
import { textOf } from './values.ts';

type Of<Kind extends Test['kind']> = Extract<Test, { readonly kind: Kind }>;

const LONGEST = 600;

function ofKind<Kind extends Test['kind']>(tests: readonly Test[], kind: Kind): Of<Kind>[] {
  return tests.filter((test): test is Of<Kind> => test.kind === kind);
}

/** What is still to be placed: demands for items, and for each counted set how many items of it there are. */
interface Open {
  readonly demands: readonly (readonly { readonly from: number; readonly value: Formula }[])[];
  readonly counts: readonly number[];
}

/** Picks one value from each list so that all differ; undefined when there is no such choice (augmenting paths). */
function allDifferent(lists: readonly (readonly Json[])[]): readonly Json[] | undefined {
  const owner = new Map<string, number>();
  const chosen: Json[] = [];
  const place = (index: number, tried: Set<string>): boolean => {
    for (const value of lists[index] ?? []) {
      const text = textOf(value);
      if (tried.has(text)) continue;
      tried.add(text);
      const other = owner.get(text);
      if (other !== undefined && !place(other, tried)) continue;
      owner.set(text, index);
      chosen[index] = value;
      return true;
    }
    return false;
  };
  return lists.every((_, index) => place(index, new Set())) ? chosen : undefined;
}

class ArraySearch {
  readonly #finder: Finder;
  readonly #items: readonly Of<'item'>[];
  readonly #every: readonly Of<'every-item'>[];
  readonly #some: readonly Of<'some-item'>[];
  readonly #counted: readonly Of<'count'>[];
  readonly #isUnique: boolean;
  readonly #hasTwins: boolean;
  readonly #except: ReadonlyMap<string, Json>;
  readonly #wanted: number;
  /** From this index on all positions are alike. */
  readonly #tail: number;
  #isVague = false;

  constructor(tests: readonly Test[], except: ReadonlyMap<string, Json>, wanted: number, finder: Finder) {
    this.#finder = finder;
    this.#items = ofKind(tests, 'item');
    this.#every = ofKind(tests, 'every-item');
    this.#some = ofKind(tests, 'some-item');
    this.#counted = ofKind(tests, 'count');
    this.#isUnique = ofKind(tests, 'unique').some(({ negated }) => !negated);
    this.#hasTwins = ofKind(tests, 'unique').some(({ negated }) => negated);
    this.#except = except;
    this.#wanted = wanted;
    const froms = [...this.#every, ...this.#some].map(({ from }) => from);
    this.#tail = Math.max(0, ...froms, ...this.#items.map(({ index }) => index + 1));
  }

  #at(index: number): Formula {
    return this.#finder.formulas.and(
      ...this.#every.filter(({ from }) => index >= from).map(({ value }) => value),
      ...this.#items.filter((item) => item.index === index).map(({ value }) => value),
    );
  }

  #mayHave(formula: Formula): boolean {
    const found = this.#finder.find(formula, 1);
    if (found.values.length > 0) return true;
    if (!found.complete) this.#isVague = true;
    return false;
  }

  find(fewest: number, most: number): Found {
    const demanded = this.#some.length + this.#counted.reduce((sum, count) => sum + count.fewest, 0);
    // Whatever is longer stays a witness when items of the tail that no demand needs are taken out, one length for each
    // value that is left out.
    const last = Math.min(most, Math.max(fewest, this.#tail) + demanded + (this.#hasTwins ? 2 : 0) + this.#except.size);
    if (fewest > LONGEST || (last > LONGEST && demanded > LONGEST))
      return fewest > most ? { values: [], complete: true } : UNDECIDED;
    const collection = new Collection(this.#wanted);
    for (let length = fewest; length <= Math.min(last, LONGEST) && !collection.isFull; length++)
      this.#findOfLength(length, collection);
    const isEmpty = collection.values.length === 0;
    if (isEmpty) return { values: [], complete: !this.#isVague && last <= LONGEST };
    // More values than the first of each length are found by making arrays longer.
    for (let length = last + 1; length <= Math.min(most, last + this.#wanted, LONGEST) && !collection.isFull; length++)
      this.#findOfLength(length, collection);
    return { values: collection.values, complete: !this.#isVague && most === 0 };
  }

  #findOfLength(length: number, collection: Collection): void {
    const positions = Array.from({ length }, (_, index) => this.#at(index));
    if (positions.some((set) => !this.#mayHave(set))) return;
    if (!this.#hasTwins) {
      this.#place(positions, collection, undefined);
      return;
    }
    // Positions of the tail are alike, so only the first two of them need to be tried as twins.
    const reach = Math.min(length, this.#tail + 2);
    for (let a = 0; a < reach; a++)
      for (let b = a + 1; b < reach; b++) {
        if (collection.isFull) return;
        const both = this.#finder.formulas.and(positions[a] as Formula, positions[b] as Formula);
        if (this.#mayHave(both)) this.#place(positions.with(a, both).with(b, both), collection, [a, b]);
      }
    if (this.#counted.length + this.#some.length > 0) this.#isVague = true;
  }

  /** Gives each demand a position, and counts what is counted. */
  #place(positions: readonly Formula[], collection: Collection, twins: readonly [number, number] | undefined): void {
    const failed = new Set<string>();
    const limited = this.#counted.filter(({ most }) => most !== Number.POSITIVE_INFINITY);
    const demands = [
      ...this.#some.map((one) => [one]),
      ...this.#counted
        .filter(({ most }) => most === Number.POSITIVE_INFINITY)
        .map(({ value, fewest }) => Array.from({ length: fewest }, () => ({ from: 0, value }))),
    ];
    const sets: Formula[] = [];
    const visit = (index: number, open: Open): boolean => {
      this.#finder.meter.spend();
      if (index === positions.length) {
        const isMet = open.demands.every((left) => left.length === 0);
        const isCounted = limited.every(({ fewest }, at) => (open.counts[at] ?? 0) >= fewest);
        return isMet && isCounted && this.#build(sets, collection, twins);
      }
      const needed = Math.max(0, ...open.demands.map((left) => left.length));
      if (needed > positions.length - index) return false;
      const key = `${index} ${open.demands.map((left) => left.length).join()} ${open.counts.join()}`;
      if (failed.has(key)) return false;
      for (const option of this.#optionsAt(index, positions[index] as Formula, open, limited)) {
        sets[index] = option.set;
        if (this.#mayHave(option.set) && visit(index + 1, option.open)) return true;
      }
      sets.length = index;
      // With unique items a failure may depend on which sets came before.
      if (!this.#isUnique) failed.add(key);
      return false;
    };
    visit(0, { demands, counts: limited.map(() => 0) });
  }

  /** What one position can be: any of the open demands met or not, each limited set met or avoided. */
  *#optionsAt(
    index: number,
    position: Formula,
    open: Open,
    limited: readonly Of<'count'>[],
  ): Generator<{ readonly set: Formula; readonly open: Open }> {
    const { formulas } = this.#finder;
    const choose = function* (
      at: number,
      set: Formula,
      chosen: Open,
    ): Generator<{ readonly set: Formula; readonly open: Open }> {
      if (at < chosen.demands.length) {
        const [demand, ...rest] = chosen.demands[at] ?? [];
        if (demand !== undefined && index >= demand.from)
          yield* choose(at + 1, formulas.and(set, demand.value), { ...chosen, demands: chosen.demands.with(at, rest) });
        yield* choose(at + 1, set, chosen);
        return;
      }
      const slot = at - chosen.demands.length;
      const limit = limited[slot];
      if (limit === undefined) {
        yield { set, open: chosen };
        return;
      }
      const count = chosen.counts[slot] ?? 0;
      const met = { ...chosen, counts: chosen.counts.with(slot, count + 1) };
      const avoid = choose(at + 1, formulas.and(set, formulas.not(limit.value)), chosen);
      const meet = choose(at + 1, formulas.and(set, limit.value), met);
      if (count < limit.fewest) yield* meet;
      yield* avoid;
      if (count >= limit.fewest && count < limit.most) yield* choose(at + 1, formulas.and(set, limit.value), met);
    };
    yield* choose(0, position, open);
  }

  /** Collects arrays of items of these sets; answers whether there is one. */
  #build(sets: readonly Formula[], collection: Collection, twins: readonly [number, number] | undefined): boolean {
    const enough = this.#wanted + this.#except.size + (this.#isUnique ? sets.length : 0);
    const lists = sets.map((set) => this.#finder.find(set, Math.min(enough, 700)));
    if (lists.some(({ values }) => values.length === 0)) {
      this.#isVague = true;
      return false;
    }
    const before = collection.values.length;
    const add = (value: readonly Json[]) => {
      if (!this.#except.has(textOf(value))) collection.add(value);
    };
    if (this.#isUnique) {
      const chosen = allDifferent(lists.map(({ values }) => values));
      if (chosen === undefined) {
        if (lists.some(({ complete }) => !complete)) this.#isVague = true;
        return false;
      }
      add(chosen);
      if (collection.values.length === before) this.#isVague = true;
      return collection.values.length > before;
    }
    const base = lists.map(({ values }) => values[0] as Json);
    add(base);
    for (const [index, { values }] of lists.entries())
      for (const value of values.slice(1)) {
        if (collection.isFull) break;
        add(twins?.includes(index) ? base.with(twins[0], value).with(twins[1], value) : base.with(index, value));
      }
    // Values that are left out may hide others that could be built.
    if (collection.values.length === before && lists.some(({ complete }) => !complete)) this.#isVague = true;
    else if (collection.values.length === before && sets.length > 1) this.#isVague = true;
    return collection.values.length > before;
  }
}

/** Arrays that pass all tests, but these. @throws OutOfBudget */
export function findArrays(
  tests: readonly Test[],
  except: ReadonlyMap<string, Json>,
  wanted: number,
  finder: Finder,
): Found {
  const fewest = Math.max(0, ...ofKind(tests, 'fewest').map(({ count }) => count));
  const most = Math.min(Number.POSITIVE_INFINITY, ...ofKind(tests, 'most').map(({ count }) => count));
  return new ArraySearch(tests, except, wanted, finder).find(fewest, most);
}
