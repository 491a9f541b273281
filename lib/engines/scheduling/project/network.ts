import type { ProjectProblem } from './problem.ts';

/** An entry of an array of which it is known that it has one there. */
export function at(array: Int32Array, index: number): number {
  return array[index] as number;
}

/** For each activity a list of others: those of `i` are `items[first[i]]` to `items[first[i + 1] - 1]`. */
export interface Links {
  readonly first: Int32Array;
  readonly items: Int32Array;
}

/**
 * A project as arrays: activities and resources are numbered by the order of their ids, so that the order in which a document
 * lists them means nothing.
 */
export interface Network {
  readonly size: number;
  readonly ids: readonly string[];
  /** Units of the document that one unit of time here stands for: the greatest common divisor of all durations. */
  readonly unit: number;
  readonly durations: Int32Array;
  readonly resources: number;
  readonly capacities: Int32Array;
  /** Of resource r by activity i: `uses[i * resources + r]`. */
  readonly uses: Int32Array;
  readonly before: Links;
  readonly after: Links;
  /** Activities, each behind all that it comes after. */
  readonly topological: Int32Array;
}

const byCodeUnits = (a: { readonly id: string }, b: { readonly id: string }): number => (a.id < b.id ? -1 : 1);

const greatestCommonDivisor = (a: number, b: number): number => (b === 0 ? a : greatestCommonDivisor(b, a % b));

function linksOf(lists: readonly (readonly number[])[]): Links {
  const first = new Int32Array(lists.length + 1);
  lists.forEach((list, index) => {
    first[index + 1] = at(first, index) + list.length;
  });
  return { first, items: Int32Array.from(lists.flat()) };
}

/** Kahn's algorithm; among those that are free, the one with the smallest number goes first. */
function topologicalOrder(before: Links, after: Links): Int32Array {
  const size = before.first.length - 1;
  const waiting = Int32Array.from({ length: size }, (_, i) => at(before.first, i + 1) - at(before.first, i));
  const order = Int32Array.from([...waiting.keys()].filter((i) => waiting[i] === 0));
  const whole = new Int32Array(size);
  whole.set(order);
  let filled = order.length;
  for (let done = 0; done < filled; done++) {
    const i = at(whole, done);
    for (let link = at(after.first, i); link < at(after.first, i + 1); link++) {
      const follower = at(after.items, link);
      waiting[follower] = at(waiting, follower) - 1;
      if (waiting[follower] === 0) whole[filled++] = follower;
    }
  }
  return whole;
}

/** Puts a project that `parseProject` let through into arrays. */
export function networkOf(problem: ProjectProblem): Network {
  const activities = problem.activities.toSorted(byCodeUnits);
  const resources = problem.resources.toSorted(byCodeUnits);
  const size = activities.length;
  const number = new Map(activities.map(({ id }, index) => [id, index]));
  const unit = Math.max(
    1,
    activities.reduce((divisor, { duration }) => greatestCommonDivisor(divisor, duration), 0),
  );
  const lists = activities.map(({ after }) =>
    [...new Set(after)].map((id) => number.get(id) ?? -1).toSorted((a, b) => a - b),
  );
  const followers: number[][] = activities.map(() => []);
  lists.forEach((list, i) => {
    for (const earlier of list) followers[earlier]?.push(i);
  });
  const before = linksOf(lists);
  const after = linksOf(followers);
  return {
    size,
    ids: activities.map(({ id }) => id),
    unit,
    durations: Int32Array.from(activities, ({ duration }) => duration / unit),
    resources: resources.length,
    capacities: Int32Array.from(resources, ({ capacity }) => capacity),
    uses: Int32Array.from(activities.flatMap(({ uses }) => resources.map(({ id }) => uses[id] ?? 0))),
    before,
    after,
    topological: topologicalOrder(before, after),
  };
}
