import { at } from '../network.ts';

/** Why a bound grew; what `reference` means depends on it. */
export const CAUSE = {
  /** It was so from the beginning, or it follows for all schedules that are looked for. */
  given: 0,
  /** It was tried. */
  decision: 1,
  /** Another bound, `reference`, at the value less `distance`. */
  precedence: 2,
  /** The literals of a record, which begins at `reference`. */
  record: 3,
  /** A learned clause with the number `reference`. */
  clause: 4,
} as const;

/** An array of whole numbers that grows. */
export class Numbers {
  items: Int32Array;
  length = 0;

  constructor(capacity: number) {
    this.items = new Int32Array(capacity);
  }

  push(value: number): void {
    if (this.length === this.items.length) {
      const larger = new Int32Array(2 * this.length);
      larger.set(this.items);
      this.items = larger;
    }
    this.items[this.length++] = value;
  }
}

/**
 * The bounds of all starts, and everything that made them grow, so that it can be explained and taken back. Bound 2i is the
 * earliest start of activity i, bound 2i + 1 its latest start with the sign turned, so that both only ever grow. The literal
 * (bound, value) says that the bound is at least the value; its opposite is (bound ^ 1, 1 - value).
 */
export class Trail {
  /** The value of each bound. */
  readonly bounds: Int32Array;
  /** The newest entry of each bound. */
  readonly newest: Int32Array;
  readonly bound = new Numbers(1_024);
  readonly value = new Numbers(1_024);
  /** The entry before of the same bound; -1 of the first. */
  readonly previous = new Numbers(1_024);
  readonly cause = new Numbers(1_024);
  readonly reference = new Numbers(1_024);
  readonly distance = new Numbers(1_024);
  /** Literals that explain entries: a count, then pairs of bound and value. */
  readonly records = new Numbers(4_096);
  /** For each level, how long the trail and the records were when it began. */
  readonly #levels: number[] = [];
  readonly #recorded: number[] = [];

  constructor(earliest: Int32Array, latest: Int32Array) {
    const size = 2 * earliest.length;
    this.bounds = new Int32Array(size);
    this.newest = new Int32Array(size);
    for (let bound = 0; bound < size; bound++) {
      const start = at(bound % 2 === 0 ? earliest : latest, bound >> 1);
      this.#append(bound, bound % 2 === 0 ? start : -start, -1);
      this.cause.push(CAUSE.given);
      this.reference.push(0);
      this.distance.push(0);
    }
  }

  get length(): number {
    return this.bound.length;
  }

  get level(): number {
    return this.#levels.length;
  }

  /** The first entry of a level above 0. */
  beginOf(level: number): number {
    return this.#levels[level - 1] ?? 0;
  }

  /** The level to which an entry belongs. */
  levelOf(entry: number): number {
    let level = this.#levels.length;
    while (level > 0 && (this.#levels[level - 1] as number) > entry) level--;
    return level;
  }

  isTrue(bound: number, value: number): boolean {
    return at(this.bounds, bound) >= value;
  }

  isFalse(bound: number, value: number): boolean {
    return at(this.bounds, bound ^ 1) >= 1 - value;
  }

  openLevel(): void {
    this.#levels.push(this.length);
    this.#recorded.push(this.records.length);
  }

  /** Lets a bound grow to a value that is above its own. */
  grow(bound: number, value: number, cause: number, reference: number, distance: number): void {
    this.#append(bound, value, at(this.newest, bound));
    this.cause.push(cause);
    this.reference.push(reference);
    this.distance.push(distance);
  }

  /** Takes back every level above this one. */
  backTo(level: number): void {
    if (level >= this.level) return;
    const length = this.beginOf(level + 1);
    for (let entry = this.length - 1; entry >= length; entry--) {
      const bound = at(this.bound.items, entry);
      const previous = at(this.previous.items, entry);
      this.newest[bound] = previous;
      this.bounds[bound] = at(this.value.items, previous);
    }
    for (const list of [this.bound, this.value, this.previous, this.cause, this.reference, this.distance])
      list.length = length;
    this.records.length = this.#recorded[level] ?? 0;
    this.#levels.length = level;
    this.#recorded.length = level;
  }

  /** The entry that made a literal true. */
  entryOf(bound: number, value: number): number {
    let entry = at(this.newest, bound);
    for (let earlier = at(this.previous.items, entry); earlier >= 0; earlier = at(this.previous.items, entry)) {
      if (at(this.value.items, earlier) < value) break;
      entry = earlier;
    }
    return entry;
  }

  #append(bound: number, value: number, previous: number): void {
    this.newest[bound] = this.length;
    this.bounds[bound] = value;
    this.bound.push(bound);
    this.value.push(value);
    this.previous.push(previous);
  }
}
