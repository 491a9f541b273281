import { byText } from '../../../core/directory/loaded.ts';
import { localDay, minuteOf } from './local-time.ts';
import type { ScheduledTouch } from './plan.ts';
import type { PlannedFacts } from './planned-facts.ts';

/** Contacts of one account that two people would have at the same time, each as long as its time is kept. */
function doubleBookings(account: string, contacts: readonly ScheduledTouch[]): string[] {
  const own = contacts.toSorted((a, b) => minuteOf(a.start) - minuteOf(b.start) || byText(a.touch, b.touch));
  return own.flatMap((first, place) =>
    own
      .slice(place + 1)
      .filter(({ rep, start }) => rep !== first.rep && minuteOf(start) < minuteOf(first.reservedUntil))
      .map(({ touch }) => `"${account}" is booked twice at the same time: "${first.touch}" and "${touch}".`),
  );
}

/** What no account may be asked for: two of our people at once, and more contacts than its cap. */
export function accountViolations({ request, touches, accounts, slots }: PlannedFacts): string[] {
  const contacts = (touch: string): boolean => touches.get(touch)?.channel !== 'internal';
  const contactsOf = Map.groupBy(
    slots.filter(({ touch }) => contacts(touch)),
    ({ account }) => account,
  );
  return [...accounts.values()].flatMap((account) => {
    const caps = account.contactCaps;
    const own = contactsOf.get(account.id) ?? [];
    const twice = doubleBookings(account.id, own);
    if (caps === undefined || own.length === 0) return twice;
    const planned = own.map((slot) => localDay(minuteOf(slot.halfDay.start), account.timeZone));
    const past = request.actuals
      .filter(({ touch }) => touches.get(touch)?.account === account.id && contacts(touch))
      .map(({ at }) => localDay(minuteOf(at), account.timeZone));
    // What has happened cannot be undone: a window that was full before is no fault of the plan unless it adds to it.
    const tooOften = planned.flatMap((last) => {
      const within = (day: number): boolean => day <= last && day > last - caps.days;
      const count = planned.filter(within).length + past.filter(within).length;
      return count > caps.count ? [`"${account.id}" is contacted ${count} times in ${caps.days} days.`] : [];
    });
    return [...twice, ...tooOften];
  });
}
