import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import * as z from 'zod';

/** Takes a scheduled callback back; does nothing once it has fired. */
export type Cancel = () => void;

/** What every part of the local system asks for the time, so that time can be skipped for all of them at once. */
export interface LocalClock {
  /** Milliseconds since 1970-01-01T00:00:00Z. Never goes backwards. */
  now(): number;
  /** Calls back once at an instant; at once (but never before this call returns) when it has passed. */
  schedule(atEpochMilliseconds: number, callback: () => void): Cancel;
}

/** Lets the work that a timer started come to rest before time moves on. */
export type Settle = () => Promise<void>;

/** A clock whose time can be moved forward. */
export interface AdvanceableClock extends LocalClock {
  /**
   * Moves time forward and fires the timers that become due, each at its own instant and in order of time;
   * timers that those set on the way fire too.
   * @param settle awaited after each timer, so that what it started can set its own timers; by default one turn of the event loop.
   */
  advance(milliseconds: number, settle?: Settle): Promise<void>;
}

const nextTurn: Settle = () => new Promise((resolve) => setImmediate(resolve));

interface Timer {
  readonly at: number;
  readonly callback: () => void;
}

/** Timers in order of time; timers of one instant keep the order in which they were set. */
class TimerQueue {
  readonly #timers: Timer[] = [];

  add(timer: Timer): void {
    let low = 0;
    let high = this.#timers.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      const other = this.#timers[middle];
      if (other !== undefined && other.at <= timer.at) low = middle + 1;
      else high = middle;
    }
    this.#timers.splice(low, 0, timer);
  }

  remove(timer: Timer): void {
    const index = this.#timers.indexOf(timer);
    if (index >= 0) this.#timers.splice(index, 1);
  }

  get first(): Timer | undefined {
    return this.#timers[0];
  }

  /** Takes the first timer out if it is due. */
  takeDue(now: number): Timer | undefined {
    const first = this.first;
    return first !== undefined && first.at <= now ? this.#timers.shift() : undefined;
  }
}

/** A clock for tests: time stands still until it is advanced. */
export class VirtualClock implements AdvanceableClock {
  #now: number;
  readonly #queue = new TimerQueue();

  constructor(startEpochMilliseconds: number) {
    this.#now = startEpochMilliseconds;
  }

  now(): number {
    return this.#now;
  }

  schedule(atEpochMilliseconds: number, callback: () => void): Cancel {
    const timer = { at: atEpochMilliseconds, callback };
    this.#queue.add(timer);
    if (atEpochMilliseconds <= this.#now) setImmediate(() => this.#fireDue());
    return () => this.#queue.remove(timer);
  }

  async advance(milliseconds: number, settle: Settle = nextTurn): Promise<void> {
    const target = this.#now + milliseconds;
    await settle();
    for (let timer = this.#queue.takeDue(target); timer !== undefined; timer = this.#queue.takeDue(target)) {
      this.#now = Math.max(this.#now, timer.at);
      timer.callback();
      await settle();
    }
    this.#now = target;
  }

  #fireDue(): void {
    for (let timer = this.#queue.takeDue(this.#now); timer !== undefined; timer = this.#queue.takeDue(this.#now)) {
      timer.callback();
    }
  }
}

const persisted = z.strictObject({ offsetMilliseconds: z.int().min(0) });

/** setTimeout counts in signed 32-bit milliseconds; a longer wait is taken in pieces. */
const LONGEST_TIMEOUT = 2 ** 31 - 1;

/**
 * The machine's clock plus an offset that survives restarts, so that skipped time stays skipped.
 * It keeps no process alive by itself.
 */
export class SystemClock implements AdvanceableClock {
  readonly #file: string;
  readonly #queue = new TimerQueue();
  #offset: number;
  #latest = 0;
  #alarm: NodeJS.Timeout | undefined;
  /** While time is being moved, or once the clock has stopped, no alarm is set. */
  #silent = false;

  /**
   * @param file holds the offset; it is created on the first advance.
   * @throws z.ZodError or SyntaxError when the file is not one that this class wrote.
   */
  constructor(file: string) {
    this.#file = file;
    this.#offset = readOffset(file);
  }

  now(): number {
    this.#latest = Math.max(this.#latest, Date.now() + this.#offset);
    return this.#latest;
  }

  schedule(atEpochMilliseconds: number, callback: () => void): Cancel {
    const timer = { at: atEpochMilliseconds, callback };
    this.#queue.add(timer);
    this.#setAlarm();
    return () => {
      this.#queue.remove(timer);
      this.#setAlarm();
    };
  }

  async advance(milliseconds: number, settle: Settle = nextTurn): Promise<void> {
    const target = this.now() + milliseconds;
    this.#silent = true;
    try {
      await settle();
      for (let timer = this.#queue.takeDue(target); timer !== undefined; timer = this.#queue.takeDue(target)) {
        this.#moveTo(timer.at);
        timer.callback();
        await settle();
      }
      this.#moveTo(target);
    } finally {
      this.#silent = false;
      this.#setAlarm();
    }
  }

  /** Stops firing; timers that are set stay unfired. */
  stop(): void {
    clearTimeout(this.#alarm);
    this.#silent = true;
  }

  /** Written before anything happens at the new time: after a crash, time must not go backwards. */
  #moveTo(instant: number): void {
    const ahead = Math.ceil(instant - this.now());
    if (ahead <= 0) return;
    this.#offset += ahead;
    writeOffset(this.#file, this.#offset);
  }

  #setAlarm(): void {
    clearTimeout(this.#alarm);
    const first = this.#queue.first;
    if (first === undefined || this.#silent) return;
    const wait = Math.min(Math.max(first.at - this.now(), 0), LONGEST_TIMEOUT);
    this.#alarm = setTimeout(() => this.#fireDue(), wait);
    this.#alarm.unref();
  }

  #fireDue(): void {
    this.#queue.takeDue(this.now())?.callback();
    this.#setAlarm();
  }
}

function readOffset(file: string): number {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return 0;
    throw error;
  }
  return persisted.parse(JSON.parse(text)).offsetMilliseconds;
}

function writeOffset(file: string, offsetMilliseconds: number): void {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(`${file}.new`, JSON.stringify({ offsetMilliseconds }));
  renameSync(`${file}.new`, file);
}
