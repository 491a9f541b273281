import { at, type Network } from '../network.ts';
import { CAUSE, type Trail } from './trail.ts';

/** Statements that hold, of which others are a consequence: pairs of bound and value. */
export type Literals = number[];

/** How many durations of an activity are so many that it is moved past a step at once, instead of instant by instant. */
const LONG = 4;

/**
 * What one resource says about starts. An activity that must run at an instant, wherever in its window it lies, takes its share
 * then; where another one no longer fits beside, it moves. Each move is explained by the activities that fill one instant.
 * Source: A. Schutt, T. Feydy, P. Stuckey, M. Wallace, "Explaining the cumulative propagator", Constraints 16 (2011).
 */
export class Timetable {
  readonly #trail: Trail;
  readonly #durations: Int32Array;
  readonly #uses: Int32Array;
  readonly #capacity: number;
  /** The activities that use the resource; these lists stay nearly sorted from call to call. */
  readonly #users: Int32Array;
  readonly #byBegin: Int32Array;
  readonly #byEnd: Int32Array;
  /** The profile: at `#instant[i]` the height becomes `#height[i]`. */
  readonly #instant: Int32Array;
  readonly #height: Int32Array;
  #steps = 0;

  constructor(network: Network, resource: number, trail: Trail) {
    const { size, durations, resources, capacities, uses } = network;
    this.#trail = trail;
    this.#durations = durations;
    this.#uses = Int32Array.from({ length: size }, (_, i) => at(uses, i * resources + resource));
    this.#capacity = at(capacities, resource);
    const users = [...durations.keys()].filter((i) => at(this.#uses, i) > 0 && at(durations, i) > 0);
    // What uses most is pushed first, and first to be named.
    this.#users = Int32Array.from(users.toSorted((a, b) => at(this.#uses, b) - at(this.#uses, a) || a - b));
    this.#byBegin = Int32Array.from(this.#users);
    this.#byEnd = Int32Array.from(this.#users);
    this.#instant = new Int32Array(2 * users.length + 1);
    this.#height = new Int32Array(2 * users.length + 1);
  }

  #latest(activity: number): number {
    return -at(this.#trail.bounds, 2 * activity + 1);
  }

  #earliestEnd(activity: number): number {
    return at(this.#trail.bounds, 2 * activity) + at(this.#durations, activity);
  }

  /**
   * Moves starts as far as the profile demands.
   * @returns what cannot hold together, or undefined.
   */
  propagate(): Literals | undefined {
    const peak = this.#build();
    if (peak >= 0) return this.#filling(peak, peak, -1, this.#capacity);
    for (let index = 0; index < this.#users.length; index++) {
      const activity = at(this.#users, index);
      const { bounds } = this.#trail;
      if (at(bounds, 2 * activity) === -at(bounds, 2 * activity + 1)) continue;
      const conflict = this.#pushLater(activity) ?? this.#pushEarlier(activity);
      if (conflict !== undefined) return conflict;
    }
    return undefined;
  }

  /** Builds the profile of what surely runs. @returns an instant at which it is above the capacity, or -1. */
  #build(): number {
    const size = this.#users.length;
    this.#sort(this.#byBegin, (activity) => this.#latest(activity));
    this.#sort(this.#byEnd, (activity) => this.#earliestEnd(activity));
    this.#steps = 0;
    let height = 0;
    let ended = 0;
    let begun = 0;
    // What begins after everything has its earliest end behind it has no sure part.
    while (ended < size) {
      const begin = begun < size ? this.#latest(at(this.#byBegin, begun)) : Number.MAX_SAFE_INTEGER;
      const end = this.#earliestEnd(at(this.#byEnd, ended));
      const now = Math.min(begin, end);
      let changes = false;
      for (; ended < size && this.#earliestEnd(at(this.#byEnd, ended)) === now; ended++) {
        const activity = at(this.#byEnd, ended);
        if (this.#latest(activity) >= now) continue;
        height -= at(this.#uses, activity);
        changes = true;
      }
      for (; begun < size && this.#latest(at(this.#byBegin, begun)) === now; begun++) {
        const activity = at(this.#byBegin, begun);
        if (this.#earliestEnd(activity) <= now) continue;
        height += at(this.#uses, activity);
        changes = true;
      }
      // Also where the height stays the same: within a step, the same activities run from its begin to its end.
      if (!changes) continue;
      if (height > this.#capacity) return now;
      this.#instant[this.#steps] = now;
      this.#height[this.#steps++] = height;
    }
    return -1;
  }

  /** Insertion sort: little has changed since the last time. */
  #sort(list: Int32Array, key: (activity: number) => number): void {
    for (let place = 1; place < list.length; place++) {
      const activity = at(list, place);
      const own = key(activity);
      let hole = place;
      for (; hole > 0 && key(at(list, hole - 1)) > own; hole--) list[hole] = at(list, hole - 1);
      list[hole] = activity;
    }
  }

  /** Whether an activity that is free to move finds no room beside what surely runs in a step of the profile. */
  #blocks(step: number, activity: number): boolean {
    const height = at(this.#height, step);
    const use = at(this.#uses, activity);
    if (height + use <= this.#capacity) return false;
    // Its own share is part of the profile where it surely runs.
    return !(this.#partBegin <= at(this.#instant, step) && at(this.#instant, step) < this.#partEnd);
  }

  /** Where the activity surely ran when the profile was built. */
  #partBegin = 0;
  #partEnd = 0;

  #endOf(step: number): number {
    return step + 1 < this.#steps ? at(this.#instant, step + 1) : at(this.#instant, step);
  }

  /** The first step that ends behind an instant; the number of steps when there is none. */
  #stepAt(instant: number): number {
    let low = 0;
    let high = this.#steps;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.#endOf(middle) > instant) high = middle;
      else low = middle + 1;
    }
    return low;
  }

  #pushLater(activity: number): Literals | undefined {
    const duration = at(this.#durations, activity);
    this.#partBegin = this.#latest(activity);
    this.#partEnd = this.#earliestEnd(activity);
    let start = at(this.#trail.bounds, 2 * activity);
    for (let step = this.#stepAt(start); step < this.#steps && at(this.#instant, step) < start + duration; step++) {
      const end = this.#endOf(step);
      if (!this.#blocks(step, activity)) continue;
      while (start < end) {
        const isLong = end - start > LONG * duration;
        const to = isLong ? end - 1 : Math.min(end, start + duration) - 1;
        const from = isLong ? start + duration - 1 : to;
        const because = this.#filling(from, to, activity, this.#capacity - at(this.#uses, activity));
        because.push(2 * activity, from + 1 - duration);
        const conflict = this.#grow(2 * activity, to + 1, because);
        if (conflict !== undefined) return conflict;
        start = to + 1;
      }
    }
    return undefined;
  }

  #pushEarlier(activity: number): Literals | undefined {
    const duration = at(this.#durations, activity);
    let end = this.#latest(activity) + duration;
    let step = Math.min(this.#stepAt(end), this.#steps - 1);
    for (; step >= 0 && this.#endOf(step) > end - duration; step--) {
      const begin = at(this.#instant, step);
      if (begin >= end || !this.#blocks(step, activity)) continue;
      while (end > begin) {
        const isLong = end - begin > LONG * duration;
        const from = isLong ? begin : Math.max(begin, end - duration);
        const to = isLong ? end - duration : from;
        const because = this.#filling(from, to, activity, this.#capacity - at(this.#uses, activity));
        because.push(2 * activity + 1, -to);
        const conflict = this.#grow(2 * activity + 1, duration - from, because);
        if (conflict !== undefined) return conflict;
        end = from;
      }
    }
    return undefined;
  }

  /** The literals of activities that surely run from one instant to another and together use more than `room`. */
  #filling(from: number, to: number, except: number, room: number): Literals {
    const named: number[] = [];
    let height = 0;
    for (let index = 0; index < this.#users.length && height <= room; index++) {
      const activity = at(this.#users, index);
      if (activity === except || this.#latest(activity) > from || to >= this.#earliestEnd(activity)) continue;
      named.push(activity);
      height += at(this.#uses, activity);
    }
    // Whoever is not needed is not named: the fewer, the more the explanation says.
    let surplus = height - room - 1;
    const literals: Literals = [];
    for (const activity of named) {
      const use = at(this.#uses, activity);
      if (use <= surplus) surplus -= use;
      else literals.push(2 * activity, to + 1 - at(this.#durations, activity), 2 * activity + 1, -from);
    }
    return literals;
  }

  #grow(bound: number, value: number, because: Literals): Literals | undefined {
    const trail = this.#trail;
    if (trail.isFalse(bound, value)) return [...because, bound ^ 1, 1 - value];
    if (trail.isTrue(bound, value)) return undefined;
    const record = trail.records.length;
    trail.records.push(because.length);
    for (const part of because) trail.records.push(part);
    trail.grow(bound, value, CAUSE.record, record, 0);
    return undefined;
  }
}
