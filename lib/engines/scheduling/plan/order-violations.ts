import { fixedSlot } from './candidates.ts';
import { minuteOf } from './local-time.ts';
import type { Planned, PlannedFacts } from './planned-facts.ts';

/** Touches that begin before what comes before them in their playbook is over. */
export function orderViolations({ touches, slots }: PlannedFacts, plan: Planned): string[] {
  const bySlot = new Map(slots.map((slot) => [slot.touch, slot]));
  const status = new Map(plan.touches.map((each) => [each.touch, each.status]));
  return slots.flatMap((slot) => {
    const touch = touches.get(slot.touch);
    const first = touch?.after;
    if (first === undefined || status.get(first) === 'done' || slot.fixed) return [];
    const before = bySlot.get(first);
    const isOver = before !== undefined && minuteOf(before.halfDay.end) <= minuteOf(slot.halfDay.start);
    return isOver ? [] : [`"${slot.touch}" does not come after "${first}".`];
  });
}

/** Frozen slots stay, and nothing else is put into the frozen time. */
export function freezeViolations({ request, touches, slots }: PlannedFacts, plan: Planned): string[] {
  const { previous } = request;
  const lost = new Set(plan.notices.filter(({ code }) => code === 'frozen-slot-lost').map(({ touch }) => touch));
  const late = slots
    .filter(({ fixed, touch }) => !fixed && touches.get(touch)?.pin?.start === undefined)
    .filter(({ halfDay }) => previous !== undefined && minuteOf(halfDay.start) < minuteOf(previous.frozenUntil))
    .map(({ touch }) => `"${touch}" is put into the frozen time.`);
  const claims = slots.filter(({ fixed, touch }) => {
    const own = touches.get(touch);
    return fixed && (own === undefined || fixedSlot(request, own) === undefined || lost.has(touch));
  });
  const moved = plan.touches.flatMap((each) => {
    const own = touches.get(each.touch);
    const fixed = own === undefined ? undefined : fixedSlot(request, own);
    if (fixed === undefined || lost.has(each.touch) || each.status === 'done' || each.status === 'infeasible')
      return [];
    const stays =
      each.status === 'scheduled' &&
      each.rep === fixed.rep &&
      minuteOf(each.halfDay.start) <= fixed.start &&
      fixed.start < minuteOf(each.halfDay.end);
    return stays ? [] : [`"${each.touch}" has left its fixed slot.`];
  });
  return [...late, ...claims.map(({ touch }) => `"${touch}" is called fixed, and is not.`), ...moved];
}

/** Touches that are missing, stand twice, or are called done against the request. */
export function completeness({ request, accounts }: PlannedFacts, plan: Planned): string[] {
  const counts = new Map<string, number>();
  for (const { touch } of plan.touches) counts.set(touch, (counts.get(touch) ?? 0) + 1);
  const missing = request.touches.filter(({ id }) => !counts.has(id)).map(({ id }) => `"${id}" is missing.`);
  const twice = [...counts].filter(([, count]) => count > 1).map(([id]) => `"${id}" stands twice.`);
  const done = new Set(request.actuals.filter(({ status }) => status === 'done').map(({ touch }) => touch));
  const undone = plan.touches
    .filter(({ touch, status }) => done.has(touch) !== (status === 'done'))
    .map(({ touch }) => `"${touch}" is done or not, against the request.`);
  const strange = plan.touches
    .filter(({ account }) => !accounts.has(account))
    .map(({ touch }) => `"${touch}" is strange.`);
  return [...missing, ...twice, ...undone, ...strange];
}
