import type { Random } from '../random.ts';
import { criticalPaths } from './critical-path.ts';
import { Justification } from './justification.ts';
import { at, type Network } from './network.ts';

/** A schedule of the population. */
interface Member {
  /** Activities by when they begin. */
  readonly order: Int32Array;
  readonly makespan: number;
  readonly finish: Int32Array;
}

/** The best schedule of a search. */
export interface Found {
  readonly makespan: number;
  readonly finish: Int32Array;
}

export interface GeneticOptions {
  /** Schedules that may be generated; the first one and its justification, three of them, always are. */
  readonly schedules: number;
  /** A makespan that cannot be beaten: the search ends there. */
  readonly bound: number;
}

/** Of each child: neighbours in its order that swap places, in per cent of all. */
const MUTATION_PERCENT = 5;
/** Generations without a better best after which the population is sampled anew around the best. */
const PATIENCE = 40;

function populationSize(schedules: number): number {
  return Math.max(10, Math.min(300, 2 * Math.floor(Math.sqrt(schedules / 12))));
}

/**
 * A genetic algorithm over orders of activities: two-point crossover, swaps of neighbours, and double justification of every
 * child. When it stands still, a new population is sampled around the best order.
 * Sources: S. Hartmann, "A competitive genetic algorithm for resource-constrained project scheduling", NRL 45 (1998);
 * V. Valls, F. Ballestín, S. Quintanilla, "A hybrid genetic algorithm for the resource-constrained project scheduling problem",
 * EJOR 185 (2008), of which justification and the second phase around the best are taken.
 */
export class GeneticSearch {
  readonly #network: Network;
  readonly #random: Random;
  readonly #justification: Justification;
  /** What has the longest way to go is urgent. */
  readonly #tails: Int32Array;
  #best: Member | undefined;

  constructor(network: Network, random: Random) {
    this.#network = network;
    this.#random = random;
    this.#justification = new Justification(network);
    this.#tails = criticalPaths(network).tails;
  }

  /** Schedules generated so far. */
  get generated(): number {
    return this.#justification.generated;
  }

  /** Searches on from what is known by now. */
  run({ schedules, bound }: GeneticOptions): Found {
    const first = this.#best ?? this.#decode(this.#sampled(this.#tails, true));
    const best = (): Member => this.#best ?? first;
    const isOver = (): boolean => this.#justification.generated + 3 > schedules || best().makespan <= bound;
    const size = populationSize(schedules);
    for (let round = 0; !isOver(); round++) {
      let population = this.#sampledPopulation(size, round === 0 ? undefined : best(), isOver);
      for (let idle = 0; idle < PATIENCE && !isOver(); idle++) {
        const known = best();
        population = this.#nextGeneration(population, isOver);
        if (best() !== known) idle = -1;
      }
    }
    return { makespan: best().makespan, finish: best().finish };
  }

  /** The first population is sampled by urgency; later ones around the best order. */
  #sampledPopulation(size: number, around: Member | undefined, isOver: () => boolean): Member[] {
    const urgency = around === undefined ? this.#tails : urgencyOf(around.order);
    const members = around === undefined ? [] : [around];
    while (members.length < size && !isOver()) members.push(this.#decode(this.#sampled(urgency, false)));
    return members;
  }

  #nextGeneration(parents: readonly Member[], isOver: () => boolean): Member[] {
    const children: Member[] = [];
    const shuffled = this.#shuffled(parents);
    for (let pair = 0; pair + 1 < shuffled.length && !isOver(); pair += 2) {
      const [mother, father] = [shuffled[pair], shuffled[pair + 1]];
      if (mother === undefined || father === undefined) break;
      children.push(this.#child(mother, father));
      if (!isOver()) children.push(this.#child(father, mother));
    }
    return survivors([...parents, ...children], parents.length);
  }

  #shuffled(members: readonly Member[]): Member[] {
    const left = [...members];
    return members.flatMap(() => left.splice(this.#random.below(left.length), 1));
  }

  /** A stretch of the father's order between two of the mother's; each keeps what comes before what. */
  #child(mother: Member, father: Member): Member {
    const { size } = this.#network;
    const [one, two] = [this.#random.below(size + 1), this.#random.below(size + 1)];
    const [from, to] = [Math.min(one, two), Math.max(one, two)];
    const order = new Int32Array(size);
    const taken = new Uint8Array(size);
    let filled = 0;
    const fill = (source: Int32Array, until: number): void => {
      for (let place = 0; filled < until; place++) {
        const activity = at(source, place);
        if (taken[activity] === 1) continue;
        taken[activity] = 1;
        order[filled++] = activity;
      }
    };
    fill(mother.order, from);
    fill(father.order, to);
    fill(mother.order, size);
    this.#mutate(order);
    return this.#decode(order);
  }

  #mutate(order: Int32Array): void {
    for (let place = 0; place + 1 < order.length; place++) {
      if (this.#random.below(100) >= MUTATION_PERCENT) continue;
      const [earlier, later] = [at(order, place), at(order, place + 1)];
      if (this.#comesAfter(later, earlier)) continue;
      order[place] = later;
      order[place + 1] = earlier;
    }
  }

  #comesAfter(later: number, earlier: number): boolean {
    const { first, items } = this.#network.before;
    for (let link = at(first, later); link < at(first, later + 1); link++) if (at(items, link) === earlier) return true;
    return false;
  }

  #decode(order: Int32Array): Member {
    this.#justification.schedule(order);
    const justified = Int32Array.from(order);
    const makespan = this.#justification.justify(justified);
    const member = { order: justified, makespan, finish: Int32Array.from(this.#justification.finish) };
    if (this.#best === undefined || makespan < this.#best.makespan) this.#best = member;
    return member;
  }

  /**
   * An order in which what is more urgent tends to come earlier: of those that are free one is drawn, each with the weight of
   * its urgency above the least urgent one.
   * Source: A. Drexl, "Scheduling of project networks by job assignment", Management Science 37 (1991).
   * @param greedy take the most urgent one instead.
   */
  #sampled(urgency: Int32Array, greedy: boolean): Int32Array {
    const { size, before, after } = this.#network;
    const waiting = Int32Array.from({ length: size }, (_, i) => at(before.first, i + 1) - at(before.first, i));
    const free = [...waiting.keys()].filter((i) => waiting[i] === 0);
    const order = new Int32Array(size);
    for (let place = 0; place < size; place++) {
      const drawn = greedy ? mostUrgent(free, urgency) : this.#drawn(free, urgency);
      const activity = free[drawn] as number;
      free[drawn] = free.at(-1) as number;
      free.pop();
      order[place] = activity;
      for (let link = at(after.first, activity); link < at(after.first, activity + 1); link++) {
        const follower = at(after.items, link);
        waiting[follower] = at(waiting, follower) - 1;
        if (waiting[follower] === 0) free.push(follower);
      }
    }
    return order;
  }

  #drawn(free: readonly number[], urgency: Int32Array): number {
    let least = Number.POSITIVE_INFINITY;
    for (const activity of free) least = Math.min(least, at(urgency, activity));
    let total = 0;
    for (const activity of free) total += at(urgency, activity) - least + 1;
    // A random number is below 2^31; longer ways are measured in coarser steps.
    const step = Math.ceil(total / 1_073_741_824);
    let left = this.#random.below(Math.ceil(total / step)) * step;
    for (let index = 0; index < free.length; index++) {
      left -= at(urgency, free[index] as number) - least + 1;
      if (left < 0) return index;
    }
    return free.length - 1;
  }
}

function mostUrgent(free: readonly number[], urgency: Int32Array): number {
  let most = 0;
  for (let index = 1; index < free.length; index++)
    if (at(urgency, free[index] as number) > at(urgency, free[most] as number)) most = index;
  return most;
}

/** Squares of how early each stands, so that a sample stays near the order. */
function urgencyOf(order: Int32Array): Int32Array {
  const urgency = new Int32Array(order.length);
  order.forEach((activity, place) => {
    urgency[activity] = (order.length - place) ** 2;
  });
  return urgency;
}

/** The best so many, of equal schedules only one as long as there are enough others; of equally good ones the older. */
function survivors(members: readonly Member[], count: number): Member[] {
  const ordered = members.toSorted((a, b) => a.makespan - b.makespan);
  const kept: Member[] = [];
  const copies: Member[] = [];
  for (const member of ordered) {
    const isCopy = kept.some(
      ({ makespan, finish }) =>
        makespan === member.makespan && finish.every((end, activity) => end === member.finish[activity]),
    );
    (isCopy ? copies : kept).push(member);
    if (kept.length === count) return kept;
  }
  return [...kept, ...copies].slice(0, count);
}
