import { tailSum } from '../state.ts';
import type { Whole } from './whole.ts';

/** What half-days chosen for all touches of a whole request come to; -1 is waiting. Whether they keep the limits is not looked at. */
export function wholeValue(
  whole: Whole,
  chosen: Int32Array,
): { readonly objective: number; readonly losses: Float64Array } {
  const { touches, takings, offerTaking, offerLoss, rows, scale } = whole;
  const losses = new Float64Array(scale.scenarios);
  const activity = new Float64Array(rows.rows.length);
  let prices = 0;
  for (const [place, own] of touches.entries()) {
    const bucket = chosen[place] as number;
    let offer = own.begin;
    while (offer < own.end && takings[offerTaking[offer] as number]?.buckets.includes(bucket) !== true) offer += 1;
    const isPlaced = bucket >= 0 && offer < own.end;
    const loss = isPlaced ? (offerLoss[offer] as number) : own.deferredLoss;
    for (let k = 0; k < losses.length && loss >= 0; k += 1)
      losses[k] = (losses[k] as number) + (whole.losses[loss * scale.scenarios + k] as number);
    if (!isPlaced) {
      prices += own.deferredPrice;
      continue;
    }
    prices += own.specials.find((special) => special.bucket === bucket)?.price ?? own.price;
    const fairness = rows.fairness[bucket] as number;
    const floor = rows.floor[place] as number;
    if (fairness >= 0) activity[fairness] = (activity[fairness] as number) + own.admitted.touch.minutes.p80;
    if (floor >= 0) activity[floor] = (activity[floor] as number) - 1;
  }
  for (const [row, { high }] of rows.rows.entries())
    if ((rows.price[row] as number) >= 0)
      prices += (rows.price[row] as number) * Math.max(0, (activity[row] as number) - high);
  const sum = losses.reduce((all, loss) => all + loss, 0);
  return { objective: scale.mean * sum + scale.tail * tailSum(losses) + scale.factor * prices, losses };
}
