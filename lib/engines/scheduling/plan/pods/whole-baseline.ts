import { inOrder } from '../construct.ts';
import type { Whole } from './whole.ts';

/** What is taken of the limits of a whole request so far. */
class Taken {
  private readonly whole: Whole;
  private readonly activity: Float64Array;
  /** Touches of each half-day that must be over before its end, or cannot begin with it: their edge and minutes. */
  private readonly edged = new Map<number, { side: 'early' | 'late'; edge: number; reserve: number }[]>();

  constructor(whole: Whole) {
    this.whole = whole;
    this.activity = new Float64Array(whole.rows.rows.length);
  }

  /** Whether the touches on one side of a half-day still fit, with one more: at each edge, those that are bound by it. */
  private edgesHold(offer: number, bucket: number): boolean {
    const { candidates, buckets } = this.whole;
    const { side, from, to, reserve } = candidates[offer] as (typeof candidates)[number];
    const half = buckets[bucket];
    if (side === 'whole' || half === undefined) return true;
    const own = (this.edged.get(bucket) ?? []).filter((each) => each.side === side);
    const all = [...own, { side, edge: side === 'early' ? to : from, reserve }];
    return all.every(({ edge }) => {
      const bound = all.filter((each) => (side === 'early' ? each.edge <= edge : each.edge >= edge));
      const room = side === 'early' ? edge - half.start : half.end - edge;
      return bound.reduce((sum, each) => sum + each.reserve, 0) <= room;
    });
  }

  private holds(row: number, size: number): boolean {
    return (this.activity[row] as number) + size <= (this.whole.rows.rows[row]?.high ?? 0);
  }

  fits(offer: number, bucket: number): boolean {
    const { rows, takings, offerTaking } = this.whole;
    const { minutes, reserve, isRescue } = takings[offerTaking[offer] as number] as (typeof takings)[number];
    const after = rows.afterHours[bucket] as number;
    const isFree =
      this.holds(rows.week[bucket] as number, minutes) &&
      this.holds(rows.halfDay[bucket] as number, reserve) &&
      this.holds(rows.consecutive[bucket] as number, 1) &&
      (!isRescue || this.holds(rows.rescue[bucket] as number, 1)) &&
      (after < 0 || this.holds(after, 1));
    return isFree && this.edgesHold(offer, bucket);
  }

  /** Whether account and playbook leave an offer open. */
  isOpen(offer: number): boolean {
    const { rows } = this.whole;
    for (let at = rows.rangeBegin[offer] as number; at < (rows.rangeBegin[offer + 1] as number); at += 1)
      for (let row = rows.rangeFrom[at] as number; row < (rows.rangeTo[at] as number); row += 1)
        if ((rows.rangeSign[at] as number) > 0 && !this.holds(row, 1)) return false;
    return true;
  }

  put(offer: number, bucket: number): void {
    const { candidates, rows, takings, offerTaking } = this.whole;
    const { minutes, isRescue } = takings[offerTaking[offer] as number] as (typeof takings)[number];
    const add = (row: number, size: number): void => {
      if (row >= 0) this.activity[row] = (this.activity[row] as number) + size;
    };
    add(rows.week[bucket] as number, minutes);
    add(rows.consecutive[bucket] as number, 1);
    if (isRescue) add(rows.rescue[bucket] as number, 1);
    add(rows.afterHours[bucket] as number, 1);
    for (let at = rows.rangeBegin[offer] as number; at < (rows.rangeBegin[offer + 1] as number); at += 1)
      for (let row = rows.rangeFrom[at] as number; row < (rows.rangeTo[at] as number); row += 1)
        add(row, rows.rangeSign[at] as number);
    const { side, from, to, reserve } = candidates[offer] as (typeof candidates)[number];
    add(rows.halfDay[bucket] as number, reserve);
    if (side === 'whole') return;
    const edge = { side, edge: side === 'early' ? to : from, reserve };
    this.edged.set(bucket, [...(this.edged.get(bucket) ?? []), edge]);
  }
}

/** The plain rule that plans are held against, `highestRiskFirst`, over a whole request: the half-day of each touch, or -1 where it waits. */
export function wholeBaseline(whole: Whole): Int32Array {
  const { touches, losses, offerLoss, offerTaking, takings, shifts, scale } = whole;
  const key = Float64Array.from(touches, ({ deferredLoss, begin }) => {
    const from = (deferredLoss >= 0 ? deferredLoss : (offerLoss[begin] ?? 0)) * scale.scenarios;
    return losses.subarray(from, from + scale.scenarios).reduce((sum, loss) => sum + loss, 0);
  });
  const taken = new Taken(whole);
  const chosen = new Int32Array(touches.length).fill(-1);
  for (const [place, { admitted, begin }] of touches.entries()) {
    const bucket = takings[offerTaking[begin] ?? -1]?.buckets[0];
    if (!admitted.fixed || bucket === undefined) continue;
    taken.put(begin, bucket);
    chosen[place] = bucket;
  }
  const named = touches.map(({ admitted: { touch, fixed } }) => ({ touch, fixed }));
  for (const place of inOrder(named, key)) {
    const own = touches[place];
    if (own === undefined || own.admitted.fixed) continue;
    const special = new Map(own.specials.map(({ bucket, price }) => [bucket, price]));
    let best: { readonly offer: number; readonly bucket: number; readonly price: number } | undefined;
    let start = Number.NEGATIVE_INFINITY;
    for (let offer = own.begin; offer < own.end; offer += 1) {
      const taking = takings[offerTaking[offer] as number] as (typeof takings)[number];
      const at = shifts[taking.shift]?.start ?? 0;
      // Offers stand in the order of their beginnings: a later one is asked only where no earlier one is free.
      if (best !== undefined && at > start) break;
      start = at;
      if (!taken.isOpen(offer)) continue;
      for (const bucket of taking.buckets) {
        const price = special.get(bucket) ?? own.price;
        const isBetter = best === undefined || price < best.price || (price === best.price && bucket < best.bucket);
        if (isBetter && taken.fits(offer, bucket)) best = { offer, bucket, price };
      }
    }
    if (best === undefined) continue;
    taken.put(best.offer, best.bucket);
    chosen[place] = best.bucket;
  }
  return chosen;
}
