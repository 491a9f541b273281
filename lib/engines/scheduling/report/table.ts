import type { PlannedTouch } from '../plan/plan.ts';
import { csvText } from './csv.ts';
import { clockAt, Lookup, type Reported, type ReportFile } from './report-input.ts';

const COLUMNS = [
  'touch',
  'account',
  'kind',
  'status',
  'rep',
  'localDate',
  'localTime',
  'start',
  'expectedEnd',
  'reservedUntil',
  'expectedLossMinorUnits',
  'currency',
  'handover',
  'fixed',
  'moved',
  'brokenPromise',
  'reason',
  'why',
] as const;

const yesNo = (holds: boolean): string => (holds ? 'yes' : 'no');

function rowOf(each: PlannedTouch, lookup: Lookup, currency: string): readonly string[] {
  const asked = lookup.touches.get(each.touch);
  const head = [each.touch, each.account, asked?.kind ?? '', each.status];
  const why = lookup.why.get(each.touch) ?? '';
  switch (each.status) {
    case 'scheduled': {
      const { rep, halfDay, start, end, reservedUntil, expectedLoss, handover, fixed, moved, brokenPromise } = each;
      const local = clockAt(start, lookup.reps.get(rep)?.timeZone ?? 'UTC');
      const flags = [handover, fixed, moved, brokenPromise].map(yesNo);
      return [
        ...head,
        rep,
        halfDay.date,
        local,
        start,
        end,
        reservedUntil,
        String(expectedLoss),
        currency,
        ...flags,
        '',
        why,
      ];
    }
    case 'deferred': {
      const flags = ['no', 'no', yesNo(each.moved), yesNo(each.brokenPromise)];
      const reason = `${each.reason.code}: ${each.reason.message}`;
      return [...head, '', '', '', '', '', '', String(each.expectedLoss), currency, ...flags, reason, why];
    }
    case 'infeasible': {
      const flags = ['no', 'no', 'no', yesNo(each.brokenPromise)];
      const reason = `${each.reason.code}: ${each.reason.message} ${each.reason.mend}`;
      return [...head, '', '', '', '', '', '', String(each.expectedLoss), currency, ...flags, reason, why];
    }
    case 'done':
      return [...head, '', '', '', each.at, '', '', '', '', 'no', 'no', 'no', 'no', '', ''];
  }
}

/** The plan as CSV (RFC 4180): every touch of the request with its place or its reason, by id. */
export function table(reported: Reported): ReportFile {
  const lookup = new Lookup(reported);
  const { touches, currency } = reported.plan;
  const rows = [COLUMNS, ...touches.map((each) => rowOf(each, lookup, currency))];
  const text = csvText(rows);
  return { name: 'plan.csv', mediaType: 'text/csv; charset=utf-8; header=present', text };
}
