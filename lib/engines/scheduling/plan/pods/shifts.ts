import type { Bucket } from '../buckets.ts';
import { furthestOf, type Holds, refusesRep } from '../candidates.ts';
import type { Minute } from '../local-time.ts';
import type { PlanRequest, Touch } from '../request-shape.ts';

/** Half-days that begin and end together, whoever's they are: a touch fits into all of them alike, or into none. */
export interface Shift {
  readonly start: Minute;
  readonly end: Minute;
  readonly afterHours: boolean;
  /** Places of its half-days, by rep. */
  readonly buckets: Int32Array;
}

/** All half-days by shift, the earliest first. */
export function shiftsOf(buckets: readonly Bucket[]): Shift[] {
  const places = new Map<string, number[]>();
  for (const [place, { start, end, afterHours }] of buckets.entries()) {
    const key = `${start} ${end} ${afterHours}`;
    const list = places.get(key);
    if (list === undefined) places.set(key, [place]);
    else list.push(place);
  }
  return [...places.values()]
    .flatMap((list) => {
      const bucket = buckets[list[0] ?? -1];
      if (bucket === undefined) return [];
      const { start, end, afterHours } = bucket;
      return [{ start, end, afterHours, buckets: Int32Array.from(list) }];
    })
    .sort((a, b) => a.start - b.start || a.end - b.end || Number(a.afterHours) - Number(b.afterHours));
}

/** The reps who could do a touch, and in which half-days they would. */
export interface Crew {
  /** How far the furthest of the other reps came. */
  readonly furthest: number;
  /** By shift, ascending; shifts that none of them works in are left out. */
  readonly shifts: readonly CrewShift[];
}

export interface CrewShift {
  readonly shift: number;
  /** Places of the half-days of its members. */
  readonly buckets: Int32Array;
  /** The most after-hours touches a week that one of them may have. */
  readonly afterHoursPerWeek: number;
}

/** Tells who could do a touch. Answers are kept: touches of a skill have few crews between them. */
export class Crews {
  private readonly request: PlanRequest;
  private readonly buckets: readonly Bucket[];
  private readonly shifts: readonly Shift[];
  private readonly works: Uint8Array;
  private readonly known = new Map<string, Crew>();
  private readonly byMembers = new Map<string, readonly CrewShift[]>();

  constructor(request: PlanRequest, buckets: readonly Bucket[], shifts: readonly Shift[]) {
    this.request = request;
    this.buckets = buckets;
    this.shifts = shifts;
    this.works = new Uint8Array(request.reps.length);
    for (const { rep } of buckets) this.works[rep] = 1;
  }

  of(touch: Touch, holds: Holds): Crew {
    const only = holds.fixed?.rep ?? touch.pin?.rep ?? '';
    const key = `${touch.skill} ${only} ${touch.minutes.p80} ${touch.kind === 'rescue'}`;
    const known = this.known.get(key);
    if (known !== undefined) return known;
    let furthest = 0;
    const members: number[] = [];
    for (let rep = 0; rep < this.request.reps.length; rep += 1) {
      const stage = refusesRep(this.request, touch, rep, holds, this.works[rep] === 1);
      if (stage === undefined) members.push(rep);
      else furthest = Math.max(furthest, furthestOf(stage));
    }
    const crew = { furthest, shifts: this.shiftsOf(members) };
    this.known.set(key, crew);
    return crew;
  }

  private shiftsOf(members: readonly number[]): readonly CrewShift[] {
    const key = members.join(' ');
    const known = this.byMembers.get(key);
    if (known !== undefined) return known;
    const isMember = new Uint8Array(this.request.reps.length);
    for (const rep of members) isMember[rep] = 1;
    const found = this.shifts.flatMap(({ buckets, afterHours }, shift): CrewShift[] => {
      let most = 0;
      const own = buckets.filter((place) => {
        const rep = this.buckets[place]?.rep ?? -1;
        if (isMember[rep] !== 1) return false;
        const allowed = this.request.reps[rep]?.limits.afterHoursPerWeek ?? 0;
        most = Math.max(most, allowed);
        return !afterHours || allowed > 0;
      });
      // Whoever may not work then is kept, if nobody may: the refusal has a reason of its own.
      return own.length > 0 || (afterHours && buckets.some((place) => isMember[this.buckets[place]?.rep ?? -1] === 1))
        ? [{ shift, buckets: own, afterHoursPerWeek: most }]
        : [];
    });
    this.byMembers.set(key, found);
    return found;
  }
}
