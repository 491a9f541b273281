import { formatBasisPoints, formatMoney } from '../../core/money.ts';
import type { PlanResult } from '../../engines/scheduling/plan/plan.ts';
import { minorUnitsOf } from '../../engines/scheduling/plan/scale.ts';

/** What of a long list a terminal shows; JSON and the report have all of it. */
const MOST = 12;

const STANDINGS = {
  optimal: 'no plan is better, which is proved',
  gap: 'none is better than the bound, which is proved',
  heuristic: 'nothing is proved about others',
} as const;

function listed<T>(title: string, list: readonly T[], line: (each: T) => string): string[] {
  if (list.length === 0) return [];
  const more = list.length > MOST ? [`  and ${list.length - MOST} more`] : [];
  return [`${title}:`, ...list.slice(0, MOST).map((each) => `  ${line(each)}`), ...more];
}

/** A plan for people: how good it is, what it saves, what waits and why, and what limits cost. */
export function planLines(made: Exclude<PlanResult, { readonly standing: 'refused' }>): string[] {
  const { plan, certificate, explanation, standing } = made;
  const money = (minorUnits: number): string => formatMoney({ currency: plan.currency, minorUnits });
  const { totals, baseline, spent } = plan;
  const deferred = plan.touches
    .filter((each) => each.status === 'deferred')
    .toSorted((a, b) => b.expectedLoss - a.expectedLoss || (a.touch < b.touch ? -1 : 1));
  const infeasible = plan.touches.filter((each) => each.status === 'infeasible');
  const bound =
    certificate === undefined
      ? []
      : [
          `bound ${money(minorUnitsOf(certificate.bound, plan.scale))}, gap at most ${formatBasisPoints(certificate.gapBasisPoints)}`,
        ];
  return [
    `plan: ${standing} (${STANDINGS[standing]})`,
    `objective ${money(totals.objective)}`,
    ...bound,
    ...(certificate?.pods === undefined
      ? []
      : [`planned in ${certificate.pods.length} pods; the bound is on all plans`]),
    `expected loss ${money(totals.expectedLoss)}, in the worst tenth ${money(totals.conditionalValueAtRisk)}`,
    `saves ${money(baseline.saves)} (${formatBasisPoints(baseline.savesBasisPoints)}) against highest risk first; of the expected loss ${money(baseline.savesExpectedLoss)}`,
    `${totals.scheduled} scheduled, ${totals.deferred} deferred, ${infeasible.length} that nobody can do`,
    ...plan.floors
      .filter(({ missing }) => missing > 0)
      .map(({ segment, served, required }) => `floor of ${segment} missed: ${served} of ${required}`),
    ...listed(
      'deferred',
      deferred,
      ({ touch, expectedLoss, reason }) => `${touch} (${money(expectedLoss)}): ${reason.message}`,
    ),
    ...listed('cannot be scheduled', infeasible, ({ touch, reason }) => `${touch}: ${reason.message} ${reason.mend}`),
    ...listed('prices', explanation.prices, ({ sentence }) => sentence),
    ...listed('notices', plan.notices, ({ message }) => message),
    `spent: ${spent.moves} moves, ${spent.iterations} iterations, ${spent.rounds} rounds of prices`,
  ];
}
