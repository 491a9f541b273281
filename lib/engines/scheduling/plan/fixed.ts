import type { Reason } from './candidates.ts';
import type { Model } from './model.ts';
import { State } from './state.ts';
import { timetableOf } from './timetable.ts';

/** Fixed slots in which an account would be with two people at once, in whatever order these do their half-days: the later touch goes. */
function doubleBooked({ model, choice }: State): Map<string, Reason> {
  const conflicts = new Map<string, Reason>();
  for (const { account, touches } of timetableOf(model, choice).clashes) {
    const [first, second] = touches.toSorted((a, b) => a - b).map((touch) => model.touches[touch]?.touch.id ?? '');
    if (first === undefined || second === undefined || conflicts.has(first) || conflicts.has(second)) continue;
    conflicts.set(second, {
      code: 'fixed-slots-conflict',
      message: `Its slot does not fit beside other fixed slots: "${account}" would be with somebody else for "${first}" at the same time.`,
      mend: 'Remove one of the pins, or give both touches to one rep.',
    });
  }
  return conflicts;
}

/**
 * Puts the touches whose slots are fixed beside each other, in their order. What does not fit beside the earlier ones is named
 * with the limit that it breaks.
 */
export function placeFixed(model: Model): ReadonlyMap<string, Reason> {
  const state = new State(model);
  const conflicts = new Map<string, Reason>();
  for (const { touch, begin, fixed } of model.touches) {
    if (!fixed) continue;
    const broken = state.brokenBy(begin)[0];
    if (broken === undefined) {
      state.put(begin);
      continue;
    }
    conflicts.set(touch.id, {
      code: 'fixed-slots-conflict',
      message: `Its slot does not fit beside other fixed slots: the limit "${model.rows[broken]?.name}" would be exceeded.`,
      mend: 'Remove one of the pins, or raise the limit.',
    });
  }
  return conflicts.size > 0 ? conflicts : doubleBooked(state);
}

/** Touches of which every half-day breaks a hard limit by itself, such as a contact cap that is used up. */
export function blockedBy(model: Model): ReadonlyMap<string, Reason> {
  const state = new State(model);
  const blocked = new Map<string, Reason>();
  for (const { touch, begin, end, fixed } of model.touches) {
    let limit: number | undefined;
    let free = fixed;
    for (let column = begin; column < end - 1 && !free; column += 1) {
      const broken = state.brokenBy(column).filter((row) => model.rows[row]?.kind !== 'playbook');
      free = broken.length === 0;
      limit = broken[0];
    }
    if (free || limit === undefined) continue;
    blocked.set(touch.id, {
      code: 'limit-used-up',
      message: `Every half-day of its window breaks a limit by itself; the last one: "${model.rows[limit]?.name}".`,
      mend: 'Raise the limit, or widen the window.',
    });
  }
  return blocked;
}
