import { dateOfDay } from '../../../core/calendar/local-day.ts';
import type { Bucket } from './buckets.ts';
import { bucketName, type Candidate } from './candidates.ts';
import { contactDaysOf, contactsOf, edgesOf, floorsOf, type Pair, pairsOf, shareOfWork } from './limit-facts.ts';
import { instantOfMinute, localDay, MINUTES_A_DAY } from './local-time.ts';
import type { Notice } from './model.ts';
import type { Admitted } from './prices.ts';
import type { PlanRequest, Rep } from './request-shape.ts';
import type { Row, RowBook } from './rows.ts';

/** What collects columns: it keeps them, or only looks at them. */
export interface ColumnSink {
  readonly request: PlanRequest;
  readonly buckets: readonly Bucket[];
  readonly book: RowBook;
  /** @param entriesOf gives a candidate's entries as row, coefficient, row, coefficient. */
  add(admitted: Admitted, entriesOf: (candidate: Candidate) => readonly number[]): void;
}

/** Writes the entries of columns: which limits each of them takes part of, and how much. */
class Limits {
  private readonly columns: ColumnSink;
  private readonly names: readonly string[];
  private readonly early: ReadonlyMap<number, readonly number[]>;
  private readonly late: ReadonlyMap<number, readonly number[]>;
  private readonly shares: ReadonlyMap<number, number>;
  private readonly contacts: ReadonlyMap<string, readonly number[]>;
  private readonly contactDays: ReadonlyMap<string, readonly number[]>;
  private readonly floors: ReadonlyMap<string, number>;
  private readonly asLater: ReadonlyMap<string, Pair>;
  private readonly asFirst: ReadonlyMap<string, readonly Pair[]>;
  private readonly known = new Map<string, Map<number, number>>();
  private entries: number[] = [];

  constructor(columns: ColumnSink, admitted: readonly Admitted[], notices: Notice[]) {
    this.columns = columns;
    this.names = columns.buckets.map((bucket) => bucketName(columns.request, bucket));
    this.early = edgesOf(admitted, 'early');
    this.late = edgesOf(admitted, 'late');
    this.shares = shareOfWork(columns.request, admitted);
    this.contacts = contactsOf(columns.request);
    this.contactDays = contactDaysOf(columns, admitted);
    this.floors = floorsOf(columns.request, admitted);
    ({ asLater: this.asLater, asFirst: this.asFirst } = pairsOf(columns, admitted, notices));
  }

  /** The entries of a touch in a half-day: row, coefficient, row, coefficient. */
  of(admitted: Admitted, candidate: Candidate): readonly number[] {
    const bucket = this.columns.buckets[candidate.bucket];
    const rep = this.columns.request.reps[bucket?.rep ?? -1];
    this.entries = [];
    if (bucket === undefined || rep === undefined) return [];
    this.halfDay(candidate, bucket, rep);
    this.ofRep(admitted, bucket, rep);
    this.ofAccount(admitted, bucket);
    this.ofPlaybook(admitted.touch.id, bucket);
    return this.entries;
  }

  /** Enters a column into the row of a kind with a number of its own, which is named and made when it is first met. */
  private enter(coefficient: number, kind: string, key: number, make: () => Row): void {
    let numbers = this.known.get(kind);
    if (numbers === undefined) {
      numbers = new Map();
      this.known.set(kind, numbers);
    }
    let number = numbers.get(key);
    if (number === undefined) {
      number = this.columns.book.add(make());
      numbers.set(key, number);
    }
    this.entries.push(number, coefficient);
  }

  private halfDay(candidate: Candidate, bucket: Bucket, rep: Rep): void {
    const { reserve, side, bucket: place } = candidate;
    const about = { subject: rep.id, date: bucket.date };
    const name = this.names[place] ?? '';
    this.enter(reserve, 'half-day', place, () => {
      return { kind: 'half-day', name: `half-day ${name}`, ...about, high: bucket.end - bucket.start };
    });
    for (const edge of side === 'early' ? (this.early.get(place) ?? []) : []) {
      if (edge < candidate.to) continue;
      const high = edge - bucket.start;
      this.enter(reserve, 'early-window', place * MINUTES_A_DAY + high, () => {
        return { kind: 'early-window', name: `early-window ${name} +${high}`, ...about, high };
      });
    }
    for (const edge of side === 'late' ? (this.late.get(place) ?? []) : []) {
      if (edge > candidate.from) continue;
      const high = bucket.end - edge;
      this.enter(reserve, 'late-window', place * MINUTES_A_DAY + high, () => {
        return { kind: 'late-window', name: `late-window ${name} -${high}`, ...about, high };
      });
    }
    this.enter(1, 'consecutive', place, () => {
      return { kind: 'consecutive', name: `consecutive ${name}`, ...about, high: rep.limits.consecutive };
    });
  }

  private ofRep({ touch }: Admitted, bucket: Bucket, rep: Rep): void {
    const minutes = touch.minutes.p80;
    const { limits, id: subject } = rep;
    const ofWeek = bucket.rep * 1_000 + this.number(bucket.week);
    this.enter(minutes, 'week', ofWeek, () => {
      const high = rep.weeklyMinutes - rep.loadMinutes;
      return { kind: 'week', name: `week ${subject} ${bucket.week}`, subject, date: bucket.week, high };
    });
    if (touch.kind === 'rescue') {
      this.enter(1, 'rescue-calls', bucket.rep * 1_000 + this.number(bucket.date), () => {
        const high = limits.rescueCallsPerDay;
        return {
          kind: 'rescue-calls',
          name: `rescue-calls ${subject} ${bucket.date}`,
          subject,
          date: bucket.date,
          high,
        };
      });
    }
    if (bucket.afterHours) {
      this.enter(1, 'after-hours', ofWeek, () => {
        const high = limits.afterHoursPerWeek;
        return { kind: 'after-hours', name: `after-hours ${subject} ${bucket.week}`, subject, date: bucket.week, high };
      });
    }
    const price = this.columns.request.weights.fairnessPerMinute;
    if (price === 0) return;
    this.enter(minutes, 'fairness', bucket.rep, () => {
      return { kind: 'fairness', name: `fairness ${subject}`, subject, high: this.shares.get(bucket.rep) ?? 0, price };
    });
  }

  private readonly numbers = new Map<string, number>();

  /** A small number for a date or another text, the same whenever it comes up again. */
  private number(text: string): number {
    const known = this.numbers.get(text);
    if (known !== undefined) return known;
    this.numbers.set(text, this.numbers.size);
    return this.numbers.size - 1;
  }

  private ofAccount({ touch, account }: Admitted, bucket: Bucket): void {
    const { id: subject, contactCaps: caps, timeZone } = account;
    if (caps !== undefined && touch.channel !== 'internal') {
      const day = localDay(bucket.start, timeZone);
      // A window without a touch on its last day is contained in one that has.
      for (const last of this.contactDays.get(subject) ?? []) {
        if (last < day || last >= day + caps.days) continue;
        this.enter(1, `contact-cap ${subject}`, last, () => {
          const past = (this.contacts.get(subject) ?? []).filter((each) => each <= last && each > last - caps.days);
          const date = dateOfDay(last);
          const high = Math.max(0, caps.count - past.length);
          return { kind: 'contact-cap', name: `contact-cap ${subject} ${date}`, subject, date, high };
        });
      }
    }
    const floor = this.floors.get(account.segment);
    if (floor === undefined || floor === 0) return;
    this.enter(-1, `floor ${account.segment}`, 0, () => {
      const price = this.columns.request.weights.floorShortfall;
      return { kind: 'floor', name: `floor ${account.segment}`, subject: account.segment, high: -floor, price };
    });
  }

  /** For each beginning of the later touch: it is not before then, or the first one is over by then. */
  private ofPlaybook(touch: string, bucket: Bucket): void {
    const order = (coefficient: number, subject: string, start: number): void =>
      this.enter(coefficient, `playbook ${subject}`, start, () => {
        return { kind: 'playbook', name: `playbook ${subject} ${instantOfMinute(start)}`, subject, high: 0 };
      });
    for (const start of this.asLater.get(touch)?.starts ?? []) if (bucket.start <= start) order(1, touch, start);
    for (const { later, starts } of this.asFirst.get(touch) ?? [])
      for (const start of starts) if (bucket.end <= start) order(-1, later, start);
  }
}

/** Gives every touch its columns, and the columns their entries in the limits. */
export function addColumns(columns: ColumnSink, admitted: readonly Admitted[], notices: Notice[]): void {
  const limits = new Limits(columns, admitted, notices);
  for (const each of admitted) columns.add(each, (candidate) => limits.of(each, candidate));
}
