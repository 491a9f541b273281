import { weekdayOfDay } from '../../../core/calendar/local-day.ts';
import { formatMoney } from '../../../core/money.ts';
import { type ChangeKind, changeLine, changesOf, type Slot } from '../plan/changes.ts';
import { localDay, minuteOf } from '../plan/local-time.ts';
import { csvText } from './csv.ts';
import { type Html, html } from './html.ts';
import { clockAt, type Lookup, type Reported, type ReportFile } from './report-input.ts';
import { rows } from './rows.ts';

const WORDS: Readonly<Record<ChangeKind, string>> = {
  kept: 'Kept',
  retimed: 'Other time, same half-day',
  moved: 'Moved',
  new: 'Newly scheduled',
  waiting: 'Now waiting',
  impossible: 'Now impossible',
};

/** So many touches that stay are named; the table beside the page has them all. */
const MOST_NAMED = 100;

/** A slot on the wall clock of its rep, or of UTC where the rep is gone: `ben, Mon 11-30 09:00`. */
function written(slot: Slot | undefined, lookup: Lookup, none: string): string {
  if (slot === undefined) return none;
  const timeZone = lookup.reps.get(slot.rep)?.timeZone;
  const day = localDay(minuteOf(slot.start), timeZone ?? 'UTC');
  const date = new Date(day * 86_400_000).toISOString().slice(5, 10);
  const name = weekdayOfDay(day).slice(0, 3);
  const weekday = `${name.slice(0, 1).toUpperCase()}${name.slice(1)}`;
  const clock = `${weekday} ${date} ${clockAt(slot.start, timeZone ?? 'UTC')}`;
  return `${slot.rep}, ${clock}${timeZone === undefined ? ' UTC' : ''}`;
}

const mark = (words: string): Html | string => (words === '' ? '' : html` <em>${words}</em>`);

/** What differs from the plan in force, the largest accounts first, for people who have to tell others. */
export function whatChanged({ request, plan }: Reported, lookup: Lookup): Html | string {
  const changes = changesOf(request, plan);
  if (changes === undefined) return '';
  const money = (minorUnits: number): string => formatMoney({ currency: plan.currency, minorUnits });
  const kept = changes.filter(({ kind }) => kind === 'kept');
  const others = changes.filter(({ kind }) => kind !== 'kept');
  const names = kept.slice(0, MOST_NAMED).map(({ touch }) => touch);
  const hidden = kept.length > MOST_NAMED ? ` and ${kept.length - MOST_NAMED} more in changes.csv` : '';
  const list =
    others.length === 0
      ? html`<p>Everything stays where it was.</p>`
      : rows(
          others,
          ['Account', 'Touch', 'What', 'Before', 'Now'],
          ({ account, touch, kind, from, to, promised, brokenPromise, revenue }) => [
            html`${account} <small>${money(revenue)} a year</small>`,
            touch,
            html`${WORDS[kind]}${mark(brokenPromise ? 'promise broken' : promised && kind === 'retimed' ? 'promised time changed' : '')}`,
            written(from, lookup, 'no slot'),
            written(to, lookup, kind === 'waiting' ? 'waits' : 'nobody can do it'),
          ],
          'changes.csv',
        );
  const stays = kept.length === 0 ? '' : html`<p class="fine">Kept: ${names.join(', ')}${hidden}.</p>`;
  return html`<h2>What changed</h2><p>${changeLine(changes)}.</p>${list}${stays}`;
}

const COLUMNS = [
  'account',
  'annualRevenueMinorUnits',
  'currency',
  'touch',
  'change',
  'promised',
  'promiseBroken',
  'fromRep',
  'fromStart',
  'toRep',
  'toStart',
] as const;

/** The same as a table, with what was kept; none where there is no plan in force. */
export function changesTable({ request, plan }: Reported): ReportFile[] {
  const changes = changesOf(request, plan);
  if (changes === undefined) return [];
  const yesNo = (holds: boolean): string => (holds ? 'yes' : 'no');
  const text = csvText([
    COLUMNS,
    ...changes.map(({ account, revenue, touch, kind, promised, brokenPromise, from, to }) => [
      account,
      String(revenue),
      plan.currency,
      touch,
      kind,
      yesNo(promised),
      yesNo(brokenPromise),
      from?.rep ?? '',
      from?.start ?? '',
      to?.rep ?? '',
      to?.start ?? '',
    ]),
  ]);
  return [{ name: 'changes.csv', mediaType: 'text/csv; charset=utf-8; header=present', text }];
}
