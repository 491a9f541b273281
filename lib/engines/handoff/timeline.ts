import { type WorkingTime, workingIntervals } from '../../core/calendar/working-intervals.ts';
import { InvalidInput } from '../../core/errors.ts';
import { type Duration, minutesOf } from './words.ts';

const MINUTE = 60_000;
const DAY = 1_440 * MINUTE;
const CHUNK = 120 * DAY;
/** Nobody is closed for longer than this many chunks. */
const MOST_IDLE = 4;

/**
 * A calendar laid out from an instant on, for many additions: gives what `addBusinessMinutes` gives, by looking up sums instead of
 * walking the days.
 */
export class Timeline {
  readonly #working: WorkingTime;
  readonly #starts: number[] = [];
  readonly #ends: number[] = [];
  /** Working milliseconds before each interval. */
  readonly #before: number[] = [];
  #total = 0;
  #until: number;

  /** @param from epoch milliseconds; nothing before it is asked for. */
  constructor(working: WorkingTime, from: number) {
    this.#working = working;
    this.#until = from;
  }

  /** The earliest moment at which a duration has passed since `at`; epoch milliseconds. @throws InvalidInput (`no-working-time`). */
  add(at: number, length: Duration): number {
    const wanted = minutesOf(length) * MINUTE;
    if ('clockMinutes' in length || wanted === 0) return at + wanted;
    while (this.#until <= at) this.#extend();
    const goal = this.#workedBy(at) + wanted;
    for (let idle = 0; this.#total < goal; ) {
      const before = this.#total;
      this.#extend();
      idle = this.#total === before ? idle + 1 : 0;
      if (idle < MOST_IDLE) continue;
      const message = `The calendar "${this.#working.calendar.id}" has too little working time.`;
      const mend = 'Give the calendar working hours.';
      throw new InvalidInput(message, [{ pointer: '', code: 'no-working-time', message, mend }]);
    }
    const index = this.#first((i) => this.#worked(i) >= goal);
    return (this.#starts[index] ?? 0) + goal - (this.#before[index] ?? 0);
  }

  #extend(): void {
    for (const { start, end } of workingIntervals(this.#until, this.#until + CHUNK, this.#working)) {
      this.#starts.push(start);
      this.#ends.push(end);
      this.#before.push(this.#total);
      this.#total += end - start;
    }
    this.#until += CHUNK;
  }

  /** Working milliseconds at the end of an interval. */
  #worked(index: number): number {
    return (this.#before[index] ?? 0) + (this.#ends[index] ?? 0) - (this.#starts[index] ?? 0);
  }

  #workedBy(at: number): number {
    const index = this.#first((i) => (this.#ends[i] ?? 0) > at);
    if (index === this.#starts.length) return this.#total;
    return (this.#before[index] ?? 0) + Math.max(0, at - (this.#starts[index] ?? 0));
  }

  /** The first interval of which something holds that holds of all later ones. */
  #first(holds: (index: number) => boolean): number {
    let [low, high] = [0, this.#starts.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (holds(middle)) high = middle;
      else low = middle + 1;
    }
    return low;
  }
}
