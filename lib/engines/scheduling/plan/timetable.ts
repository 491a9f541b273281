import { byText } from '../../../core/directory/loaded.ts';
import { expectedLoss } from './breakdown.ts';
import type { Bucket, Stretch } from './buckets.ts';
import type { Model } from './model.ts';
import { type InHalfDay, type Sequenced, sequence } from './sequence.ts';
import { sequenceAround } from './sequence-around.ts';
import { type Stay, staysOf } from './stays.ts';

/** Two contacts of one account that two people have at the same time; places of the touches in the model, the less valuable first. */
export interface Clash {
  readonly account: string;
  readonly touches: readonly [number, number];
}

export interface Timetable {
  /** Clock times of what is placed, by touch. */
  readonly times: ReadonlyMap<string, Sequenced>;
  /** What no order within these half-days was found to keep apart. */
  readonly clashes: readonly Clash[];
}

/** Pairs that are looked at for one timetable. People's plans have a few; where there are more, touches have to go elsewhere anyway. */
const MOST_PAIRS = 40;

/** A touch that is placed. */
interface Placed extends InHalfDay {
  readonly place: number;
  readonly account: string;
  readonly rep: number;
  readonly half: HalfDayWork;
}

interface HalfDayWork {
  readonly bucket: Bucket;
  readonly placed: Placed[];
}

/** A touch as a half-day sees it that it has, or would have. */
export function inHalfDay(model: Model, column: number): InHalfDay | undefined {
  const bucket = model.buckets[model.columnBucket[column] ?? -1];
  const touch = model.touches[model.columnTouch[column] ?? -1]?.touch;
  if (bucket === undefined || touch === undefined) return undefined;
  const { p50, p80 } = touch.minutes;
  const from = bucket.start + (model.columnFrom[column] ?? 0);
  const to = bucket.start + (model.columnTo[column] ?? 0);
  return { id: touch.id, from, to, p50, p80, loss: expectedLoss(model, column) };
}

/** Clock times under construction. Half-days change one after the other, and never so that something new clashes. */
class Times {
  readonly times = new Map<string, Sequenced>();
  /** Touches that keep the time that the plan in force has for them. */
  private readonly held = new Map<string, Stay>();
  private readonly placed = new Map<string, Placed>();
  private tried = 0;
  /** Contacts by account, where more than one person has some. */
  private readonly contacts = new Map<string, readonly Placed[]>();

  constructor(model: Model, choice: Int32Array) {
    const halves = new Map<number, HalfDayWork>();
    const contacts = new Map<string, Placed[]>();
    for (const [place, column] of choice.entries()) {
      const number = model.columnBucket[column] ?? -1;
      const bucket = model.buckets[number];
      const touch = model.touches[place]?.touch;
      if (bucket === undefined || touch === undefined) continue;
      const half = halves.get(number) ?? { bucket, placed: [] };
      halves.set(number, half);
      const fits = inHalfDay(model, column);
      if (fits === undefined) continue;
      const own: Placed = { ...fits, place, account: touch.account, rep: bucket.rep, half };
      half.placed.push(own);
      this.placed.set(own.id, own);
      if (touch.channel !== 'internal') contacts.set(own.account, [...(contacts.get(own.account) ?? []), own]);
    }
    for (const [account, list] of contacts)
      if (list.some(({ rep }) => rep !== list[0]?.rep)) this.contacts.set(account, list);
    for (const { bucket, placed } of halves.values()) this.keep(sequence(placed, bucket.start, bucket.end));
    for (const stay of staysOf(model, choice)) this.hold(stay);
  }

  /** Lets a touch keep its time, where its half-day works out with it and with those that keep theirs already. */
  private hold(stay: Stay): void {
    const own = this.placed.get(stay.id);
    if (own === undefined || stay.start < own.from || stay.start + stay.p80 > own.to) return;
    this.held.set(stay.id, stay);
    const found = this.sequenced(own.half, () => []);
    if (found === undefined) this.held.delete(stay.id);
    else this.keep(found);
  }

  private sequenced(
    { bucket, placed }: HalfDayWork,
    closed: (id: string) => readonly Stretch[],
    held?: { readonly id: string; readonly place: number },
  ): Sequenced[] | undefined {
    const touches = placed.map((each): InHalfDay => {
      const stay = this.held.get(each.id);
      return stay === undefined ? each : { ...each, from: stay.start, to: stay.start + stay.p80 };
    });
    const { start, end } = bucket;
    return sequenceAround(touches, { start, end, closed, ...(held === undefined ? {} : { held }) });
  }

  private keep(sequenced: readonly Sequenced[]): void {
    for (const each of sequenced) this.times.set(each.id, each);
  }

  private timeOf({ id }: Placed): Sequenced {
    return this.times.get(id) as Sequenced;
  }

  private overlap(one: Placed, other: Placed): boolean {
    const [a, b] = [this.timeOf(one), this.timeOf(other)];
    return one.rep !== other.rep && a.start < b.reservedUntil && b.start < a.reservedUntil;
  }

  /** Pairs that overlap, the earliest first. */
  clashes(): (readonly [Placed, Placed])[] {
    const found: (readonly [Placed, Placed])[] = [];
    for (const list of this.contacts.values()) {
      const byStart = list.toSorted((a, b) => this.timeOf(a).start - this.timeOf(b).start || byText(a.id, b.id));
      for (const [at, one] of byStart.entries()) {
        const until = this.timeOf(one).reservedUntil;
        for (let next = at + 1; next < byStart.length; next += 1) {
          const other = byStart[next] as Placed;
          if (this.timeOf(other).start >= until) break;
          if (other.rep === one.rep) continue;
          const isLess = one.loss < other.loss || (one.loss === other.loss && one.id > other.id);
          found.push(isLess ? [one, other] : [other, one]);
        }
      }
    }
    const since = ([a, b]: readonly [Placed, Placed]): number => Math.max(this.timeOf(a).start, this.timeOf(b).start);
    return found.sort((a, b) => since(a) - since(b) || byText(a[0].id, b[0].id) || byText(a[1].id, b[1].id));
  }

  /** When a touch's account is with somebody else; what stands in one half-day may be left out of account. */
  private closed(id: string, but?: HalfDayWork): Stretch[] {
    const own = this.placed.get(id);
    const contacts = own === undefined ? undefined : this.contacts.get(own.account);
    if (own === undefined || contacts?.includes(own) !== true) return [];
    return contacts
      .filter(({ rep, half }) => rep !== own.rep && half !== but)
      .map((other) => ({ from: this.timeOf(other).start, to: this.timeOf(other).reservedUntil }));
  }

  /** Sequences one half-day around all others. */
  private around(half: HalfDayWork): boolean {
    const found = this.sequenced(half, (id) => this.closed(id));
    if (found !== undefined) this.keep(found);
    return found !== undefined;
  }

  /** Puts a touch at every place of its half-day in turn, until the other half-day can be sequenced around it. */
  private together({ id, half }: Placed, other: HalfDayWork): boolean {
    const before = half.placed.map((each) => this.timeOf(each));
    const closed = (of: string): Stretch[] => this.closed(of, other);
    for (const place of half.placed.keys()) {
      const found = this.sequenced(half, closed, { id, place });
      if (found === undefined) continue;
      this.keep(found);
      if (this.around(other)) return true;
    }
    this.keep(before);
    return false;
  }

  /** Lets what stands in some half-days have other times than the plan in force; promises come last. */
  private release(halves: readonly HalfDayWork[], isPromised: boolean): boolean {
    const free = halves
      .flatMap(({ placed }) => placed)
      .filter(({ id }) => this.held.has(id) && (isPromised || this.held.get(id)?.promised === false));
    for (const { id } of free) this.held.delete(id);
    return free.length > 0;
  }

  private keepApart(one: Placed, other: Placed): boolean {
    const [less, more] = [one.half, other.half];
    return this.around(less) || this.around(more) || this.together(other, less) || this.together(one, more);
  }

  /** Keeps apart what can be kept apart: the less valuable one gives way where that does, and promised times stay while they can. */
  settle(): void {
    for (const [one, other] of this.clashes()) {
      if (!this.overlap(one, other)) continue;
      if (this.tried >= MOST_PAIRS) return;
      this.tried += 1;
      if (this.keepApart(one, other)) continue;
      const halves = [one.half, other.half];
      if (this.release(halves, false) && this.keepApart(one, other)) continue;
      if (this.release(halves, true)) this.keepApart(one, other);
    }
  }
}

/**
 * The clock times of everything that is placed. Each half-day has its usual order (see `sequence`), in which what the plan in force
 * has in the same half-day keeps its time where that works out. Where two people would be with one account at the same time, one of
 * the half-days gets another order or waits a little, and if that does not do, both of them. Internal work is with nobody. The same choice gives the same times.
 * @param choice the column of each touch, or -1 for none yet.
 */
export function timetableOf(model: Model, choice: Int32Array): Timetable {
  const times = new Times(model, choice);
  let open = times.clashes().length;
  while (open > 0) {
    times.settle();
    const left = times.clashes().length;
    if (left >= open) break;
    open = left;
  }
  const clashes = times.clashes().map(([a, b]): Clash => ({ account: a.account, touches: [a.place, b.place] }));
  return { times: times.times, clashes };
}
