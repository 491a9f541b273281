import { dateOfDay, weekdayOfDay } from '../../../core/calendar/local-day.ts';
import { formatBasisPoints } from '../../../core/money.ts';
import { dayOfDate, weekOf } from '../plan/local-time.ts';
import type { RepLoad } from '../plan/plan.ts';
import { type Html, html } from './html.ts';
import { type Appointment, clockAt, type Lookup, type Reported } from './report-input.ts';

const hours = (minutes: number): string => `${Math.floor(minutes / 60)}:${String(minutes % 60).padStart(2, '0')} h`;

function marksOf({ fixed, handover, moved, brokenPromise, halfDay }: Appointment): readonly string[] {
  return [
    ...(fixed ? ['fixed'] : []),
    ...(brokenPromise ? ['promise broken'] : moved ? ['moved'] : []),
    ...(handover ? ['handover'] : []),
    ...(halfDay.afterHours ? ['after hours'] : []),
  ];
}

function entry(appointment: Appointment, timeZone: string): Html {
  const { touch, account, start, reservedUntil, asked } = appointment;
  const marks = marksOf(appointment);
  const notes = marks.length === 0 ? '' : html` <em>${marks.join(', ')}</em>`;
  return html`<li class="${asked.kind}"><b>${clockAt(start, timeZone)}–${clockAt(reservedUntil, timeZone)}</b> ${account}<small>${asked.kind} · ${touch}${notes}</small></li>`;
}

/** The days of the horizon, in weeks from Monday to Sunday; a weekend on which nobody does anything is left out. */
function weeksOf({ request: { horizon } }: Reported, busy: ReadonlySet<string>): string[][] {
  const first = dayOfDate(horizon.start);
  const days = Array.from({ length: horizon.days }, (_, place) => first + place).filter(
    (day) => !['saturday', 'sunday'].includes(weekdayOfDay(day)) || busy.has(dateOfDay(day)),
  );
  return [...Map.groupBy(days, weekOf).values()].map((week) => week.map(dateOfDay));
}

function dayCell(date: string, own: readonly Appointment[], timeZone: string): Html {
  const name = weekdayOfDay(dayOfDate(date));
  const list = own.filter(({ halfDay }) => halfDay.date === date);
  const body =
    list.length === 0 ? html`<p class="none">nothing</p>` : html`<ul>${list.map((each) => entry(each, timeZone))}</ul>`;
  return html`<section class="day${list.length === 0 ? ' empty' : ''}"><h4>${name.slice(0, 3)} ${date.slice(5)}</h4>${body}</section>`;
}

/** The weeks of one rep on their own wall clock: a column for each day, below each other where there is no room. */
export function weekView(
  reported: Reported,
  lookup: Lookup,
  load: RepLoad,
  own: readonly Appointment[],
  busy: ReadonlySet<string>,
): Html {
  const { rep, touches, minutes, freeMinutes, usedBasisPoints } = load;
  const timeZone = lookup.reps.get(rep)?.timeZone ?? 'UTC';
  const weeks = weeksOf(reported, busy).map(
    (days) => html`<div class="week">${days.map((date) => dayCell(date, own, timeZone))}</div>`,
  );
  return html`<article><h3>${rep}</h3><p class="fine">${touches} touches, ${hours(minutes)} of ${hours(freeMinutes)} that are free; ${formatBasisPoints(usedBasisPoints)} of the contract used. Times of ${timeZone}.</p>${weeks}</article>`;
}
