import type { Candidate } from '../candidates.ts';
import { Columns } from '../columns.ts';
import { addColumns } from '../limits.ts';
import { minuteOf } from '../local-time.ts';
import type { Model, Notice } from '../model.ts';
import { type Duals, WEIGHT_SCALE } from '../price-ascent.ts';
import type { Whole } from './whole.ts';
import { rowsByName } from './whole-bound.ts';
import type { WholeLimits } from './whole-limits.ts';

/** Half-days of each shift that a touch is offered: the cheapest ones, and some of those that are nearly as cheap. */
const CHEAPEST = 2;
const ALIKE = 4;
/** Half-days of each touch that the model holds, beside those that it must. */
const KEPT = 40;

/** The half-days of a taking by what they cost, the cheapest first, and how many of them are nearly as cheap. */
interface Ranked {
  readonly buckets: readonly number[];
  readonly cost: ReadonlyMap<number, number>;
  readonly alike: number;
}

function ranked(whole: Whole, limits: WholeLimits, slack: number): Ranked[] {
  return whole.takings.map(({ buckets }, taking) => {
    const cost = new Map([...buckets].map((bucket) => [bucket, limits.takingCost(taking, bucket)]));
    const sorted = [...buckets].sort((a, b) => (cost.get(a) ?? 0) - (cost.get(b) ?? 0) || a - b);
    const most = (cost.get(sorted[0] ?? -1) ?? 0) + slack;
    const alike = sorted.findIndex((bucket) => (cost.get(bucket) ?? 0) > most);
    return { buckets: sorted, cost, alike: alike < 0 ? sorted.length : alike };
  });
}

/** Each touch looks at other half-days among those that are alike, or all would crowd into the first of them. */
function picked({ buckets, alike }: Ranked, touch: number): number[] {
  const own = buckets.slice(0, CHEAPEST);
  const step = Math.max(1, Math.floor(alike / ALIKE));
  for (let at = 0; at < Math.min(ALIKE, alike); at += 1) own.push(buckets[(touch * 7 + at * step) % alike] ?? -1);
  return own.filter((bucket) => bucket >= 0);
}

/**
 * A model of the whole request that holds, of each touch, the half-days that are most promising at some prices, with those that it must
 * hold: a plan of it is a plan of the whole, and it is small enough to be searched at once.
 * @param must by touch, half-days that are kept whatever they cost; -1 is none.
 */
export function narrowModel(
  whole: Whole,
  limits: WholeLimits,
  { weights, multipliers }: Duals,
  must: readonly Int32Array[],
  slack: number,
): Model {
  limits.weigh(weights.map((weight) => weight / WEIGHT_SCALE));
  limits.ask(multipliers);
  const rank = ranked(whole, limits, slack);
  const { request, touches, candidates, offerTaking, scale, shifts, takings } = whole;
  const shiftOf = new Map(
    shifts.flatMap(({ buckets }, shift) => [...buckets].map((bucket) => [bucket, shift] as const)),
  );
  const admitted = touches.map(({ admitted: own, begin, end, price, specials }, touch) => {
    if (own.fixed) {
      const bucket = takings[offerTaking[begin] ?? -1]?.buckets[0] ?? -1;
      return { ...own, found: own.found.map((each) => ({ ...each, bucket })) };
    }
    const cost = new Map<number, number>();
    const offerIn = new Map<number, number>();
    const comes = new Map(specials.map(({ bucket, price: special }) => [bucket, special]));
    for (let offer = begin; offer < end; offer += 1) {
      const taking = offerTaking[offer] as number;
      const from = rank[taking] as Ranked;
      offerIn.set(takings[taking]?.shift ?? -1, offer);
      const shared = limits.offerCost(offer);
      const special = specials.flatMap((each) => (each.offer === offer ? [each.bucket] : []));
      for (const bucket of [...picked(from, touch), ...special])
        cost.set(bucket, shared + (from.cost.get(bucket) ?? 0) + scale.factor * (comes.get(bucket) ?? price));
    }
    const kept = new Set(
      [...cost.keys()].sort((a, b) => (cost.get(a) ?? 0) - (cost.get(b) ?? 0) || a - b).slice(0, KEPT),
    );
    // The earliest half-day tells what waiting adds to the loss.
    const earliest = rank[offerTaking[begin] ?? -1]?.buckets[0];
    if (earliest !== undefined) kept.add(earliest);
    for (const list of must) if ((list[touch] ?? -1) >= 0) kept.add(list[touch] ?? -1);
    const found = [...kept]
      .sort((a, b) => a - b)
      .flatMap((bucket): Candidate[] => {
        const candidate = candidates[offerIn.get(shiftOf.get(bucket) ?? -1) ?? -1];
        return candidate === undefined ? [] : [{ ...candidate, bucket }];
      });
    return { ...own, found };
  });
  const notices: Notice[] = [...whole.notices];
  const columns = new Columns(request, whole.buckets, whole.multipliers, scale);
  addColumns(columns, admitted, notices);
  const done = new Map(
    request.actuals.filter(({ status }) => status === 'done').map(({ touch, at }) => [touch, at] as const),
  );
  return columns.model({ infeasible: whole.infeasible, done, notices });
}

/** Prices of the whole as prices of a model of it. */
export function narrowDuals(whole: Whole, model: Model, { weights, multipliers }: Duals): Duals {
  const places = rowsByName(whole);
  return {
    weights,
    multipliers: Float64Array.from(model.rows, ({ name }) => multipliers[places.get(name) ?? -1] ?? 0),
  };
}

/** The columns of a model that stand for some half-days of its touches; deferral where there is none. */
export function choiceOf(model: Model, buckets: Int32Array): Int32Array {
  return Int32Array.from(model.touches, ({ begin, end }, touch) => {
    for (let column = begin; column < end; column += 1)
      if (model.columnBucket[column] === (buckets[touch] ?? -1)) return column;
    return end - 1;
  });
}

/** The half-days that slots name, by touch of the whole; -1 for what waits. */
export function chosenIn(
  whole: Whole,
  slots: readonly { readonly touch: string; readonly rep: string; readonly start: string }[],
): Int32Array {
  const byTouch = new Map(slots.map((slot) => [slot.touch, slot]));
  return Int32Array.from(whole.touches, ({ admitted: { touch } }, place) => {
    const slot = byTouch.get(touch.id);
    return slot === undefined ? -1 : (whole.placeOf(place, slot.rep, minuteOf(slot.start))?.bucket ?? -1);
  });
}
