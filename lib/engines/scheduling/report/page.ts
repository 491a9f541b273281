import { createHash } from 'node:crypto';
import { formatBasisPoints, formatMoney } from '../../../core/money.ts';
import { Html, html } from './html.ts';
import { lossChart } from './loss-chart.ts';
import { deferredOf, infeasibleOf, Lookup, type Reported, type ReportFile } from './report-input.ts';
import { rows } from './rows.ts';
import { stylesheet } from './stylesheet.ts';
import { weekView } from './week-view.ts';
import { whatChanged } from './what-changed.ts';

/** A page that people open stays this small; what does not fit is in the table beside it, and the page says so. */
const MOST_TOUCHES = 600;
/** The same where there are changes to show as well. */
const MOST_TOUCHES_BESIDE_CHANGES = 450;

const STANDINGS = {
  optimal: 'Optimal: no plan of this request is better, which is proved.',
  gap: 'No plan of this request is better by more than the gap, which is proved.',
  heuristic: 'Nothing is proved about better plans.',
} as const;

function summary({ plan, certificate }: Reported): Html {
  const money = (minorUnits: number): string => formatMoney({ currency: plan.currency, minorUnits });
  const { totals, baseline, standing } = plan;
  const facts: readonly (readonly [string, string])[] = [
    ['Scheduled', `${totals.scheduled}`],
    ['Wait', `${totals.deferred}`],
    ['Done already', `${plan.touches.filter(({ status }) => status === 'done').length}`],
    ['Cannot be scheduled', `${infeasibleOf(plan).length}`],
    ['Expected loss', money(totals.expectedLoss)],
    ['Loss in the worst tenth', money(totals.conditionalValueAtRisk)],
    ['Cost of the plan', money(totals.objective)],
    ['Saved against highest risk first', `${money(baseline.saves)} (${formatBasisPoints(baseline.savesBasisPoints)})`],
    ['Gap', certificate === undefined ? 'unknown' : formatBasisPoints(certificate.gapBasisPoints)],
  ];
  return html`<p>${STANDINGS[standing]}</p><dl>${facts.map(([name, value]) => html`<div><dt>${name}</dt><dd>${value}</dd></div>`)}</dl>`;
}

function waiting(reported: Reported): Html {
  const { plan } = reported;
  const money = (minorUnits: number): string => formatMoney({ currency: plan.currency, minorUnits });
  const deferred = deferredOf(plan);
  const infeasible = infeasibleOf(plan);
  const wait =
    deferred.length === 0
      ? html`<p>Nothing waits.</p>`
      : rows(
          deferred,
          ['Touch', 'Account', 'Expected loss', 'Why'],
          ({ touch, account, expectedLoss, reason, brokenPromise }) => [
            touch,
            account,
            money(expectedLoss),
            html`${reason.message}${brokenPromise ? html` <em>promise broken</em>` : ''}`,
          ],
        );
  if (infeasible.length === 0) return wait;
  return html`${wait}<h2>What cannot be scheduled</h2>${rows(
    infeasible,
    ['Touch', 'Account', 'Why', 'What would help'],
    ({ touch, account, reason }) => [touch, account, reason.message, reason.mend],
  )}`;
}

function priced({ plan, explanation }: Reported): Html {
  const money = (minorUnits: number): string => formatMoney({ currency: plan.currency, minorUnits });
  if (explanation.prices.length === 0)
    return html`<p>No limit has a price: none of them binds, or nothing is proved.</p>`;
  return rows(
    explanation.prices.slice(0, 25),
    ['Limit', 'Price', 'What it means'],
    ({ limit, price, unit, sentence }) => [limit, `${money(price)} per ${unit}`, sentence],
  );
}

function floors({ plan }: Reported): Html | string {
  if (plan.floors.length === 0) return '';
  return html`<h2>Service floors</h2>${rows(
    plan.floors,
    ['Segment', 'Served', 'At least', 'Can be scheduled'],
    ({ segment, served, required, feasible, missing }) => [
      segment,
      html`${served}${missing > 0 ? html` <em>${missing} missing</em>` : ''}`,
      required,
      feasible,
    ],
  )}`;
}

function weeks(reported: Reported): Html {
  const lookup = new Lookup(reported);
  const appointments = lookup.appointments(reported.plan);
  const busy = new Set([...appointments.values()].flat().map(({ halfDay }) => halfDay.date));
  const most = reported.request.previous === undefined ? MOST_TOUCHES : MOST_TOUCHES_BESIDE_CHANGES;
  const views: Html[] = [];
  let shown = 0;
  let left = 0;
  for (const load of reported.plan.reps) {
    const own = appointments.get(load.rep) ?? [];
    if (shown + own.length > most) {
      left += 1;
      continue;
    }
    shown += own.length;
    views.push(weekView(reported, lookup, load, own, busy));
  }
  const more =
    left === 0 ? '' : html`<p class="fine">The weeks of ${left} more are in plan.csv and in their calendars.</p>`;
  return html`${views}${more}`;
}

/**
 * The report of a plan as one HTML document with its pictures: no script, nothing from elsewhere, below 300 KB; for screens of every
 * width and for paper. Its own policy allows its stylesheet and nothing else.
 */
export function reportPage(reported: Reported): ReportFile {
  const { title, request, plan } = reported;
  const hash = createHash('sha256').update(stylesheet).digest('base64');
  const policy = `default-src 'none'; style-src 'sha256-${hash}'; base-uri 'none'; form-action 'none'`;
  const document = html`<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Plan: ${title}</title>
<style>${new Html(stylesheet)}</style>
</head>
<body>
<header><h1>${title}</h1><p class="fine">${request.horizon.days} day(s) from ${request.horizon.start}; ${request.touches.length} touches, ${request.reps.length} people, ${request.accounts.length} accounts; ${plan.scenarios.count} scenarios from seed ${plan.scenarios.seed}.</p></header>
<main>
${summary(reported)}${whatChanged(reported, new Lookup(reported))}
<h2>Losses</h2>
${lossChart(plan)}
<h2>Weeks</h2>
${weeks(reported)}
<h2>What waits</h2>
${waiting(reported)}
${floors(reported)}
<h2>What limits cost</h2>
${priced(reported)}
</main>
<footer><p class="fine">Request <code>${plan.request}</code>. Spent: ${plan.spent.moves} moves, ${plan.spent.iterations} iterations, ${plan.spent.rounds} rounds.</p></footer>
</body>
</html>
`;
  return { name: 'report.html', mediaType: 'text/html; charset=utf-8', text: document.source };
}
