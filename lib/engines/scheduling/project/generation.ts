import { at, type Links, type Network } from './network.ts';

/**
 * The serial generation of schedules: activities are placed one after the other, each as early as those before it and the
 * capacities allow. The profile of the resources is a linked list of the points in time at which something begins or ends, so
 * its cost does not depend on how long anything takes.
 * Source: R. Kolisch, "Serial and parallel resource-constrained project scheduling methods revisited", EJOR 90 (1996).
 */
export class Generation {
  /** Of the last schedule: when each activity ends. */
  readonly finish: Int32Array;
  readonly #network: Network;
  readonly #before: Links;
  /** What each activity uses: pairs of a resource and an amount. */
  readonly #demands: Links;
  readonly #time: Int32Array;
  readonly #next: Int32Array;
  readonly #free: Int32Array;
  /** The point at which each activity ends. */
  readonly #end: Int32Array;
  #points = 0;

  /** @param before what each activity comes after; the other way round, schedules are built from the end of time. */
  constructor(network: Network, before: Links) {
    const { size, resources } = network;
    this.#network = network;
    this.#before = before;
    this.#demands = demandsOf(network);
    this.finish = new Int32Array(size);
    this.#end = new Int32Array(size);
    this.#time = new Int32Array(size + 2);
    this.#next = new Int32Array(size + 2);
    this.#free = new Int32Array((size + 2) * resources);
  }

  /**
   * Places the activities in this order, in which each is behind all that it comes after.
   * @returns the end of the last one.
   */
  run(order: Int32Array): number {
    this.#time[0] = 0;
    this.#next[0] = -1;
    this.#free.set(this.#network.capacities, 0);
    this.#points = 1;
    let makespan = 0;
    for (let position = 0; position < order.length; position++) {
      const end = this.#place(at(order, position));
      if (end > makespan) makespan = end;
    }
    return makespan;
  }

  #place(activity: number): number {
    const { durations } = this.#network;
    const duration = at(durations, activity);
    const start = this.#earliest(activity, duration);
    const end = at(this.#time, start) + duration;
    const last = this.#pointAt(start, end);
    this.#take(activity, start, last);
    this.#end[activity] = last;
    this.finish[activity] = end;
    return end;
  }

  /** The first point from which on there is enough for the whole duration. */
  #earliest(activity: number, duration: number): number {
    const { first, items } = this.#before;
    let start = 0;
    for (let link = at(first, activity); link < at(first, activity + 1); link++) {
      const end = at(this.#end, at(items, link));
      if (at(this.#time, end) > at(this.#time, start)) start = end;
    }
    let until = at(this.#time, start) + duration;
    for (let point = start; point >= 0 && at(this.#time, point) < until; point = at(this.#next, point)) {
      if (this.#enough(activity, point)) continue;
      // Behind the last point nothing runs, so there is a next one wherever there is not enough.
      start = at(this.#next, point);
      until = at(this.#time, start) + duration;
    }
    return start;
  }

  #enough(activity: number, point: number): boolean {
    const { first, items } = this.#demands;
    const row = point * this.#network.resources;
    for (let demand = at(first, activity); demand < at(first, activity + 1); demand += 2)
      if (at(this.#free, row + at(items, demand)) < at(items, demand + 1)) return false;
    return true;
  }

  /** The point at an instant; made where there is none yet. */
  #pointAt(from: number, instant: number): number {
    let point = from;
    for (let next = at(this.#next, point); next >= 0 && at(this.#time, next) <= instant; next = at(this.#next, point))
      point = next;
    if (at(this.#time, point) === instant) return point;
    const { resources } = this.#network;
    const made = this.#points++;
    this.#time[made] = instant;
    this.#next[made] = at(this.#next, point);
    this.#next[point] = made;
    this.#free.copyWithin(made * resources, point * resources, (point + 1) * resources);
    return made;
  }

  #take(activity: number, start: number, end: number): void {
    const { first, items } = this.#demands;
    const { resources } = this.#network;
    for (let point = start; point !== end; point = at(this.#next, point)) {
      const row = point * resources;
      for (let demand = at(first, activity); demand < at(first, activity + 1); demand += 2) {
        const cell = row + at(items, demand);
        this.#free[cell] = at(this.#free, cell) - at(items, demand + 1);
      }
    }
  }
}

function demandsOf({ size, resources, uses }: Network): Links {
  const items: number[] = [];
  const first = new Int32Array(size + 1);
  for (let activity = 0; activity < size; activity++) {
    for (let resource = 0; resource < resources; resource++) {
      const amount = at(uses, activity * resources + resource);
      if (amount > 0) items.push(resource, amount);
    }
    first[activity + 1] = items.length;
  }
  return { first, items: Int32Array.from(items) };
}
