import { at, type Network } from '../network.ts';
import type { Clauses } from './clauses.ts';
import { type Literals, Timetable } from './timetable.ts';
import { CAUSE, type Trail } from './trail.ts';

/** Follows what a bound means: for learned clauses and predecessors at once, then for the resources that it concerns. */
export class Propagation {
  readonly #network: Network;
  readonly #trail: Trail;
  readonly #clauses: Clauses;
  readonly #timetables: readonly Timetable[];
  /** Resources of which a user has moved since their time table was looked at. */
  readonly #isDue: Uint8Array;
  /** Entries of the trail that have been followed. */
  #followed = 0;

  constructor(network: Network, trail: Trail, clauses: Clauses) {
    const { resources } = network;
    this.#network = network;
    this.#trail = trail;
    this.#clauses = clauses;
    this.#timetables = Array.from({ length: resources }, (_, resource) => new Timetable(network, resource, trail));
    this.#isDue = new Uint8Array(resources).fill(1);
  }

  /** Entries of the trail were taken back. */
  backTo(length: number): void {
    this.#followed = Math.min(this.#followed, length);
  }

  /** Follows what grew, until nothing more does. @returns what cannot hold together, or undefined. */
  run(): Literals | undefined {
    for (;;) {
      while (this.#followed < this.#trail.length) {
        const conflict = this.#follow(this.#followed++);
        if (conflict !== undefined) return conflict;
      }
      const due = this.#isDue.indexOf(1);
      if (due < 0) return undefined;
      this.#isDue[due] = 0;
      const conflict = this.#timetables[due]?.propagate();
      if (conflict !== undefined) {
        this.#isDue[due] = 1;
        return conflict;
      }
    }
  }

  #follow(entry: number): Literals | undefined {
    const trail = this.#trail;
    const bound = at(trail.bound.items, entry);
    const value = at(trail.value.items, entry);
    const previous = at(trail.previous.items, entry);
    const before = previous < 0 ? Number.NEGATIVE_INFINITY : at(trail.value.items, previous);
    const clause = this.#clauses.follow(bound, before, value);
    if (clause >= 0) {
      const { bounds, values } = this.#clauses.clause(clause);
      return [...bounds].flatMap((one, place) => [one ^ 1, 1 - at(values, place)]);
    }
    // A newer entry of the same bound says more.
    if (at(trail.bounds, bound) !== value) return undefined;
    this.#markResources(bound >> 1);
    return this.#followPrecedence(bound, value);
  }

  #markResources(activity: number): void {
    const { resources, uses } = this.#network;
    for (let resource = 0; resource < resources; resource++)
      if (at(uses, activity * resources + resource) > 0) this.#isDue[resource] = 1;
  }

  #followPrecedence(bound: number, value: number): Literals | undefined {
    const { before, after, durations } = this.#network;
    const activity = bound >> 1;
    const side = bound & 1;
    const { first, items } = side === 0 ? after : before;
    for (let link = at(first, activity); link < at(first, activity + 1); link++) {
      const other = at(items, link);
      const distance = at(durations, side === 0 ? activity : other);
      const target = 2 * other + side;
      if (this.#trail.isFalse(target, value + distance)) return [bound, value, target ^ 1, 1 - value - distance];
      if (!this.#trail.isTrue(target, value + distance))
        this.#trail.grow(target, value + distance, CAUSE.precedence, bound, distance);
    }
    return undefined;
  }
}
