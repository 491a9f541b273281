import { at, type Network } from './network.ts';

/** How long everything before an activity takes at least, and how long from its beginning to the end of the project. */
export interface Paths {
  readonly heads: Int32Array;
  /** The activity itself counts. */
  readonly tails: Int32Array;
  /** The longest chain: no schedule is shorter. */
  readonly length: number;
}

/** The longest paths through the precedence network. */
export function criticalPaths({ size, durations, before, after, topological }: Network): Paths {
  const heads = new Int32Array(size);
  const tails = new Int32Array(size);
  let length = 0;
  for (let position = 0; position < size; position++) {
    const activity = at(topological, position);
    for (let link = at(before.first, activity); link < at(before.first, activity + 1); link++) {
      const earlier = at(before.items, link);
      heads[activity] = Math.max(at(heads, activity), at(heads, earlier) + at(durations, earlier));
    }
  }
  for (let position = size - 1; position >= 0; position--) {
    const activity = at(topological, position);
    let longest = 0;
    for (let link = at(after.first, activity); link < at(after.first, activity + 1); link++)
      longest = Math.max(longest, at(tails, at(after.items, link)));
    tails[activity] = longest + at(durations, activity);
    length = Math.max(length, at(heads, activity) + at(tails, activity));
  }
  return { heads, tails, length };
}

/** The work that the busiest resource has to do, spread over its capacity without a gap: no schedule is shorter. */
export function energyBound({ size, durations, resources, capacities, uses }: Network): number {
  let bound = 0;
  for (let resource = 0; resource < resources; resource++) {
    let energy = 0;
    for (let activity = 0; activity < size; activity++)
      energy += at(uses, activity * resources + resource) * at(durations, activity);
    if (energy > 0) bound = Math.max(bound, Math.ceil(energy / at(capacities, resource)));
  }
  return bound;
}
