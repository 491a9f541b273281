import fc from 'fast-check';
import { type ProjectProblem, parseProject } from '../../../lib/engines/scheduling/project/problem.ts';

/** Projects of a few activities, some of which take no time or use nothing. */
export function smallProjects(activities: number): fc.Arbitrary<ProjectProblem> {
  const capacities = fc.array(fc.integer({ min: 1, max: 5 }), { maxLength: 2 });
  return capacities.chain((limits) =>
    fc
      .array(
        fc.record({
          duration: fc.oneof(fc.integer({ min: 0, max: 6 }), fc.integer({ min: 0, max: 40 })),
          uses: fc.tuple(...limits.map((limit) => fc.integer({ min: 0, max: limit }))),
          after: fc.array(fc.nat({ max: 7 }), { maxLength: 3 }),
        }),
        { minLength: 1, maxLength: activities },
      )
      .map((drawn) =>
        parseProject({
          schema: 'countersign/project/1',
          resources: limits.map((capacity, r) => ({ id: `r${r}`, capacity })),
          activities: drawn.map(({ duration, uses, after }, i) => ({
            id: `a${i}`,
            duration,
            uses: Object.fromEntries(uses.map((use, r) => [`r${r}`, use])),
            after: [...new Set(after)].filter((j) => j < i).map((j) => `a${j}`),
          })),
        }),
      ),
  );
}

/**
 * The shortest makespan, by placing the activities in every order that predecessors allow, each as early as it fits. Written
 * for nothing but being obviously right; some such order gives a shortest schedule.
 */
export function shortestMakespan({ activities, resources }: ProjectProblem): number {
  const start = new Map<string, number>();
  const durations = new Map(activities.map(({ id, duration }) => [id, duration]));
  const fits = (activity: ProjectProblem['activities'][number], instant: number): boolean => {
    for (let now = instant; now < instant + activity.duration; now++)
      for (const { id, capacity } of resources) {
        let used = activity.uses[id] ?? 0;
        for (const other of activities) {
          const begin = start.get(other.id);
          if (begin !== undefined && begin <= now && now < begin + other.duration) used += other.uses[id] ?? 0;
        }
        if (used > capacity) return false;
      }
    return true;
  };
  let best = Number.POSITIVE_INFINITY;
  const place = (makespan: number): void => {
    if (makespan >= best) return;
    if (start.size === activities.length) best = makespan;
    for (const activity of activities) {
      if (start.has(activity.id) || !activity.after.every((id) => start.has(id))) continue;
      let instant = Math.max(0, ...activity.after.map((id) => start.get(id)! + durations.get(id)!));
      while (!fits(activity, instant)) instant++;
      start.set(activity.id, instant);
      place(Math.max(makespan, instant + activity.duration));
      start.delete(activity.id);
    }
  };
  place(0);
  return best;
}
