import { at } from '../network.ts';
import type { Clause, Clauses } from './clauses.ts';
import type { Literals } from './timetable.ts';
import { CAUSE, type Trail } from './trail.ts';

/** What a conflict teaches. */
export interface Lesson {
  /** Its first literal is false at the newest level only, the second at the next newest. */
  readonly clause: Clause;
  /** The level at which the first literal follows from the others. */
  readonly level: number;
}

/**
 * Learns from conflicts: goes back along the explanations to the first point through which everything of the newest level went.
 * Sources: J. Marques-Silva, K. Sakallah, "GRASP", IEEE Trans. Computers 48 (1999); O. Ohrimenko, P. Stuckey, M. Codish,
 * "Propagation via lazy clause generation", Constraints 14 (2009).
 */
export class Analysis {
  readonly #trail: Trail;
  readonly #clauses: Clauses;
  /** Per bound the value that the conflict needs, and the entry that gave it; -1 where it needs none. */
  readonly #needed: Int32Array;
  readonly #entry: Int32Array;
  #touched: number[] = [];
  #open = 0;

  constructor(trail: Trail, clauses: Clauses) {
    this.#trail = trail;
    this.#clauses = clauses;
    this.#needed = new Int32Array(trail.bounds.length);
    this.#entry = new Int32Array(trail.bounds.length).fill(-1);
  }

  /**
   * @param literals what holds, and cannot hold together; at least one of them since the newest level, which is above 0.
   * @param met is told of each bound and value on the way.
   */
  learn(literals: Literals, met: (bound: number, value: number) => void): Lesson {
    const { bound: boundOf, length } = this.#trail;
    this.#open = 0;
    this.#touched = [];
    for (let part = 0; part < literals.length; part += 2)
      this.#need(literals[part] as number, literals[part + 1] as number);
    let entry = length - 1;
    for (; ; entry--) {
      const bound = at(boundOf.items, entry);
      if (at(this.#entry, bound) !== entry) continue;
      met(bound, at(this.#needed, bound));
      if (this.#open === 1) break;
      this.#open--;
      this.#entry[bound] = -1;
      this.#explain(entry, at(this.#needed, bound));
    }
    const first = at(boundOf.items, entry);
    return this.#lesson(first);
  }

  #need(bound: number, value: number): void {
    const begin = this.#trail.beginOf(1);
    const newest = this.#trail.beginOf(this.#trail.level);
    const entry = this.#trail.entryOf(bound, value);
    if (entry < begin) return;
    const known = at(this.#entry, bound);
    if (known >= 0 && at(this.#needed, bound) >= value) return;
    if (known < 0) this.#touched.push(bound);
    if (known < newest && entry >= newest) this.#open++;
    this.#needed[bound] = value;
    this.#entry[bound] = entry;
  }

  /** Puts what an entry follows from in its place. */
  #explain(entry: number, value: number): void {
    const { cause, reference, distance, records, bound } = this.#trail;
    const from = at(reference.items, entry);
    switch (at(cause.items, entry)) {
      case CAUSE.precedence:
        this.#need(from, value - at(distance.items, entry));
        return;
      case CAUSE.record: {
        const end = from + at(records.items, from);
        for (let part = from + 1; part <= end; part += 2)
          this.#need(at(records.items, part), at(records.items, part + 1));
        return;
      }
      case CAUSE.clause: {
        const { bounds, values } = this.#clauses.clause(from);
        const own = at(bound.items, entry);
        for (let place = 0; place < bounds.length; place++)
          if (at(bounds, place) !== own) this.#need(at(bounds, place) ^ 1, 1 - at(values, place));
      }
    }
  }

  #lesson(first: number): Lesson {
    const kept = [...new Set(this.#touched)].filter((bound) => at(this.#entry, bound) >= 0 && bound !== first);
    kept.sort((a, b) => at(this.#entry, b) - at(this.#entry, a));
    const bounds = Int32Array.from([first, ...kept]);
    const values = bounds.map((bound) => 1 - at(this.#needed, bound));
    const levels = new Set(kept.map((bound) => this.#trail.levelOf(at(this.#entry, bound))));
    const level = kept[0] === undefined ? 0 : this.#trail.levelOf(at(this.#entry, kept[0]));
    for (const bound of this.#touched) this.#entry[bound] = -1;
    return { clause: { bounds: bounds.map((bound) => bound ^ 1), values, levels: levels.size + 1 }, level };
  }
}
