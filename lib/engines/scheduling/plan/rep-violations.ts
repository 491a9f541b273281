import { minuteOf } from './local-time.ts';
import type { ScheduledTouch } from './plan.ts';
import type { PlannedFacts } from './planned-facts.ts';

/** Counts things by a key, and names the keys that have more than they may. */
function tooMany(
  slots: readonly ScheduledTouch[],
  key: (slot: ScheduledTouch) => string | undefined,
  weight: (slot: ScheduledTouch) => number,
  most: (slot: ScheduledTouch) => number,
  what: string,
): string[] {
  const sums = new Map<string, { sum: number; most: number }>();
  for (const slot of slots) {
    const own = key(slot);
    if (own === undefined) continue;
    const entry = sums.get(own) ?? { sum: 0, most: most(slot) };
    entry.sum += weight(slot);
    sums.set(own, entry);
  }
  return [...sums]
    .filter(([, { sum, most: limit }]) => sum > limit)
    .map(([own, { sum, most: limit }]) => `${what} of ${own}: ${sum}, and at most ${limit}.`);
}

function mondayOf(date: string): string {
  const day = Math.round(Date.parse(`${date}T00:00:00Z`) / 86_400_000);
  return new Date((day - ((((day + 3) % 7) + 7) % 7)) * 86_400_000).toISOString().slice(0, 10);
}

/** What nobody may be asked for: two touches at once, minutes beyond the contract, limits of dignity. */
export function repViolations({ request, touches, reps, slots }: PlannedFacts): string[] {
  const repOf = (slot: ScheduledTouch) => reps.get(slot.rep);
  const minutes = (slot: ScheduledTouch): number => touches.get(slot.touch)?.minutes.p80 ?? 0;
  const one = (): number => 1;
  const slotsOf = Map.groupBy(slots, ({ rep }) => rep);
  const overlaps = request.reps.flatMap(({ id }) => {
    const own = (slotsOf.get(id) ?? []).toSorted((a, b) => minuteOf(a.start) - minuteOf(b.start));
    return own.flatMap((slot, at) => {
      const before = own[at - 1];
      return before !== undefined && minuteOf(before.reservedUntil) > minuteOf(slot.start)
        ? [`"${before.touch}" and "${slot.touch}" overlap.`]
        : [];
    });
  });
  return [
    ...overlaps,
    ...tooMany(
      slots,
      (slot) => `${slot.rep} ${mondayOf(slot.halfDay.date)}`,
      minutes,
      (slot) => (repOf(slot)?.weeklyMinutes ?? 0) - (repOf(slot)?.loadMinutes ?? 0),
      'Minutes a week',
    ),
    ...tooMany(
      slots,
      (slot) => (touches.get(slot.touch)?.kind === 'rescue' ? `${slot.rep} ${slot.halfDay.date}` : undefined),
      one,
      (slot) => repOf(slot)?.limits.rescueCallsPerDay ?? 0,
      'Rescue calls',
    ),
    ...tooMany(
      slots,
      (slot) => (slot.halfDay.afterHours ? `${slot.rep} ${mondayOf(slot.halfDay.date)}` : undefined),
      one,
      (slot) => repOf(slot)?.limits.afterHoursPerWeek ?? 0,
      'After-hours touches',
    ),
    ...tooMany(
      slots,
      (slot) => `${slot.rep} ${slot.halfDay.start}`,
      one,
      (slot) => repOf(slot)?.limits.consecutive ?? 0,
      'Touches in a row',
    ),
  ];
}
