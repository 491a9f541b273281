import { Generation } from './generation.ts';
import { at, type Network } from './network.ts';

/** Above any position in an order: keys are an instant times this, plus a position. */
const POSITIONS = 1_024;

/**
 * Makes schedules from orders of activities, and makes them better by double justification: everything is pushed to the end,
 * what ends last first, and then back to the beginning. No schedule gets longer by it.
 * Source: V. Valls, F. Ballestín, S. Quintanilla, "Justification and RCPSP: a technique that pays", EJOR 165 (2005).
 */
export class Justification {
  readonly #forward: Generation;
  readonly #backward: Generation;
  readonly #network: Network;
  /** Position in the topological order. */
  readonly #rank: Int32Array;
  readonly #keys: Float64Array;
  readonly #order: Int32Array;
  #generated = 0;

  constructor(network: Network) {
    const { size } = network;
    this.#network = network;
    this.#forward = new Generation(network, network.before);
    this.#backward = new Generation(network, network.after);
    this.#rank = new Int32Array(size);
    network.topological.forEach((activity, position) => {
      this.#rank[activity] = position;
    });
    this.#keys = new Float64Array(size);
    this.#order = new Int32Array(size);
  }

  /** Schedules generated so far; double justification generates two. */
  get generated(): number {
    return this.#generated;
  }

  /** When each activity ends in the last schedule. */
  get finish(): Int32Array {
    return this.#forward.finish;
  }

  /** The schedule of an order in which each activity is behind all that it comes after. @returns its makespan. */
  schedule(order: Int32Array): number {
    this.#generated++;
    return this.#forward.run(order);
  }

  /**
   * Justifies the last schedule to the right and to the left; `order` is overwritten with its activities by when they begin.
   * @returns the makespan.
   */
  justify(order: Int32Array): number {
    this.#generated += 2;
    this.#byEnd(this.#forward.finish, true, this.#order);
    this.#backward.run(this.#order);
    this.#byEnd(this.#backward.finish, false, order);
    return this.#forward.run(order);
  }

  /**
   * What ends last first. Those that end together keep what comes before what: of two of them, of which one takes no time, one
   * may come after the other.
   */
  #byEnd(finish: Int32Array, descending: boolean, into: Int32Array): void {
    const { size, topological } = this.#network;
    for (let activity = 0; activity < size; activity++) {
      const rank = at(this.#rank, activity);
      this.#keys[activity] = at(finish, activity) * POSITIONS + (descending ? rank : size - 1 - rank);
    }
    this.#keys.sort();
    for (let place = 0; place < size; place++) {
      const rank = (this.#keys[size - 1 - place] as number) % POSITIONS;
      into[place] = at(topological, descending ? rank : size - 1 - rank);
    }
  }
}
