import { weekdayOfDay } from '../../../core/calendar/local-day.ts';
import { bucketsOf } from './buckets.ts';
import { localMinute, MINUTES_A_DAY, minuteOf } from './local-time.ts';
import type { PlannedFacts } from './planned-facts.ts';
import type { Account } from './request-shape.ts';

function clock(text: string): number {
  return Number(text.slice(0, 2)) * 60 + Number(text.slice(3, 5));
}

/** Whether a minute is quiet for an account, by its wall clock. */
function isQuiet(account: Account, minute: number): boolean {
  const local = localMinute(minute, account.timeZone);
  if (account.quietDays.includes(weekdayOfDay(Math.floor(local / MINUTES_A_DAY)))) return true;
  const time = local - Math.floor(local / MINUTES_A_DAY) * MINUTES_A_DAY;
  const [from, to] = [clock(account.quietHours.from), clock(account.quietHours.to)];
  return from < to ? time >= from && time < to : from > to && (time >= from || time < to);
}

/** Slots that a touch could not have by itself: half-day, length, skill, window, quiet hours, pin. */
export function slotViolations({ request, touches, accounts, reps, slots }: PlannedFacts): string[] {
  const halfDays = new Map(bucketsOf(request).map((each) => [`${request.reps[each.rep]?.id} ${each.start}`, each]));
  return slots.flatMap((slot) => {
    const touch = touches.get(slot.touch);
    const account = accounts.get(slot.account);
    const rep = reps.get(slot.rep);
    if (touch === undefined || account === undefined || rep === undefined || touch.account !== slot.account)
      return [`"${slot.touch}" names what is not in the request.`];
    const wrong: string[] = [];
    const start = minuteOf(slot.start);
    const until = minuteOf(slot.reservedUntil);
    const bucket = halfDays.get(`${slot.rep} ${minuteOf(slot.halfDay.start)}`);
    if (bucket === undefined || start < bucket.start || until > bucket.end) wrong.push('lies outside of the half-day');
    if (bucket !== undefined && slot.halfDay.afterHours !== bucket.afterHours) wrong.push('misstates after hours');
    if (until - start < touch.minutes.p80 || minuteOf(slot.end) - start !== touch.minutes.p50)
      wrong.push('has the wrong length');
    if (!rep.skills.includes(touch.skill)) wrong.push('needs a skill that the rep lacks');
    if (
      Date.parse(slot.start) < Date.parse(touch.window.from) ||
      Date.parse(slot.reservedUntil) > Date.parse(touch.window.to)
    )
      wrong.push('lies outside of its window');
    for (let minute = start; touch.channel !== 'internal' && minute < until; minute += 1)
      if (isQuiet(account, minute)) {
        wrong.push('falls into quiet hours');
        break;
      }
    if (touch.pin?.rep !== undefined && touch.pin.rep !== slot.rep)
      wrong.push('is not with the rep that it is pinned to');
    const pinned = touch.pin?.start === undefined ? undefined : minuteOf(touch.pin.start);
    if (pinned !== undefined && bucket !== undefined && (pinned < bucket.start || pinned >= bucket.end))
      wrong.push('is not where it is pinned');
    return wrong.map((what) => `"${slot.touch}" ${what}.`);
  });
}
