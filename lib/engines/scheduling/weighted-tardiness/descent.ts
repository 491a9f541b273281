import type { Random } from '../random.ts';
import type { Instance, Sequences } from './instance.ts';
import { Lane } from './lane.ts';
import { applyAcross, applyWithin, type BestMove } from './move.ts';
import { scanExchanges, scanMoves, scanTails } from './scan-across.ts';
import { scanEarlier, scanLater, scanSwaps } from './scan-within.ts';

/** Longest stretch that moves by itself, and longest one that is exchanged. */
const MOVED = 3;
const EXCHANGED = 2;
/** How far from the same time, in positions, single jobs, longer stretches and all that follows are exchanged. */
const NEAR_JOBS = 5;
const NEAR_STRETCHES = 3;
const NEAR_TAILS = 4;

/** A schedule to come back to. Its lanes' versions come back with it. */
export interface Snapshot {
  readonly sequences: readonly number[][];
  readonly versions: readonly number[];
  readonly cost: number;
}

/** All moves of the job at a position, and those behind it, to another machine. */
function scanAcross(lane: Lane, at: number, other: Lane, best: BestMove): void {
  const near = other.near(at, lane.starts[at] as number);
  for (let size = 1; size <= MOVED; size += 1) scanMoves(lane, at, size, other, best);
  for (let size = 1; size <= EXCHANGED; size += 1) {
    for (let otherSize = 1; otherSize <= EXCHANGED; otherSize += 1) {
      const far = size === 1 && otherSize === 1 ? NEAR_JOBS : NEAR_STRETCHES;
      scanExchanges(lane, at, size, other, otherSize, near - far, near + far, best);
    }
  }
  scanTails(lane, at, other, near - NEAR_TAILS, near + NEAR_TAILS, best);
}

/**
 * A schedule that is being improved, one lane per machine. Only jobs near to a place that changed are looked at again: the "don't look
 * bits" of J. L. Bentley, "Fast algorithms for geometric traveling salesman problems", ORSA Journal on Computing 4 (1992). The moves are those of A. Kramer and A. Subramanian (see Lane),
 * and exchanges of everything that follows.
 */
export class Descent {
  readonly lanes: readonly Lane[];
  cost = 0;
  readonly #rooms: readonly [Int32Array, Int32Array];
  /** Where each job is. */
  readonly #laneOf: Int32Array;
  readonly #positionOf: Int32Array;
  /** Jobs to look at, and whether a job is among them. */
  readonly #waiting: Int32Array;
  readonly #waits: Uint8Array;
  #count = 0;
  #version = 0;

  constructor(instance: Instance, sequences: Sequences) {
    const { jobs } = instance;
    this.lanes = Array.from({ length: instance.machines }, (_, index) => new Lane(instance, index));
    this.#rooms = [new Int32Array(jobs), new Int32Array(jobs)];
    this.#laneOf = new Int32Array(jobs);
    this.#positionOf = new Int32Array(jobs);
    this.#waiting = new Int32Array(jobs);
    this.#waits = new Uint8Array(jobs);
    this.put(sequences);
  }

  /** Replaces the whole schedule. */
  put(sequences: Sequences): void {
    this.lanes.forEach((lane, machine) => {
      const sequence = sequences[machine] ?? [];
      this.#version += 2;
      lane.assign(sequence, sequence.length, this.#version);
      this.#locate(lane);
    });
    this.#add();
    for (const lane of this.lanes) for (let at = 0; at < lane.length; at += 1) this.#wake(lane, at);
  }

  #add(): void {
    this.cost = 0;
    for (const lane of this.lanes) this.cost += lane.costs[lane.length] as number;
  }

  #locate(lane: Lane): void {
    for (let at = 0; at < lane.length; at += 1) {
      const job = lane.jobs[at] as number;
      this.#laneOf[job] = lane.index;
      this.#positionOf[job] = at;
    }
  }

  #wake(lane: Lane, position: number): void {
    if (position < 0 || position >= lane.length) return;
    const job = lane.jobs[position] as number;
    if (this.#waits[job] === 1) return;
    this.#waits[job] = 1;
    this.#waiting[this.#count] = job;
    this.#count += 1;
  }

  /** The jobs on both sides of a place where two parts were put together. */
  #wakeSeam(lane: Lane, seam: number): void {
    this.#wake(lane, seam - 1);
    this.#wake(lane, seam);
  }

  /** Makes a move, whatever it costs. */
  apply(move: BestMove): void {
    const lane = move.lane as Lane;
    const other = move.other as Lane;
    this.#version += 2;
    if (lane === other) applyWithin(lane, move, this.#version, this.#rooms[0]);
    else applyAcross(lane, other, move, this.#version, this.#rooms);
    this.#locate(lane);
    if (lane !== other) this.#locate(other);
    this.#add();
    const more = move.otherUntil - move.otherFrom - (move.until - move.from);
    this.#wakeSeam(lane, move.from);
    this.#wakeSeam(lane, move.until + more);
    this.#wakeSeam(other, move.otherFrom + (lane === other ? more : 0));
    this.#wakeSeam(other, move.otherUntil - (lane === other ? 0 : more));
  }

  /** Looks at the jobs that wait, in random order, until none is left or the budget is used up. */
  descend(random: Random, best: BestMove, budget: number): void {
    while (this.#count > 0 && best.looked < budget) {
      const drawn = random.below(this.#count);
      const job = this.#waiting[drawn] as number;
      this.#count -= 1;
      this.#waiting[drawn] = this.#waiting[this.#count] as number;
      this.#waits[job] = 0;
      this.#scan(job, best);
      if (best.change < 0) {
        this.apply(best);
        this.#wake(this.lanes[this.#laneOf[job] as number] as Lane, this.#positionOf[job] as number);
      }
    }
  }

  #scan(job: number, best: BestMove): void {
    const lane = this.lanes[this.#laneOf[job] as number] as Lane;
    const at = this.#positionOf[job] as number;
    best.change = 0;
    scanSwaps(lane, at, best);
    for (let size = 1; size <= MOVED; size += 1) {
      scanEarlier(lane, at, size, best);
      scanLater(lane, at, size, best);
    }
    for (const other of this.lanes) if (other !== lane) scanAcross(lane, at, other, best);
  }

  snapshot(): Snapshot {
    return {
      sequences: this.lanes.map((lane) => Array.from(lane.jobs.subarray(0, lane.length))),
      versions: this.lanes.map((lane) => lane.version),
      cost: this.cost,
    };
  }

  /** Goes back to a schedule; no job waits. */
  restore({ sequences, versions, cost }: Snapshot): void {
    this.lanes.forEach((lane, machine) => {
      const version = versions[machine] as number;
      if (lane.version === version) return;
      const sequence = sequences[machine] as number[];
      lane.assign(sequence, sequence.length, version);
      this.#locate(lane);
    });
    this.cost = cost;
    for (let at = 0; at < this.#count; at += 1) this.#waits[this.#waiting[at] as number] = 0;
    this.#count = 0;
  }
}
