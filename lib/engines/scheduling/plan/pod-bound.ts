import { bucketsOf } from './buckets.ts';
import type { Candidate, Reason } from './candidates.ts';
import { admitOnly, type Lost } from './compile.ts';
import { WEIGHT_SCALE } from './dual.ts';
import { addColumns, type ColumnSink } from './limits.ts';
import { minuteOf } from './local-time.ts';
import { delayDays, lossInScenario, lossOf } from './losses.ts';
import type { Plan } from './plan.ts';
import { type Admitted, deferredDays } from './prices.ts';
import type { PlanRequest } from './request-shape.ts';
import { RowBook } from './rows.ts';
import { inUnits, type Scale } from './scale.ts';
import { drawScenarios } from './scenarios.ts';

/** Prices that all pods share: the weights of the scenarios, and what each limit of each pod costs, in thousandths. */
export interface SharedPrices {
  readonly scale: Scale;
  readonly scenarioWeights: readonly number[];
  readonly multipliers: readonly { readonly row: string; readonly value: number }[];
}

/** A pod's part of the global bound. */
export interface PodBound {
  readonly pod: string;
  /** Sum over its touches of their cheapest place among ALL reps at the shared prices, in thousandths; a whole number as text. */
  readonly touchTerms: string;
  /** Highs of the priced limits that its touches take part of, but for floors and fairness, which are everybody's. */
  readonly highs: readonly { readonly row: string; readonly high: number }[];
  readonly infeasible: readonly { readonly touch: string; readonly reason: Reason }[];
}

const USED_UP: Reason = {
  code: 'limit-used-up',
  message: 'Every half-day of its window breaks the contact cap of its account by itself.',
  mend: 'Raise the cap, or widen the window.',
};

/** Finds each touch's cheapest column without keeping any. */
class Cheapest implements ColumnSink {
  readonly request: PlanRequest;
  readonly buckets: ReturnType<typeof bucketsOf>;
  readonly book = new RowBook();
  total = 0n;
  /** Touches of which every place is closed by a contact cap that is used up. */
  readonly blocked: string[] = [];
  private readonly values: ReadonlyMap<string, number>;
  private readonly byRow: number[] = [];
  private readonly multipliers: ReadonlyMap<string, readonly number[]>;
  private readonly prices: SharedPrices;

  constructor(request: PlanRequest, prices: SharedPrices) {
    this.request = request;
    this.prices = prices;
    this.buckets = bucketsOf(request);
    this.values = new Map(prices.multipliers.map(({ row, value }) => [row, value]));
    this.multipliers = drawScenarios(request);
  }

  private valueOf(row: number): number {
    for (let at = this.byRow.length; at < this.book.rows.length; at += 1)
      this.byRow.push(this.values.get(this.book.rows[at]?.name ?? '') ?? 0);
    return this.byRow[row] ?? 0;
  }

  add({ touch, account, found, fixed }: Admitted, entriesOf: (candidate: Candidate) => readonly number[]): void {
    const { scale, scenarioWeights } = this.prices;
    const { weights, previous, reps } = this.request;
    const money = (minorUnits: number): bigint => BigInt(inUnits(minorUnits, scale));
    const factor = BigInt(scale.factor * WEIGHT_SCALE);
    const classes = new Map<number, bigint>();
    const lossCost = (days: number): bigint => {
      const known = classes.get(days);
      if (known !== undefined) return known;
      const loss = lossOf(touch, account, days);
      let cost = 0n;
      for (const [k, multiplier] of (this.multipliers.get(account.id) ?? []).entries()) {
        const weight = BigInt(scale.mean * WEIGHT_SCALE) + BigInt(scale.tail) * BigInt(scenarioWeights[k] ?? 0);
        cost += weight * BigInt(inUnits(lossInScenario(loss, multiplier), scale));
      }
      classes.set(days, cost);
      return cost;
    };
    const slot = previous?.slots.find((each) => each.touch === touch.id);
    const moved = slot === undefined ? 0n : money(weights.move) + (slot.promised ? money(weights.brokenPromise) : 0n);
    const slotStart = slot === undefined ? 0 : minuteOf(slot.start);
    let least = fixed
      ? undefined
      : lossCost(deferredDays(this.request, touch)) + factor * (money(weights.deferral) + moved);
    const handover = money(weights.handover);
    let isOpen = false;
    for (const candidate of found) {
      const bucket = this.buckets[candidate.bucket];
      if (bucket === undefined) continue;
      const rep = reps[bucket.rep]?.id;
      let paid = 0n;
      const entries = entriesOf(candidate);
      if (!fixed && this.isClosed(entries)) continue;
      isOpen = true;
      for (let at = 0; at < entries.length; at += 2) {
        const value = this.valueOf(entries[at] ?? 0);
        if (value !== 0) paid += BigInt(value) * BigInt(entries[at + 1] ?? 0);
      }
      const kept = slot?.rep === rep && slotStart >= bucket.start && slotStart < bucket.end;
      const price =
        (account.preferredRep !== undefined && account.preferredRep !== rep ? handover : 0n) + (kept ? 0n : moved);
      const cost = lossCost(delayDays(touch, bucket.start)) + factor * price + paid;
      if (least === undefined || cost < least) least = cost;
    }
    if (!isOpen) this.blocked.push(touch.id);
    this.total += least ?? 0n;
  }

  private isClosed(entries: readonly number[]): boolean {
    for (let at = 0; at < entries.length; at += 2) {
      const row = this.book.rows[entries[at] ?? 0];
      if (row?.kind === 'contact-cap' && row.high === 0) return true;
    }
    return false;
  }

  highs(): { readonly row: string; readonly high: number }[] {
    return this.book.rows
      .filter(({ name, kind }) => kind !== 'floor' && kind !== 'fairness' && this.values.has(name))
      .map(({ name, high }) => ({ row: name, high }));
  }
}

/** What the pod's own planning found out about slots that do not hold: the same holds for the whole. */
function lostOf(plan: Plan): Lost {
  const frozen = plan.notices
    .filter(({ code }) => code === 'frozen-slot-lost')
    .map((each) => [each.touch ?? '', each.message] as const);
  const pinned = plan.touches.flatMap((each) =>
    each.status === 'infeasible' && each.reason.code === 'fixed-slots-conflict'
      ? [[each.touch, each.reason] as const]
      : [],
  );
  return { frozen: new Map(frozen), pinned: new Map(pinned) };
}

/**
 * A pod's part of the bound on all plans of the whole request: its touches may go to every rep, each at the shared prices, so that
 * nothing is lost by the split.
 * @param whole the request that was split.
 * @param pod which of its accounts count.
 * @param plan what the pod's planning answered.
 */
export function podBound(
  whole: PlanRequest,
  pod: { readonly id: string; readonly request: PlanRequest },
  plan: Plan,
  prices: SharedPrices,
): PodBound {
  const { touches, accounts, actuals, previous } = pod.request;
  const request: PlanRequest = {
    ...whole,
    touches,
    accounts,
    actuals,
    ...(previous === undefined ? {} : { previous }),
  };
  const lost = lostOf(plan);
  for (;;) {
    const { admitted, infeasible } = admitOnly(request, lost);
    const cheapest = new Cheapest(request, prices);
    addColumns(cheapest, admitted, []);
    if (cheapest.blocked.length === 0) {
      return {
        pod: pod.id,
        touchTerms: String(cheapest.total),
        highs: cheapest.highs(),
        infeasible: [...infeasible].map(([touch, reason]) => ({ touch, reason })),
      };
    }
    for (const touch of cheapest.blocked) lost.pinned.set(touch, USED_UP);
  }
}
