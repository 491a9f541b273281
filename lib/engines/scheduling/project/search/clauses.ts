import { at } from '../network.ts';
import { CAUSE, type Trail } from './trail.ts';

/** What was learned: at least one of its literals is true in every schedule that is looked for. The first two are watched. */
export interface Clause {
  readonly bounds: Int32Array;
  readonly values: Int32Array;
  /** Levels that met in it when it was learned: the fewer, the more it is worth. */
  readonly levels: number;
}

/**
 * Learned clauses with two watched literals each: a clause is looked at only when one of these becomes false.
 * Source: M. Moskewicz et al., "Chaff: engineering an efficient SAT solver", DAC 2001.
 */
export class Clauses {
  readonly #trail: Trail;
  #clauses: Clause[] = [];
  /** Of each bound: the clauses with a watched literal that is false from some value of it on, and this value. */
  #watching: number[][];
  #from: number[][];

  constructor(trail: Trail) {
    this.#trail = trail;
    this.#watching = Array.from(trail.bounds, () => []);
    this.#from = Array.from(trail.bounds, () => []);
  }

  get count(): number {
    return this.#clauses.length;
  }

  clause(number: number): Clause {
    return this.#clauses[number] as Clause;
  }

  /** Keeps a clause of at least two literals. @returns its number. */
  add(clause: Clause): number {
    const number = this.#clauses.length;
    this.#clauses.push(clause);
    this.#watch(number, 0);
    this.#watch(number, 1);
    return number;
  }

  /** Forgets half of the clauses, those worth least; only while nothing is tried, because numbers change. */
  reduce(): void {
    const ordered = this.#clauses
      .map((clause, age) => ({ clause, age }))
      .toSorted((a, b) => a.clause.levels - b.clause.levels || b.age - a.age);
    const kept = ordered.filter(({ clause }, place) => place < ordered.length / 2 || clause.levels <= 2);
    this.#clauses = [];
    this.#watching = this.#watching.map(() => []);
    this.#from = this.#from.map(() => []);
    for (const { clause } of kept.toSorted((a, b) => a.age - b.age)) this.#readd(clause);
  }

  /** Clauses are watched by literals that are not false, where there are two. */
  #readd(clause: Clause): void {
    const { bounds, values } = clause;
    let open = 0;
    for (let place = 0; place < bounds.length && open < 2; place++)
      if (!this.#trail.isFalse(at(bounds, place), at(values, place))) swap(clause, open++, place);
    // Everything that follows has been followed before: with fewer than two open literals, one is true for good.
    if (open === 2) this.add(clause);
  }

  #watch(number: number, place: number): void {
    const { bounds, values } = this.clause(number);
    const bound = at(bounds, place) ^ 1;
    this.#watching[bound]?.push(number);
    this.#from[bound]?.push(1 - at(values, place));
  }

  /**
   * Follows what became false when a bound grew from `before` to `now`.
   * @returns the number of a clause of which no literal is left, or -1.
   */
  follow(bound: number, before: number, now: number): number {
    const watching = this.#watching[bound] as number[];
    const from = this.#from[bound] as number[];
    let kept = 0;
    let conflict = -1;
    for (let index = 0; index < watching.length; index++) {
      const number = watching[index] as number;
      const threshold = from[index] as number;
      const isTriggered = conflict < 0 && threshold > before && threshold <= now;
      if (isTriggered && this.#moves(number, bound, threshold)) continue;
      watching[kept] = number;
      from[kept++] = threshold;
      if (isTriggered && !this.#satisfied(number)) {
        if (!this.#asserted(number)) conflict = number;
      }
    }
    watching.length = kept;
    from.length = kept;
    return conflict;
  }

  /** Puts the false literal second, and another one in its place where there is one. */
  #moves(number: number, bound: number, threshold: number): boolean {
    const clause = this.clause(number);
    const { bounds, values } = clause;
    if (at(bounds, 0) === (bound ^ 1) && at(values, 0) === 1 - threshold) swap(clause, 0, 1);
    if (this.#satisfied(number)) return false;
    for (let place = 2; place < bounds.length; place++) {
      if (this.#trail.isFalse(at(bounds, place), at(values, place))) continue;
      swap(clause, 1, place);
      this.#watch(number, 1);
      return true;
    }
    return false;
  }

  #satisfied(number: number): boolean {
    const { bounds, values } = this.clause(number);
    return this.#trail.isTrue(at(bounds, 0), at(values, 0));
  }

  #asserted(number: number): boolean {
    const { bounds, values } = this.clause(number);
    if (this.#trail.isFalse(at(bounds, 0), at(values, 0))) return false;
    this.#trail.grow(at(bounds, 0), at(values, 0), CAUSE.clause, number, 0);
    return true;
  }
}

function swap({ bounds, values }: Clause, one: number, other: number): void {
  const [bound, value] = [at(bounds, one), at(values, one)];
  bounds[one] = at(bounds, other);
  values[one] = at(values, other);
  bounds[other] = bound;
  values[other] = value;
}
