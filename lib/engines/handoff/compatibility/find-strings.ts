import { type Automaton, automatonOf } from './automaton.ts';
import { LAST_CODE_POINT } from './code-points.ts';
import { type Found, NOTHING, UNDECIDED } from './found.ts';
import type { Meter } from './meter.ts';

/** A set of strings: lengths in code points, patterns that match and that do not, strings that are left out. */
export interface StringSet {
  readonly shortest: number;
  readonly longest: number;
  readonly patterns: readonly { readonly source: string; readonly negated: boolean }[];
  readonly except: ReadonlySet<string>;
  /** Something more is asked that cannot be decided. */
  readonly isVague: boolean;
}

const LONGEST_WITNESS = 20_000;
const NICE: readonly (readonly [number, number])[] = [
  [0x61, 0x7a],
  [0x30, 0x39],
  [0x41, 0x5a],
  [0x20, 0x7e],
  [0xa1, 0xd7ff],
  [0xe000, LAST_CODE_POINT],
  [0x00, 0xa0],
  [0xd800, 0xdfff],
];

/** Characters that no pattern tells apart, with some of them to write. */
interface Symbol {
  readonly chars: readonly number[];
  readonly areAll: boolean;
}

interface Step {
  readonly symbol: Symbol;
  readonly to: number;
}

function symbolsOf(automata: readonly Automaton[], wanted: number): Symbol[] {
  const cuts = [...new Set([0, ...automata.flatMap(({ boundaries }) => boundaries)])]
    .filter((cut) => cut <= LAST_CODE_POINT)
    .sort((a, b) => a - b);
  return cuts.map((from, index) => {
    const to = (cuts[index + 1] ?? LAST_CODE_POINT + 1) - 1;
    const chars = new Set<number>();
    for (const [low, high] of NICE)
      for (let at = Math.max(low, from); at <= Math.min(high, to) && chars.size < wanted; at++) chars.add(at);
    return { chars: [...chars], areAll: chars.size === to - from + 1 };
  });
}

type Signed = { readonly automaton: Automaton; readonly negated: boolean };

/** The product of the automata of all patterns, as far as it can be reached. */
class Product {
  readonly #automata: readonly Signed[];
  readonly #symbols: readonly Symbol[];
  readonly #states: (readonly number[])[] = [];
  readonly #byText = new Map<string, number>();
  readonly #steps: (readonly Step[] | undefined)[] = [];
  readonly #meter: Meter;

  constructor(automata: readonly Signed[], wanted: number, meter: Meter) {
    this.#automata = automata;
    this.#meter = meter;
    this.#symbols = symbolsOf(
      automata.map(({ automaton }) => automaton),
      wanted,
    );
    this.#add(automata.map(() => 0));
  }

  #add(state: readonly number[]): number {
    const text = state.join();
    const known = this.#byText.get(text);
    if (known !== undefined) return known;
    this.#byText.set(text, this.#states.length);
    return this.#states.push(state) - 1;
  }

  accepts(state: number): boolean {
    return this.#automata.every(
      ({ automaton, negated }, index) => automaton.isAccepting(this.#states[state]?.[index] ?? 0) !== negated,
    );
  }

  /** Where each kind of character leads; kinds that lead to the same state are one. */
  steps(state: number): readonly Step[] {
    const known = this.#steps[state];
    if (known !== undefined) return known;
    this.#meter.spend(this.#symbols.length);
    const from = this.#states[state] as readonly number[];
    const byState = new Map<number, { chars: number[]; areAll: boolean }>();
    for (const { chars, areAll } of this.#symbols) {
      const char = chars[0] as number;
      const to = this.#add(
        this.#automata.map(({ automaton }, index) => automaton.next(from[index] ?? 0, char, automaton.stretchOf(char))),
      );
      const merged = byState.get(to) ?? { chars: [], areAll: true };
      merged.chars.push(...chars);
      merged.areAll &&= areAll;
      byState.set(to, merged);
    }
    const steps = [...byState].map(([to, symbol]) => ({ to, symbol: { ...symbol, chars: nicest(symbol.chars) } }));
    this.#steps[state] = steps;
    return steps;
  }

  /** All reachable states. */
  explore(): number {
    for (let state = 0; state < this.#states.length; state++) this.steps(state);
    return this.#states.length;
  }
}

function nicest(chars: readonly number[]): number[] {
  const rank = (char: number) => NICE.findIndex(([low, high]) => low <= char && char <= high);
  return chars.toSorted((a, b) => rank(a) - rank(b) || a - b);
}

/** For each length, the states from which a string of that length is accepted. */
function aliveByLength(product: Product, states: number, longest: number, meter: Meter): ReadonlySet<number>[] {
  const all = Array.from({ length: states }, (_, state) => state);
  const alive: ReadonlySet<number>[] = [new Set(all.filter((state) => product.accepts(state)))];
  for (let length = 1; length <= longest; length++) {
    meter.spend(states);
    const before = alive[length - 1] as ReadonlySet<number>;
    alive.push(new Set(all.filter((state) => product.steps(state).some(({ to }) => before.has(to)))));
  }
  return alive;
}

/** Strings of one length that are accepted, in order. */
function* stringsOf(product: Product, alive: readonly ReadonlySet<number>[], length: number): Generator<string> {
  const path: { readonly state: number; readonly options: readonly (readonly [number, number])[]; at: number }[] = [];
  const open = (state: number, left: number) => {
    const options =
      left === 0
        ? []
        : product
            .steps(state)
            .filter(({ to }) => alive[left - 1]?.has(to))
            .flatMap(({ to, symbol }) => symbol.chars.map((char) => [char, to] as const));
    path.push({ state, options, at: 0 });
  };
  if (!alive[length]?.has(0)) return;
  open(0, length);
  while (path.length > 0) {
    const top = path.at(-1) as (typeof path)[number];
    if (path.length === length + 1) {
      yield String.fromCodePoint(...path.slice(0, -1).map(({ options, at }) => options[at - 1]?.[0] ?? 0));
      path.pop();
      continue;
    }
    const option = top.options[top.at++];
    if (option === undefined) path.pop();
    else open(option[1], length - path.length);
  }
}

function collect(set: StringSet, product: Product, wanted: number, meter: Meter): Found {
  const states = product.explore();
  if (set.shortest > LONGEST_WITNESS) {
    const any = Array.from({ length: states }, (_, state) => state).some((state) => product.accepts(state));
    return any ? UNDECIDED : NOTHING;
  }
  // By the pumping lemma an infinite language has a string that is between one and two times as long as there are states.
  const last = Math.min(set.longest, set.shortest + 2 * states);
  const alive = aliveByLength(product, states, last, meter);
  const values: string[] = [];
  let complete = true;
  for (let length = set.shortest; length <= last; length++)
    for (const text of stringsOf(product, alive, length)) {
      meter.spend(1 + length);
      if (set.except.has(text)) continue;
      if (values.length >= wanted) return { values, complete: false };
      values.push(text);
    }
  for (let length = set.shortest + states; length <= last; length++)
    if (last < set.longest && alive[length]?.has(0)) complete = false;
  const spelled = Array.from({ length: states }, (_, state) => state).every((state) =>
    product.steps(state).every(({ symbol, to }) => symbol.areAll || alive.every((set) => !set.has(to))),
  );
  return { values, complete: complete && (spelled || alive.slice(set.shortest).every((set) => !set.has(0))) };
}

/**
 * Finds strings of a set by walking the product of the automata of its patterns.
 * @throws OutOfBudget, and NotRegular when an automaton grows too large
 */
export function findStrings(set: StringSet, wanted: number, meter: Meter): Found {
  if (set.longest < set.shortest || set.longest < 0) return NOTHING;
  const automata: Signed[] = [];
  let isVague = set.isVague;
  for (const { source, negated } of set.patterns) {
    const automaton = automatonOf(source);
    if (automaton === undefined) isVague = true;
    else automata.push({ automaton, negated });
  }
  const enough = wanted + set.except.size;
  const found = collect(set, new Product(automata, Math.min(enough, 64), meter), wanted, meter);
  return isVague && found.values.length > 0 ? { ...found, complete: false } : found;
}
