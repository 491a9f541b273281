import type { Bucket, Reach, Stretch } from './buckets.ts';
import { minuteOf } from './local-time.ts';
import type { Account, PlanRequest, Touch } from './request-shape.ts';

/** Why something is as it is: a stable code, and a sentence for people. */
export interface Reason {
  readonly code: string;
  readonly message: string;
  readonly mend: string;
}

/** A half-day into which a touch fits by itself, whatever else is planned. */
export interface Candidate {
  /** Place of the bucket. */
  readonly bucket: number;
  /** The part of the bucket in which it may take place. */
  readonly from: number;
  readonly to: number;
  /** Minutes that it takes from the bucket: p80, and where it can neither begin with the bucket nor end with it, waiting before or after. */
  readonly reserve: number;
  /** `early`: must be over before the bucket ends. `late`: cannot begin with it. */
  readonly side: 'whole' | 'early' | 'late';
}

export interface Fixed {
  readonly rep: string;
  readonly start: number;
}

/** What a touch is held to beside its own window: a slot that is frozen, or a pin. */
export interface Holds {
  readonly frozenUntil: number;
  readonly fixed: Fixed | undefined;
}

/** The stages at which a half-day is refused, the first one first; a touch without any is told the furthest that one of them came. */
export type Stage =
  | 'no-skill'
  | 'pinned-rep'
  | 'no-minutes-left'
  | 'rescue-limit'
  | 'pinned-start'
  | 'frozen'
  | 'after-hours-limit'
  | 'too-long'
  | 'outside-window'
  | 'quiet-hours';

const STAGES: readonly Stage[] = [
  'no-skill',
  'pinned-rep',
  'no-minutes-left',
  'rescue-limit',
  'pinned-start',
  'frozen',
  'after-hours-limit',
  'too-long',
  'outside-window',
  'quiet-hours',
];

/** The reason of a touch without any place, by how far the furthest half-day came. */
export function reasonAt(furthest: number, touch: Touch): Reason {
  return reasonOf(STAGES[furthest] ?? 'no-skill', touch);
}

/** How far a refusal came; the further, the more it says. */
export function furthestOf(stage: Stage): number {
  return STAGES.indexOf(stage);
}

function reasonOf(stage: Stage, touch: Touch): Reason {
  const minutes = touch.minutes.p80;
  switch (stage) {
    case 'no-skill':
      return {
        code: stage,
        message: `No rep who works within the horizon has the skill "${touch.skill}".`,
        mend: 'Add a rep with the skill, or teach it.',
      };
    case 'pinned-rep':
      return {
        code: stage,
        message: `It is pinned to "${touch.pin?.rep}", who lacks the skill or does not work within the horizon.`,
        mend: 'Remove the pin, or pin it to somebody else.',
      };
    case 'no-minutes-left':
      return {
        code: stage,
        message: `No rep with the skill has ${minutes} minutes a week left beside their load.`,
        mend: 'Lower the load of a rep, or split the touch.',
      };
    case 'rescue-limit':
      return {
        code: stage,
        message: 'Every rep with the skill is limited to no rescue calls.',
        mend: 'Raise rescueCallsPerDay of a rep, or give the skill to another.',
      };
    case 'pinned-start':
      return {
        code: stage,
        message: `It is pinned to ${touch.pin?.start}, when nobody who could do it works.`,
        mend: 'Pin it to a time within working hours, or remove the pin.',
      };
    case 'frozen':
      return {
        code: stage,
        message: 'Its window ends within the frozen time.',
        mend: 'Pin it to a half-day, or freeze less.',
      };
    case 'after-hours-limit':
      return {
        code: stage,
        message: 'It fits only outside of working hours, and no rep may work then.',
        mend: 'Raise afterHoursPerWeek of a rep, or widen the window.',
      };
    case 'too-long':
      return {
        code: stage,
        message: `It takes ${minutes} minutes (p80), longer than any half-day.`,
        mend: 'Split the touch into parts.',
      };
    case 'outside-window':
      return {
        code: stage,
        message: `No half-day leaves ${minutes} minutes between ${touch.window.from} and ${touch.window.to}.`,
        mend: 'Widen the window, or the horizon.',
      };
    case 'quiet-hours':
      return {
        code: stage,
        message: `The account's quiet hours leave less than ${minutes} minutes in every half-day of the window.`,
        mend: 'Find a rep nearer to the account, open after-hours spans, or shorten the quiet hours.',
      };
  }
}

/** A touch of so many minutes in the part of a half-day that is open to it. */
export function candidateOf(
  bucket: Pick<Bucket, 'start' | 'end'>,
  place: number,
  minutes: number,
  at: Stretch,
): Candidate {
  const before = at.from - bucket.start;
  const behind = bucket.end - at.to;
  const side =
    before === 0 ? (behind === 0 ? 'whole' : 'early') : behind === 0 ? 'late' : before <= behind ? 'early' : 'late';
  const waiting = before === 0 || behind === 0 ? 0 : Math.min(before, behind);
  return { bucket: place, from: at.from, to: at.to, reserve: minutes + waiting, side };
}

/** The half-days of each rep, with what is asked of every touch looked up once. */
export class Candidates {
  private readonly request: PlanRequest;
  private readonly buckets: readonly Bucket[];
  private readonly reach: Reach;
  private readonly ofRep: readonly (readonly number[])[];

  constructor(request: PlanRequest, buckets: readonly Bucket[], reach: Reach) {
    this.request = request;
    this.buckets = buckets;
    this.reach = reach;
    const ofRep = request.reps.map((): number[] => []);
    for (const [place, bucket] of buckets.entries()) ofRep[bucket.rep]?.push(place);
    this.ofRep = ofRep;
  }

  /** The half-days that a touch fits into, by rep and time; or why there are none. */
  of(touch: Touch, account: Account, holds: Holds): { readonly found: Candidate[]; readonly reason?: Reason } {
    const found: Candidate[] = [];
    let furthest = 0;
    for (const [index, rep] of this.request.reps.entries()) {
      const stage = refusesRep(this.request, touch, index, holds, this.ofRep[index]?.length !== 0);
      if (stage !== undefined) {
        furthest = Math.max(furthest, furthestOf(stage));
        continue;
      }
      for (const place of this.ofRep[index] ?? []) {
        const bucket = this.buckets[place];
        if (bucket === undefined) continue;
        const refused = openIn(touch, account, bucket, rep.limits.afterHoursPerWeek, holds, this.reach);
        if (typeof refused === 'string') furthest = Math.max(furthest, furthestOf(refused));
        else found.push(candidateOf(bucket, place, touch.minutes.p80, refused));
      }
    }
    return found.length > 0 ? { found } : { found, reason: reasonAt(furthest, touch) };
  }
}

/** Why a rep cannot do a touch at all, whenever it is; undefined when they can. */
export function refusesRep(
  request: PlanRequest,
  touch: Touch,
  index: number,
  { fixed }: Holds,
  works: boolean,
): Stage | undefined {
  const rep = request.reps[index];
  if (rep === undefined || !rep.skills.includes(touch.skill) || !works) return 'no-skill';
  const only = fixed?.rep ?? touch.pin?.rep;
  if (only !== undefined && only !== rep.id) return 'pinned-rep';
  if (rep.weeklyMinutes - rep.loadMinutes < touch.minutes.p80) return 'no-minutes-left';
  if (touch.kind === 'rescue' && rep.limits.rescueCallsPerDay === 0) return 'rescue-limit';
  return undefined;
}

/** The part of a half-day that is open to a touch, or why none is. */
export function openIn(
  touch: Touch,
  account: Account,
  bucket: Pick<Bucket, 'start' | 'end' | 'afterHours'>,
  afterHoursPerWeek: number,
  { fixed, frozenUntil }: Holds,
  reach: Reach,
): Stage | Stretch {
  const pinned = fixed?.start ?? (touch.pin?.start === undefined ? undefined : minuteOf(touch.pin.start));
  if (pinned !== undefined && (pinned < bucket.start || pinned >= bucket.end)) return 'pinned-start';
  if (pinned === undefined && bucket.start < frozenUntil) return 'frozen';
  if (bucket.afterHours && afterHoursPerWeek === 0) return 'after-hours-limit';
  const minutes = touch.minutes.p80;
  if (bucket.end - bucket.start < minutes) return 'too-long';
  // A window that opens or closes within a minute gives that minute away.
  const from = Math.max(bucket.start, Math.ceil(Date.parse(touch.window.from) / 60_000));
  const to = Math.min(bucket.end, minuteOf(touch.window.to));
  if (to - from < minutes) return 'outside-window';
  if (touch.channel === 'internal') return { from, to };
  let longest: Stretch | undefined;
  for (const open of reach.within(account, bucket.start, bucket.end)) {
    const part = { from: Math.max(from, open.from), to: Math.min(to, open.to) };
    if (part.to - part.from >= minutes && (longest === undefined || part.to - part.from > longest.to - longest.from))
      longest = part;
  }
  return longest ?? 'quiet-hours';
}

/** Writes a bucket for people and names: `anna 2026-11-23 09:00`. */
export function bucketName(request: PlanRequest, bucket: Bucket): string {
  return `${request.reps[bucket.rep]?.id} ${bucket.date} ${bucket.clock}`;
}

/** What is fixed about a touch: a pin with rep and start, or else a slot of the previous plan that begins in the frozen time. */
export function fixedSlot(request: PlanRequest, touch: Touch): (Fixed & { readonly by: 'pin' | 'freeze' }) | undefined {
  const { pin } = touch;
  if (pin?.rep !== undefined && pin.start !== undefined) {
    return { by: 'pin', rep: pin.rep, start: minuteOf(pin.start) };
  }
  if (pin !== undefined) return undefined;
  const slot = request.previous?.slots.find((each) => each.touch === touch.id);
  if (slot === undefined || request.previous === undefined) return undefined;
  if (Date.parse(slot.start) >= Date.parse(request.previous.frozenUntil)) return undefined;
  return { by: 'freeze', rep: slot.rep, start: minuteOf(slot.start) };
}
