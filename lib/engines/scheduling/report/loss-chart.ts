import { formatMoney } from '../../../core/money.ts';
import type { Plan } from '../plan/plan.ts';
import { type Html, html } from './html.ts';

const WIDTH = 640;
const HEIGHT = 240;
const LEFT = 8;
const TOP = 26;
const FLOOR = 206;

/**
 * The losses of all scenarios, the worst first: a bar for the plan, a line across for the plain rule in the same place of its own
 * order. The worst tenth, which CVaR is the mean of, is set apart.
 */
export function lossChart({ currency, losses, baseline, totals }: Plan): Html {
  const money = (minorUnits: number): string => formatMoney({ currency, minorUnits });
  const worstFirst = (list: readonly number[]): number[] => list.toSorted((a, b) => b - a);
  const [own, plain] = [worstFirst(losses), worstFirst(baseline.losses)];
  const most = Math.max(1, own[0] ?? 0, plain[0] ?? 0);
  const height = (loss: number): number => Math.round((loss / most) * (FLOOR - TOP));
  const step = (WIDTH - 2 * LEFT) / Math.max(1, own.length);
  const tail = Math.max(1, Math.ceil(own.length / 10));
  const at = (place: number): string => (LEFT + place * step).toFixed(1);
  const bars = own.map((loss, place) => {
    const kind = place < tail ? 'tail' : 'usual';
    const top = FLOOR - height(loss);
    return html`<rect class="${kind}" x="${at(place + 0.1)}" y="${top}" width="${(step * 0.8).toFixed(1)}" height="${height(loss)}"/>`;
  });
  const lines = plain.map((loss, place) => {
    const top = FLOOR - height(loss);
    return html`<path class="plain" d="M${at(place + 0.02)} ${top}H${at(place + 0.98)}"/>`;
  });
  const mean = FLOOR - height(totals.expectedLoss);
  const summary = `Loss in ${own.length} scenarios, the worst first. Plan: ${money(totals.expectedLoss)} on average, ${money(totals.conditionalValueAtRisk)} in the worst tenth, ${money(own[0] ?? 0)} at worst. Highest risk first: ${money(baseline.totals.expectedLoss)}, ${money(baseline.totals.conditionalValueAtRisk)}, ${money(plain[0] ?? 0)}.`;
  return html`<figure><svg viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="${summary}">
<text x="${LEFT}" y="14">${money(most)}</text>${bars}${lines}
<path class="mean" d="M${LEFT} ${mean}H${WIDTH - LEFT}"/><path class="axis" d="M${LEFT} ${FLOOR}H${WIDTH - LEFT}"/>
<text x="${LEFT}" y="${FLOOR + 18}">worst</text><text class="end" x="${WIDTH - LEFT}" y="${FLOOR + 18}">mildest of ${own.length} scenarios</text>
</svg><figcaption>${summary} <span class="key tailkey"></span> worst tenth of the plan <span class="key usualkey"></span> plan <span class="key plainkey"></span> highest risk first; the dotted line is the plan’s average.</figcaption></figure>`;
}
