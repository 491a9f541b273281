import { LARGEST_MULTIPLIER, type Priced, weighLosses } from '../price-ascent.ts';
import type { Whole } from './whole.ts';

/** Where a touch is cheapest at some prices: an offer with the taking's cheapest half-days, or one special half-day, or waiting. */
interface Choice {
  /** -1: it waits. */
  offer: number;
  /** -1: any of the cheapest half-days of its shift. */
  bucket: number;
  cost: number;
}

/** The limits of a whole request, priced shift by shift: what a half-day costs is worked out once for all touches that take it alike. */
export class WholeLimits implements Priced {
  readonly most: Float64Array;
  readonly size: Float64Array;
  readonly scenarios: number;
  readonly tail: number;
  private readonly whole: Whole;
  private readonly high: Float64Array;
  private readonly lossCost: Float64Array;
  private readonly edges: readonly (readonly number[])[];
  /** What the cheapest half-day of each taking costs at the prices that were asked about last. */
  private readonly least: Float64Array;
  private readonly flow: Int32Array;
  /** By half-day: prices of its minutes, of the week's, of one touch, and of a rescue call. */
  private readonly ofHalfDay: Float64Array;
  private readonly ofWeek: Float64Array;
  private readonly ofTouch: Float64Array;
  private readonly ofRescue: Float64Array;
  /** Sums of all prices before each row: what a range of rows asks is the difference of two. */
  private readonly upTo: Float64Array;
  private asked: Float64Array = new Float64Array(0);
  private readonly choice: Choice = { offer: -1, bucket: -1, cost: 0 };

  constructor(whole: Whole) {
    this.whole = whole;
    const { rows, scale, takings, losses } = whole;
    this.scenarios = scale.scenarios;
    this.tail = scale.tail;
    this.most = rows.price.map((price) =>
      Math.min(LARGEST_MULTIPLIER, price < 0 ? LARGEST_MULTIPLIER : price * scale.factor),
    );
    this.high = Float64Array.from(rows.rows, ({ high }) => high);
    this.edges = takings.map((taking) => rows.edgesOf(taking.shift, taking));
    this.size = new Float64Array(rows.rows.length).fill(1);
    const grow = (row: number, size: number): void => {
      if (row >= 0) this.size[row] = Math.max(this.size[row] as number, size);
    };
    for (const [number, { buckets, minutes, reserve }] of takings.entries())
      for (const bucket of buckets) {
        grow(rows.halfDay[bucket] as number, reserve);
        for (const edge of this.edges[number] ?? []) grow(edge + (rows.placeInShift[bucket] as number), reserve);
        grow(rows.week[bucket] as number, minutes);
        grow(rows.fairness[bucket] as number, minutes);
      }
    this.lossCost = new Float64Array(losses.length / scale.scenarios);
    this.least = new Float64Array(takings.length);
    this.flow = new Int32Array(takings.length);
    this.upTo = new Float64Array(rows.rows.length + 1);
    this.ofHalfDay = new Float64Array(whole.buckets.length);
    this.ofWeek = new Float64Array(whole.buckets.length);
    this.ofTouch = new Float64Array(whole.buckets.length);
    this.ofRescue = new Float64Array(whole.buckets.length);
  }

  weigh(weights: readonly number[]): void {
    weighLosses(this.whole, weights, this.lossCost);
  }

  /** What the limits of a half-day ask of those who take it so, at the prices that were asked about last. */
  takingCost(taking: number, bucket: number): number {
    const { minutes, reserve, isRescue } = this.whole.takings[taking] as (typeof this.whole.takings)[number];
    const edges = this.edges[taking] as readonly number[];
    let perMinute = this.ofHalfDay[bucket] as number;
    for (let at = 0; at < edges.length; at += 1)
      perMinute += this.asked[(edges[at] as number) + (this.whole.rows.placeInShift[bucket] as number)] as number;
    const cost = reserve * perMinute + minutes * (this.ofWeek[bucket] as number) + (this.ofTouch[bucket] as number);
    return isRescue ? cost + (this.ofRescue[bucket] as number) : cost;
  }

  /** What an offer costs before any half-day of its shift is chosen: losses, account, playbook. */
  offerCost(offer: number): number {
    const { rows, offerLoss } = this.whole;
    let cost = this.lossCost[offerLoss[offer] as number] as number;
    const stop = rows.rangeBegin[offer + 1] as number;
    for (let at = rows.rangeBegin[offer] as number; at < stop; at += 1)
      cost +=
        (rows.rangeSign[at] as number) *
        ((this.upTo[rows.rangeTo[at] as number] as number) - (this.upTo[rows.rangeFrom[at] as number] as number));
    return cost;
  }

  /** Works out what half-days cost at some prices, and the cheapest one of each taking; to be called before touches are asked about. */
  ask(multipliers: Float64Array): void {
    const { rows, takings } = this.whole;
    this.asked = multipliers;
    for (let row = 0; row < multipliers.length; row += 1)
      this.upTo[row + 1] = (this.upTo[row] as number) + (multipliers[row] as number);
    const of = (row: number): number => (row < 0 ? 0 : (multipliers[row] as number));
    for (let bucket = 0; bucket < this.ofHalfDay.length; bucket += 1) {
      this.ofHalfDay[bucket] = of(rows.halfDay[bucket] as number);
      this.ofWeek[bucket] = of(rows.week[bucket] as number) + of(rows.fairness[bucket] as number);
      this.ofTouch[bucket] = of(rows.consecutive[bucket] as number) + of(rows.afterHours[bucket] as number);
      this.ofRescue[bucket] = of(rows.rescue[bucket] as number);
    }
    for (let taking = 0; taking < takings.length; taking += 1) {
      const { buckets } = takings[taking] as (typeof takings)[number];
      let least = Number.POSITIVE_INFINITY;
      for (let at = 0; at < buckets.length; at += 1) {
        const cost = this.takingCost(taking, buckets[at] as number);
        if (cost < least) least = cost;
      }
      this.least[taking] = least;
    }
  }

  /** The cheapest place of a touch. The answer is overwritten by the next one. */
  private cheapest(touch: number, multipliers: Float64Array): Choice {
    const { touches, offerTaking, rows, scale } = this.whole;
    const { choice, least } = this;
    const { begin, end, price, specials, deferredLoss, deferredPrice } = touches[touch] as (typeof touches)[number];
    choice.offer = -1;
    choice.bucket = -1;
    choice.cost = Number.POSITIVE_INFINITY;
    const floor = rows.floor[touch] as number;
    const served = floor < 0 ? 0 : (multipliers[floor] as number);
    const beside = scale.factor * price - served;
    for (let offer = begin; offer < end; offer += 1) {
      const cost = this.offerCost(offer) + beside + (least[offerTaking[offer] as number] as number);
      if (cost < choice.cost) {
        choice.cost = cost;
        choice.offer = offer;
      }
    }
    for (let at = 0; at < specials.length; at += 1) {
      const { offer, bucket, price: own } = specials[at] as (typeof specials)[number];
      const cost =
        this.offerCost(offer) + scale.factor * own - served + this.takingCost(offerTaking[offer] as number, bucket);
      if (cost < choice.cost) {
        choice.cost = cost;
        choice.offer = offer;
        choice.bucket = bucket;
      }
    }
    if (deferredLoss >= 0) {
      const cost = (this.lossCost[deferredLoss] as number) + scale.factor * deferredPrice;
      if (cost <= choice.cost) {
        choice.cost = cost;
        choice.offer = -1;
        choice.bucket = -1;
      }
    }
    return choice;
  }

  /** Enters touches that take a half-day; a part of a touch where several share it. */
  private enter(taking: number, bucket: number, count: number, gradient: Float64Array): void {
    const { rows, takings } = this.whole;
    const { minutes, reserve, isRescue } = takings[taking] as (typeof takings)[number];
    const add = (row: number, size: number): void => {
      if (row >= 0) gradient[row] = (gradient[row] as number) + count * size;
    };
    add(rows.halfDay[bucket] as number, reserve);
    for (const edge of this.edges[taking] ?? []) add(edge + (rows.placeInShift[bucket] as number), reserve);
    add(rows.week[bucket] as number, minutes);
    add(rows.fairness[bucket] as number, minutes);
    add(rows.consecutive[bucket] as number, 1);
    if (isRescue) add(rows.rescue[bucket] as number, 1);
    add(rows.afterHours[bucket] as number, 1);
  }

  evaluate(multipliers: Float64Array, gradient: Float64Array, sums: Float64Array, slack: number): number {
    const { whole, flow, high } = this;
    const { touches, rows, losses, offerTaking, offerLoss, takings } = whole;
    sums.fill(0);
    flow.fill(0);
    let bound = 0;
    for (let row = 0; row < gradient.length; row += 1) {
      gradient[row] = -(high[row] as number);
      bound -= (multipliers[row] as number) * (high[row] as number);
    }
    this.ask(multipliers);
    for (let touch = 0; touch < touches.length; touch += 1) {
      const { offer, bucket, cost } = this.cheapest(touch, multipliers);
      bound += cost;
      const loss = offer < 0 ? (touches[touch]?.deferredLoss as number) : (offerLoss[offer] as number);
      const from = loss * this.scenarios;
      for (let k = 0; k < this.scenarios; k += 1) sums[k] = (sums[k] as number) + (losses[from + k] as number);
      if (offer < 0) continue;
      const floor = rows.floor[touch] as number;
      if (floor >= 0) gradient[floor] = (gradient[floor] as number) - 1;
      for (let at = rows.rangeBegin[offer] as number; at < (rows.rangeBegin[offer + 1] as number); at += 1)
        for (let row = rows.rangeFrom[at] as number; row < (rows.rangeTo[at] as number); row += 1)
          gradient[row] = (gradient[row] as number) + (rows.rangeSign[at] as number);
      const taking = offerTaking[offer] as number;
      if (bucket >= 0) this.enter(taking, bucket, 1, gradient);
      else flow[taking] = (flow[taking] as number) + 1;
    }
    const perTouch = slack / Math.max(1, touches.length);
    for (let taking = 0; taking < flow.length; taking += 1) {
      const count = flow[taking] as number;
      if (count === 0) continue;
      const { buckets } = takings[taking] as (typeof takings)[number];
      const limit = (this.least[taking] as number) + perTouch;
      let sharing = 0;
      for (let at = 0; at < buckets.length; at += 1)
        if (this.takingCost(taking, buckets[at] as number) <= limit) sharing += 1;
      for (let at = 0; at < buckets.length; at += 1)
        if (this.takingCost(taking, buckets[at] as number) <= limit)
          this.enter(taking, buckets[at] as number, count / sharing, gradient);
    }
    return bound;
  }
}
