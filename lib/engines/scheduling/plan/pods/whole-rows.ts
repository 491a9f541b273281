import { dateOfDay } from '../../../../core/calendar/local-day.ts';
import type { Bucket } from '../buckets.ts';
import { bucketName, type Candidate } from '../candidates.ts';
import { contactDaysOf, contactsOf, edgesOf, floorsOf, pairsOf, shareOfWork } from '../limit-facts.ts';
import { instantOfMinute, localDay } from '../local-time.ts';
import type { Admitted } from '../prices.ts';
import type { PlanRequest } from '../request-shape.ts';
import type { Row } from '../rows.ts';
import { inUnits, type Scale } from '../scale.ts';
import type { Shift } from './shifts.ts';

/** Deadlines (or releases) within a shift that are limits of their own; those between them are left out, which proves no less than nothing. */
const MOST_EDGES = 8;

/** At most so many of some numbers in ascending order, evenly spread, always with the first and the last. */
function thinned(numbers: readonly number[]): readonly number[] {
  if (numbers.length <= MOST_EDGES) return numbers;
  return Array.from({ length: MOST_EDGES }, (_, at) => Math.floor((at * (numbers.length - 1)) / (MOST_EDGES - 1))).map(
    (place) => numbers[place] ?? 0,
  );
}

/** The limits within a shift of touches on one side: one for each edge and each of its half-days, in this order. */
interface Edges {
  readonly at: readonly number[];
  readonly first: number;
  readonly size: number;
}

/**
 * The limits of a whole request, named as `compile` names them. Entries are looked up instead of stored: those of a half-day follow
 * from its place, those of account and playbook are kept by offer.
 */
export class WholeRows {
  readonly rows: Row[] = [];
  readonly halfDay: Int32Array;
  readonly consecutive: Int32Array;
  readonly week: Int32Array;
  readonly rescue: Int32Array;
  readonly afterHours: Int32Array;
  readonly fairness: Int32Array;
  /** Place of a half-day within its shift. */
  readonly placeInShift: Int32Array;
  /** By touch; -1 where no floor asks for it. */
  readonly floor: Int32Array;
  /**
   * Entries of account and playbook, which stand in rows one behind the other: offer o takes part of the ranges `rangeBegin[o]` to
   * `rangeBegin[o + 1]`, each of them with one coefficient in the rows `rangeFrom` (inclusive) to `rangeTo`.
   */
  readonly rangeBegin: Int32Array;
  readonly rangeFrom: Int32Array;
  readonly rangeTo: Int32Array;
  readonly rangeSign: Int8Array;
  /** By row; of soft limits in units of money, and -1 for a hard one. */
  price = new Float64Array(0);
  private readonly early: (Edges | undefined)[];
  private readonly late: (Edges | undefined)[];
  private readonly offersOf: Int32Array;

  constructor(
    request: PlanRequest,
    buckets: readonly Bucket[],
    shifts: readonly Shift[],
    admitted: readonly Admitted[],
  ) {
    const names = buckets.map((bucket) => bucketName(request, bucket));
    const add = (row: Row): number => this.rows.push(row) - 1;
    const shared = new Map<string, number>();
    const once = (name: string, make: () => Omit<Row, 'name'>): number => {
      const known = shared.get(name);
      if (known !== undefined) return known;
      const number = add({ ...make(), name });
      shared.set(name, number);
      return number;
    };
    const about = ({ rep, date }: Bucket): { readonly subject: string; readonly date: string } => ({
      subject: request.reps[rep]?.id ?? '',
      date,
    });
    const perBucket = (write: (bucket: Bucket, place: number) => number): Int32Array => Int32Array.from(buckets, write);
    this.halfDay = perBucket((bucket, place) =>
      add({ kind: 'half-day', name: `half-day ${names[place]}`, ...about(bucket), high: bucket.end - bucket.start }),
    );
    this.consecutive = perBucket((bucket, place) => {
      const high = request.reps[bucket.rep]?.limits.consecutive ?? 0;
      return add({ kind: 'consecutive', name: `consecutive ${names[place]}`, ...about(bucket), high });
    });
    this.week = perBucket((bucket) => {
      const rep = request.reps[bucket.rep];
      return once(`week ${rep?.id} ${bucket.week}`, () => ({
        kind: 'week',
        subject: rep?.id ?? '',
        date: bucket.week,
        high: (rep?.weeklyMinutes ?? 0) - (rep?.loadMinutes ?? 0),
      }));
    });
    this.rescue = perBucket((bucket) => {
      const high = request.reps[bucket.rep]?.limits.rescueCallsPerDay ?? 0;
      const subject = request.reps[bucket.rep]?.id ?? '';
      return once(`rescue-calls ${subject} ${bucket.date}`, () => ({ kind: 'rescue-calls', ...about(bucket), high }));
    });
    this.afterHours = perBucket((bucket) => {
      if (!bucket.afterHours) return -1;
      const rep = request.reps[bucket.rep];
      const high = rep?.limits.afterHoursPerWeek ?? 0;
      const subject = rep?.id ?? '';
      return once(`after-hours ${subject} ${bucket.week}`, () => ({
        kind: 'after-hours',
        subject,
        date: bucket.week,
        high,
      }));
    });
    const price = request.weights.fairnessPerMinute;
    const shares = shareOfWork(request, admitted);
    this.fairness = perBucket(({ rep }) => {
      if (price === 0) return -1;
      const subject = request.reps[rep]?.id ?? '';
      return once(`fairness ${subject}`, () => ({ kind: 'fairness', subject, high: shares.get(rep) ?? 0, price }));
    });
    this.placeInShift = new Int32Array(buckets.length);
    for (const shift of shifts) for (const [at, place] of shift.buckets.entries()) this.placeInShift[place] = at;
    const edges = (side: 'early' | 'late'): (Edges | undefined)[] => {
      const found = edgesOf(admitted, side);
      return shifts.map((shift, number): Edges | undefined => {
        const at = thinned(found.get(number) ?? []);
        if (at.length === 0) return undefined;
        const first = this.rows.length;
        for (const edge of at) {
          const high = side === 'early' ? edge - shift.start : shift.end - edge;
          for (const place of shift.buckets) {
            const bucket = buckets[place];
            const name = `${side}-window ${names[place]} ${side === 'early' ? '+' : '-'}${high}`;
            if (bucket !== undefined) add({ kind: `${side}-window`, name, ...about(bucket), high });
          }
        }
        return { at, first, size: shift.buckets.length };
      });
    };
    this.early = edges('early');
    this.late = edges('late');
    const floors = floorsOf(request, admitted);
    this.floor = Int32Array.from(admitted, ({ account: { segment } }) => {
      const high = floors.get(segment) ?? 0;
      if (high === 0) return -1;
      return once(`floor ${segment}`, () => ({
        kind: 'floor',
        subject: segment,
        high: -high,
        price: request.weights.floorShortfall,
      }));
    });
    const ranges = rangesOf(request, shifts, admitted, add);
    this.offersOf = Int32Array.from(ranges.offers);
    this.rangeBegin = Int32Array.from(ranges.begin);
    this.rangeFrom = Int32Array.from(ranges.from);
    this.rangeTo = Int32Array.from(ranges.to);
    this.rangeSign = Int8Array.from(ranges.sign);
  }

  /** Whether every shift of a touch is closed by a contact cap that is used up. */
  isBlocked(touch: number): boolean {
    for (let offer = this.offersOf[touch] ?? 0; offer < (this.offersOf[touch + 1] ?? 0); offer += 1) {
      let isOpen = true;
      for (let at = this.rangeBegin[offer] ?? 0; at < (this.rangeBegin[offer + 1] ?? 0); at += 1)
        for (let row = this.rangeFrom[at] ?? 0; row < (this.rangeTo[at] ?? 0); row += 1)
          if (this.rows[row]?.kind === 'contact-cap' && this.rows[row]?.high === 0) isOpen = false;
      if (isOpen) return false;
    }
    return true;
  }

  /** Fixes what excess costs; to be called once. */
  priceIn(scale: Scale): void {
    this.price = Float64Array.from(this.rows, ({ price }) => (price === undefined ? -1 : inUnits(price, scale)));
  }

  /** The first rows of the edges that touches of a side and stretch count for; each stands for a row by half-day of the shift. */
  edgesOf(shift: number, { side, from, to }: Pick<Candidate, 'side' | 'from' | 'to'>): number[] {
    const edges = side === 'early' ? this.early[shift] : side === 'late' ? this.late[shift] : undefined;
    if (edges === undefined) return [];
    return edges.at.flatMap((edge, place) =>
      (side === 'early' ? edge >= to : edge <= from) ? [edges.first + place * edges.size] : [],
    );
  }
}

/** Rows one behind the other, by the ascending numbers that they are about: days, or minutes. */
interface Series {
  readonly first: number;
  readonly numbers: readonly number[];
}

/** The rows of a series whose numbers are from a first one to before a last one. */
function within({ first, numbers }: Series, from: number, before: number): readonly [from: number, to: number] {
  const begin = numbers.findIndex((number) => number >= from);
  const end = numbers.findIndex((number) => number >= before);
  const size = numbers.length;
  return [first + (begin < 0 ? size : begin), first + (end < 0 ? size : end)];
}

/** The entries of account and playbook, by offer. */
function rangesOf(
  request: PlanRequest,
  shifts: readonly Shift[],
  admitted: readonly Admitted[],
  add: (row: Row) => number,
) {
  const columns = { buckets: shifts };
  const contacts = contactsOf(request);
  const series = (numbers: readonly number[], write: (number: number) => Row): Series => {
    const [first = 0] = numbers.map((number) => add(write(number)));
    return { first, numbers };
  };
  const accounts = new Map(request.accounts.map((account) => [account.id, account]));
  const ofAccount = new Map(
    [...contactDaysOf(columns, admitted)].map(([subject, days]) => {
      const caps = accounts.get(subject)?.contactCaps ?? { days: 0, count: 0 };
      const past = contacts.get(subject) ?? [];
      const write = (last: number): Row => {
        const date = dateOfDay(last);
        const before = past.filter((each) => each <= last && each > last - caps.days).length;
        const high = Math.max(0, caps.count - before);
        return { kind: 'contact-cap', name: `contact-cap ${subject} ${date}`, subject, date, high };
      };
      return [subject, series(days, write)] as const;
    }),
  );
  const { asLater, asFirst } = pairsOf(columns, admitted, []);
  const ofPair = new Map(
    [...asLater].map(([subject, { starts }]) => {
      const write = (start: number): Row => {
        const name = `playbook ${subject} ${instantOfMinute(start)}`;
        return { kind: 'playbook', name, subject, high: 0 };
      };
      return [subject, series(starts, write)] as const;
    }),
  );
  const ranges = { offers: [0], begin: [0], from: [] as number[], to: [] as number[], sign: [] as number[] };
  const enter = ([from, to]: readonly [number, number], sign: number): void => {
    if (from >= to) return;
    ranges.from.push(from);
    ranges.to.push(to);
    ranges.sign.push(sign);
  };
  for (const { touch, account, found } of admitted) {
    const caps = touch.channel === 'internal' ? undefined : account.contactCaps;
    const contactRows = ofAccount.get(account.id);
    const own = ofPair.get(touch.id);
    const followers = (asFirst.get(touch.id) ?? []).flatMap(({ later }) => ofPair.get(later) ?? []);
    for (const { bucket } of found) {
      const { start, end } = shifts[bucket] ?? { start: 0, end: 0 };
      if (caps !== undefined && contactRows !== undefined) {
        const day = localDay(start, account.timeZone);
        enter(within(contactRows, day, day + caps.days), 1);
      }
      // It is not before then, or the first one is over by then; see `Limits`.
      if (own !== undefined) enter(within(own, start, Number.POSITIVE_INFINITY), 1);
      for (const follower of followers) enter(within(follower, end, Number.POSITIVE_INFINITY), -1);
      ranges.begin.push(ranges.from.length);
    }
    ranges.offers.push(ranges.begin.length - 1);
  }
  return ranges;
}
