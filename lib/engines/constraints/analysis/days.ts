import type { Days } from './conflicts.ts';
import type { World } from './prepare.ts';

/** The slices of time that some rules and what overrides them tell apart, ascending. */
export function slicesOf(world: World, positions: readonly number[]): Days[] {
  const { minimum, maximum } = world.fields[world.day] as { minimum: number; maximum: number };
  const concerned = positions.flatMap((position) => [position, ...(world.rules[position]?.overriders ?? [])]);
  const defaults = world.rules.filter(({ rule }) => rule.effect.kind === 'default').map(({ position }) => position);
  const bounds = [...concerned, ...defaults].flatMap((position) => {
    const { from, until } = world.rules[position]?.rule.inForce ?? {};
    return [from, until].filter((day) => day !== undefined && day > minimum);
  });
  const starts = [...new Set([minimum, ...(bounds as number[])])].sort((a, b) => a - b);
  return starts.map((start, index) => [start, (starts[index + 1] ?? maximum + 1) - 1]);
}

export function wholeTime(world: World): Days {
  const { minimum, maximum } = world.fields[world.day] as { minimum: number; maximum: number };
  return [minimum, maximum];
}

/** How long a run of days is; one that is open at an end is longer than any other. */
function lengthOf(world: World, [first, last]: Days): number {
  const [minimum, maximum] = wholeTime(world);
  return first === minimum || last === maximum ? Number.POSITIVE_INFINITY : last - first + 1;
}

/** The longest run of neighbouring slices in which something is found, and what its first slice shows. */
export function longestRun<T>(
  world: World,
  slices: readonly Days[],
  find: (days: Days) => T | undefined,
): { readonly days: Days; readonly shown: T } | undefined {
  const runs: { days: Days; shown: T }[] = [];
  let open = false;
  for (const days of slices) {
    const shown = find(days);
    const last = runs.at(-1);
    if (shown === undefined) open = false;
    else if (open && last !== undefined) last.days = [last.days[0], days[1]];
    else {
      runs.push({ days, shown });
      open = true;
    }
  }
  return runs.reduce<{ days: Days; shown: T } | undefined>(
    (best, run) => (best === undefined || lengthOf(world, run.days) > lengthOf(world, best.days) ? run : best),
    undefined,
  );
}
