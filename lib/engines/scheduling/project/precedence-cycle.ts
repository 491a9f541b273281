/** What has an id and comes after others. */
interface Following {
  readonly id: string;
  readonly after: readonly string[];
}

/** What is left when everything is taken away that waits for nothing that is left. */
function entangled(activities: readonly Following[]): Map<string, readonly string[]> {
  const left = new Map(activities.map(({ id, after }) => [id, after]));
  const followers = new Map<string, string[]>();
  const waiting = new Map<string, number>();
  for (const [id, after] of left) {
    const known = after.filter((before) => left.has(before));
    waiting.set(id, known.length);
    for (const before of known) followers.set(before, [...(followers.get(before) ?? []), id]);
  }
  const free = [...left.keys()].filter((id) => waiting.get(id) === 0);
  for (let id = free.pop(); id !== undefined; id = free.pop()) {
    left.delete(id);
    for (const follower of followers.get(id) ?? []) {
      const count = (waiting.get(follower) ?? 0) - 1;
      waiting.set(follower, count);
      if (count === 0) free.push(follower);
    }
  }
  return left;
}

/**
 * A cycle of predecessors: each comes before the next, and the last before the first. It begins with its smallest id. Ids of
 * which there are no activities are left out.
 */
export function precedenceCycle(activities: readonly Following[]): string[] | undefined {
  const left = entangled(activities);
  const begin = [...left.keys()].toSorted()[0];
  if (begin === undefined) return undefined;
  // Everything that is left waits for something that is left, so a walk back meets itself.
  const walked: string[] = [];
  const at = new Map<string, number>();
  let now = begin;
  while (!at.has(now)) {
    at.set(now, walked.length);
    walked.push(now);
    now = left.get(now)?.find((before) => left.has(before)) ?? begin;
  }
  const cycle = walked.slice(at.get(now)).toReversed();
  const smallest = cycle.indexOf(cycle.toSorted()[0] ?? now);
  return [...cycle.slice(smallest), ...cycle.slice(0, smallest)];
}
