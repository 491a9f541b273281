import { type Bucket, bucketsOf, Reach } from '../buckets.ts';
import { type Candidate, candidateOf, furthestOf, openIn, type Reason, reasonAt } from '../candidates.ts';
import { admit, lostSlots, type PlacesOf } from '../compile.ts';
import { minuteOf } from '../local-time.ts';
import { delayDays, lossInScenario, lossOf } from '../losses.ts';
import type { Notice } from '../model.ts';
import { type Admitted, deferredDays, scaleOf } from '../prices.ts';
import type { PlanRequest } from '../request-shape.ts';
import { inUnits, type Scale } from '../scale.ts';
import { drawScenarios } from '../scenarios.ts';
import { type Crew, Crews, type Shift, shiftsOf } from './shifts.ts';
import { WholeRows } from './whole-rows.ts';

/** Touches in shifts in which they have a place: more is refused before memory runs out. */
export const MOST_OFFERS = 2_000_000;

/** A half-day that costs a touch less than the others of its shift: with the preferred rep, or where the plan in force had it. */
export interface Special {
  readonly offer: number;
  readonly bucket: number;
  /** What comes with it alone, in units of money. */
  readonly price: number;
}

/** A touch of the whole request. Its offers are `begin` (inclusive) to `end`; each is a shift in which it has a place. */
export interface WholeTouch {
  readonly admitted: Admitted;
  readonly crew: Crew;
  readonly begin: number;
  readonly end: number;
  /** Handover and move, in units of money, where nothing is special. */
  readonly price: number;
  readonly specials: readonly Special[];
  /** Row of `losses`, and what comes with waiting; -1 where its slot is fixed. */
  readonly deferredLoss: number;
  readonly deferredPrice: number;
}

/** What half-days of a shift cost a touch depends on this alone, for one set of prices: many touches share it. */
export interface Taking {
  readonly shift: number;
  readonly buckets: Int32Array;
  readonly minutes: number;
  readonly reserve: number;
  readonly isRescue: boolean;
  readonly side: Candidate['side'];
  readonly from: number;
  readonly to: number;
}

const USED_UP: Reason = {
  code: 'limit-used-up',
  message: 'Every half-day of its window breaks the contact cap of its account by itself.',
  mend: 'Raise the cap, or widen the window.',
};

/** A request with too many places even for this. */
export class TooWide extends RangeError {
  override readonly name = 'TooWide';
}

function placesBy(shifts: readonly Shift[], crews: Crews, crewOf: Map<string, Crew>): PlacesOf {
  const reach = new Reach();
  let offers = 0;
  return (touch, account, holds) => {
    const crew = crews.of(touch, holds);
    crewOf.set(touch.id, crew);
    let { furthest } = crew;
    const found: Candidate[] = [];
    for (const { shift, afterHoursPerWeek } of crew.shifts) {
      const at = shifts[shift];
      if (at === undefined) continue;
      const open = openIn(touch, account, at, afterHoursPerWeek, holds, reach);
      if (typeof open === 'string') furthest = Math.max(furthest, furthestOf(open));
      else found.push(candidateOf(at, shift, touch.minutes.p80, open));
    }
    offers += found.length;
    if (offers > MOST_OFFERS) throw new TooWide(`More than ${MOST_OFFERS} shifts are open to the touches.`);
    return found.length > 0 ? { found } : { found, reason: reasonAt(furthest, touch) };
  };
}

/**
 * A request of any size as numbers, by shift: half-days that begin and end together are told apart by their prices alone, so that a
 * touch is looked at once for each shift and not once for each rep. It holds the same touches, places, losses and limits as `compile`
 * writes out, except that limits are not lowered to what minutes can be filled.
 */
export class Whole {
  readonly request: PlanRequest;
  readonly buckets: readonly Bucket[];
  readonly shifts: readonly Shift[];
  readonly scale: Scale;
  readonly multipliers: ReadonlyMap<string, readonly number[]>;
  readonly touches: readonly WholeTouch[];
  readonly infeasible: ReadonlyMap<string, Reason>;
  readonly notices: readonly Notice[];
  readonly takings: readonly Taking[];
  /** By offer. */
  readonly candidates: readonly Candidate[];
  readonly offerTaking: Int32Array;
  readonly offerLoss: Int32Array;
  /** Losses by delay class and scenario, in units of money. */
  readonly losses: Float64Array;
  readonly rows: WholeRows;

  /** @throws TooWide */
  constructor(request: PlanRequest) {
    this.request = request;
    this.buckets = bucketsOf(request);
    this.shifts = shiftsOf(this.buckets);
    this.multipliers = drawScenarios(request);
    const crewOf = new Map<string, Crew>();
    const crews = new Crews(request, this.buckets, this.shifts);
    const lost = lostSlots(request);
    for (;;) {
      const notices: Notice[] = [];
      const infeasible = new Map<string, Reason>();
      const admitted = admit(request, placesBy(this.shifts, crews, crewOf), lost, notices, infeasible);
      const rows = new WholeRows(request, this.buckets, this.shifts, admitted);
      const blocked = admitted.filter((each, place) => !each.fixed && rows.isBlocked(place));
      for (const { touch } of blocked) lost.pinned.set(touch.id, USED_UP);
      if (blocked.length > 0) continue;
      if (admitted.length === 0) notices.push({ code: 'nothing-to-plan', message: 'No touch can be scheduled.' });
      this.infeasible = infeasible;
      this.notices = notices;
      this.rows = rows;
      this.scale = scaleOf(request, admitted, this.multipliers);
      rows.priceIn(this.scale);
      const written = this.write(admitted, crewOf);
      ({ touches: this.touches, takings: this.takings, candidates: this.candidates } = written);
      this.offerTaking = Int32Array.from(written.offerTaking);
      this.offerLoss = Int32Array.from(written.offerLoss);
      this.losses = Float64Array.from(written.losses);
      return;
    }
  }

  private write(admitted: readonly Admitted[], crewOf: ReadonlyMap<string, Crew>) {
    const { weights, previous, reps } = this.request;
    const money = (minorUnits: number): number => inUnits(minorUnits, this.scale);
    const placeOf = new Map(reps.map(({ id }, place) => [id, place]));
    const slots = new Map(previous?.slots.map((slot) => [slot.touch, slot]));
    const takings: Taking[] = [];
    const takingOf = new Map<string, number>();
    const crewNumbers = new Map<Crew['shifts'], number>();
    const losses: number[] = [];
    const candidates: Candidate[] = [];
    const offerTaking: number[] = [];
    const offerLoss: number[] = [];
    const bucketsOfRep = new Map<number, number[]>();
    for (const [place, { rep }] of this.buckets.entries())
      bucketsOfRep.set(rep, [...(bucketsOfRep.get(rep) ?? []), place]);
    const shiftOf = new Int32Array(this.buckets.length);
    for (const [shift, { buckets }] of this.shifts.entries()) for (const place of buckets) shiftOf[place] = shift;

    const touches = admitted.map((each): WholeTouch => {
      const { touch, account, found, fixed } = each;
      const crew = crewOf.get(touch.id) ?? { furthest: 0, shifts: [] };
      if (!crewNumbers.has(crew.shifts)) crewNumbers.set(crew.shifts, crewNumbers.size);
      const bucketsIn = new Map(crew.shifts.map(({ shift, buckets }) => [shift, buckets]));
      const classes = new Map<number, number>();
      const classOf = (days: number): number => {
        const known = classes.get(days);
        if (known !== undefined) return known;
        const number = losses.length / this.scale.scenarios;
        const loss = lossOf(touch, account, days);
        for (const multiplier of this.multipliers.get(account.id) ?? [])
          losses.push(money(lossInScenario(loss, multiplier)));
        classes.set(days, number);
        return number;
      };
      const begin = candidates.length;
      const isRescue = touch.kind === 'rescue';
      const offerIn = new Map<number, number>();
      for (const candidate of found) {
        const { bucket: shift, reserve, side, from, to } = candidate;
        const buckets = bucketsIn.get(shift) ?? new Int32Array(0);
        const minutes = touch.minutes.p80;
        const key = `${crewNumbers.get(crew.shifts)} ${shift} ${minutes} ${isRescue} ${reserve} ${side} ${from} ${to}`;
        let taking = takingOf.get(key);
        if (taking === undefined) {
          taking = takings.length;
          takingOf.set(key, taking);
          takings.push({ shift, buckets, minutes, reserve, isRescue, side, from, to });
        }
        offerIn.set(shift, candidates.length);
        candidates.push(candidate);
        offerTaking.push(taking);
        offerLoss.push(classOf(delayDays(touch, this.shifts[shift]?.start ?? 0)));
      }
      const slot = slots.get(touch.id);
      const moved = slot === undefined ? 0 : money(weights.move) + (slot.promised ? money(weights.brokenPromise) : 0);
      const handover = account.preferredRep === undefined ? 0 : money(weights.handover);
      const slotStart = slot === undefined ? 0 : minuteOf(slot.start);
      const special = [account.preferredRep, slot?.rep].flatMap(
        (id) => bucketsOfRep.get(placeOf.get(id ?? '') ?? -1) ?? [],
      );
      const specials = [...new Set(special)]
        .sort((a, b) => a - b)
        .flatMap((bucket): Special[] => {
          const at = this.buckets[bucket];
          const offer = offerIn.get(shiftOf[bucket] ?? -1);
          if (at === undefined || offer === undefined || !bucketsIn.get(shiftOf[bucket] ?? -1)?.includes(bucket))
            return [];
          const rep = reps[at.rep]?.id;
          const kept = slot?.rep === rep && slotStart >= at.start && slotStart < at.end;
          return [{ offer, bucket, price: (account.preferredRep === rep ? 0 : handover) + (kept ? 0 : moved) }];
        });
      return {
        admitted: each,
        crew,
        begin,
        end: candidates.length,
        price: handover + moved,
        specials,
        deferredLoss: fixed ? -1 : classOf(deferredDays(this.request, touch)),
        deferredPrice: money(weights.deferral) + moved,
      };
    });
    return { touches, takings, candidates, offerTaking, offerLoss, losses };
  }

  /** The place of the half-day of a rep that begins at a minute, and its offer to a touch; undefined where it has none. */
  placeOf(touch: number, rep: string, start: number): { readonly offer: number; readonly bucket: number } | undefined {
    const own = this.touches[touch];
    if (own === undefined) return undefined;
    for (let offer = own.begin; offer < own.end; offer += 1) {
      const taking = this.takings[this.offerTaking[offer] ?? -1];
      if (taking === undefined || this.shifts[taking.shift]?.start !== start) continue;
      for (const bucket of taking.buckets)
        if (this.request.reps[this.buckets[bucket]?.rep ?? -1]?.id === rep) return { offer, bucket };
    }
    return undefined;
  }
}
