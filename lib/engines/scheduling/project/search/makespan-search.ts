import { criticalPaths } from '../critical-path.ts';
import { isOverloaded } from '../energetic.ts';
import { at, type Network } from '../network.ts';
import { Analysis } from './analysis.ts';
import { Branching } from './branching.ts';
import { Clauses } from './clauses.ts';
import { withEnd } from './end.ts';
import { luby } from './luby.ts';
import { Propagation } from './propagation.ts';
import type { Literals } from './timetable.ts';
import { CAUSE, Trail } from './trail.ts';

/** What came of a search: no schedule is that short, there is one, or the budget is spent. */
export type Outcome = 'refuted' | 'found' | 'stopped';

/** Conflicts after which the search begins anew, times the terms of Luby's sequence. */
const RESTART = 100;
/** Learned clauses that are kept at first; the number grows with each time that some are forgotten. */
const KEPT = 4_000;

/**
 * An exact search for schedules below a length: it tries, follows what that means, and learns a clause from each contradiction.
 * The length is a start like others, of an activity at the end, so that what is learned holds for each length that is asked for.
 * Source: A. Schutt, T. Feydy, P. Stuckey, M. Wallace, "Solving RCPSP/max by lazy clause generation", J. Scheduling 16 (2013).
 */
export class MakespanSearch {
  readonly #network: Network;
  readonly #end: number;
  readonly #trail: Trail;
  readonly #clauses: Clauses;
  readonly #analysis: Analysis;
  readonly #branching = new Branching();
  readonly #propagation: Propagation;
  readonly #preferred: Int32Array;
  /** Statements that were taken from branching, with the level at which they were. */
  readonly #taken: number[] = [];
  readonly #takenAt: number[] = [];
  /** What was given contradicts itself: nothing is left to be found. */
  #isExhausted = false;
  /** The earliest end as long as nothing is tried: what is tried proves nothing about other schedules. */
  #bound: number;
  #kept = KEPT;
  #conflicts = 0;
  #decisions = 0;

  /**
   * @param finish of a schedule: only shorter ones are looked for, and those like it first.
   * @param bound a length below which there is no schedule.
   */
  constructor(project: Network, finish: Int32Array, bound: number) {
    const network = withEnd(project);
    const { size, durations } = network;
    const { heads, tails } = criticalPaths(network);
    const longest = finish.reduce((most, end) => Math.max(most, end), 0) - 1;
    this.#network = network;
    this.#end = size - 1;
    const earliest = Int32Array.from(heads);
    this.#bound = Math.max(bound, at(heads, this.#end));
    earliest[this.#end] = this.#bound;
    this.#trail = new Trail(
      earliest,
      tails.map((tail) => longest - tail),
    );
    this.#clauses = new Clauses(this.#trail);
    this.#analysis = new Analysis(this.#trail, this.#clauses);
    this.#propagation = new Propagation(network, this.#trail, this.#clauses);
    this.#preferred = Int32Array.from(finish, (end, activity) => end - at(durations, activity));
  }

  /** Statements tried so far. */
  get decisions(): number {
    return this.#decisions;
  }

  /** A length below which there is no schedule; infinite when no schedule is as short as those that are looked for. */
  get bound(): number {
    return this.#isExhausted ? Number.POSITIVE_INFINITY : this.#bound;
  }

  /** When each activity ends in the schedule that was found; only right after that. */
  finish(): Int32Array {
    const { durations } = this.#network;
    return Int32Array.from({ length: this.#end }, (_, i) => at(this.#trail.bounds, 2 * i) + at(durations, i));
  }

  /** From now on only schedules shorter than that are looked for. */
  shorten(makespan: number): void {
    this.#backTo(0);
    if (this.#trail.isTrue(2 * this.#end + 1, 1 - makespan)) return;
    if (this.#trail.isFalse(2 * this.#end + 1, 1 - makespan)) this.#isExhausted = true;
    else this.#trail.grow(2 * this.#end + 1, 1 - makespan, CAUSE.given, 0, 0);
  }

  /**
   * Looks for a schedule of at most the length `target`.
   * @param decisions after it has tried so many statements it stops.
   */
  search(target: number, decisions: number): Outcome {
    const until = this.#decisions + decisions;
    if (this.#isExhausted) return 'refuted';
    this.#backTo(0);
    for (let round = 1; ; round++) {
      const outcome = this.#round(target, until, this.#conflicts + RESTART * luby(round));
      if (outcome !== 'stopped' || this.#decisions >= until) return outcome;
      this.#backTo(0);
      if (this.#clauses.count <= this.#kept) continue;
      this.#clauses.reduce();
      this.#kept += KEPT / 8;
    }
  }

  /** Whether nothing of at most the length `target` fits, by following and by energetic reasoning alone. */
  isRefuted(target: number): boolean {
    this.#backTo(0);
    if (this.#propagation.run() !== undefined) this.#isExhausted = true;
    this.#bound = at(this.#trail.bounds, 2 * this.#end);
    if (this.bound > target) return true;
    this.#trail.openLevel();
    if (!this.#trail.isTrue(2 * this.#end + 1, -target))
      this.#trail.grow(2 * this.#end + 1, -target, CAUSE.decision, 0, 0);
    const { bounds } = this.#trail;
    const starts = (side: number): Int32Array =>
      Int32Array.from({ length: this.#network.size }, (_, i) => Math.abs(at(bounds, 2 * i + side)));
    const isRefuted =
      this.#propagation.run() !== undefined || isOverloaded(this.#network, { earliest: starts(0), latest: starts(1) });
    this.#backTo(0);
    return isRefuted;
  }

  /** Searches until so many statements have been tried, or so many contradictions met. */
  #round(target: number, decisions: number, conflicts: number): Outcome {
    for (;;) {
      const conflict = this.#propagation.run();
      if (conflict !== undefined) {
        this.#conflicts++;
        if (this.#trail.level === 0) this.#isExhausted = true;
        if (this.#isExhausted) return 'refuted';
        this.#learn(conflict);
        continue;
      }
      if (this.#trail.level === 0) this.#bound = at(this.#trail.bounds, 2 * this.#end);
      if (this.#bound > target) return 'refuted';
      if (this.#decisions >= decisions || this.#conflicts >= conflicts) return 'stopped';
      if (!this.#decide(target)) return 'found';
    }
  }

  #learn(conflict: Literals): void {
    const { clause, level } = this.#analysis.learn(conflict, (bound, value) => {
      if (bound >> 1 !== this.#end) this.#branching.bump(bound >> 1, bound % 2 === 0 ? value - 1 : -value);
    });
    this.#branching.decay();
    this.#backTo(level);
    const [bound, value] = [at(clause.bounds, 0), at(clause.values, 0)];
    if (clause.bounds.length === 1) this.#trail.grow(bound, value, CAUSE.given, 0, 0);
    else this.#trail.grow(bound, value, CAUSE.clause, this.#clauses.add(clause), 0);
  }

  /** Tries something; the length first. @returns false when nothing is left to be tried. */
  #decide(target: number): boolean {
    const trail = this.#trail;
    if (!trail.isTrue(2 * this.#end + 1, -target)) return this.#try(2 * this.#end + 1, -target);
    for (let number = this.#branching.take(); number >= 0; number = this.#branching.take()) {
      this.#taken.push(number);
      this.#takenAt.push(trail.level);
      const activity = this.#branching.activityOf(number);
      const instant = this.#branching.instantOf(number);
      if (trail.isTrue(2 * activity + 1, -instant) || trail.isTrue(2 * activity, instant + 1)) continue;
      if (at(this.#preferred, activity) <= instant) return this.#try(2 * activity + 1, -instant);
      return this.#try(2 * activity, instant + 1);
    }
    const activity = this.#firstOpen();
    return activity >= 0 && this.#try(2 * activity + 1, -at(trail.bounds, 2 * activity));
  }

  /** The activity that can begin first, of those of which it is open when they do. The end comes last: it follows from others. */
  #firstOpen(): number {
    const { bounds } = this.#trail;
    let first = -1;
    for (let activity = 0; activity <= this.#end; activity++) {
      const earliest = at(bounds, 2 * activity);
      if (earliest === -at(bounds, 2 * activity + 1)) continue;
      if (first < 0 || earliest < at(bounds, 2 * first)) first = activity;
    }
    return first;
  }

  #try(bound: number, value: number): true {
    this.#decisions++;
    this.#trail.openLevel();
    this.#trail.grow(bound, value, CAUSE.decision, 0, 0);
    return true;
  }

  #backTo(level: number): void {
    this.#trail.backTo(level);
    this.#propagation.backTo(this.#trail.length);
    for (let last = this.#takenAt.at(-1); last !== undefined && last >= level; last = this.#takenAt.at(-1)) {
      this.#takenAt.pop();
      this.#branching.putBack(this.#taken.pop() as number);
    }
  }
}
