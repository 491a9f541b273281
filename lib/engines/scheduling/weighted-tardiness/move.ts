import type { Lane } from './lane.ts';

/**
 * The best move that a scan found: the jobs at `from` up to before `until` of one lane, and those at `otherFrom` up to before
 * `otherUntil` of another lane, or behind them on the same one, change places.
 */
export interface BestMove {
  /** What the move changes the cost by; scans note only what is below. */
  change: number;
  lane: Lane | undefined;
  from: number;
  until: number;
  other: Lane | undefined;
  otherFrom: number;
  otherUntil: number;
  /** How many moves were looked at, over all scans. */
  looked: number;
}

export const noMove = (): BestMove => ({
  change: 0,
  lane: undefined,
  from: 0,
  until: 0,
  other: undefined,
  otherFrom: 0,
  otherUntil: 0,
  looked: 0,
});

/** Notes a move; the caller has made sure that it is better than the one before. */
export function note(
  best: BestMove,
  change: number,
  lane: Lane,
  from: number,
  until: number,
  other: Lane,
  otherFrom: number,
  otherUntil: number,
): void {
  best.change = change;
  best.lane = lane;
  best.from = from;
  best.until = until;
  best.other = other;
  best.otherFrom = otherFrom;
  best.otherUntil = otherUntil;
}

function copy(from: ArrayLike<number>, start: number, end: number, to: Int32Array, at: number): number {
  let next = at;
  for (let index = start; index < end; index += 1) {
    to[next] = from[index] as number;
    next += 1;
  }
  return next;
}

/** Changes the order on one lane. `room` holds at least as many jobs as the lane. */
export function applyWithin(lane: Lane, best: BestMove, version: number, room: Int32Array): void {
  const { jobs, length } = lane;
  let at = copy(jobs, 0, best.from, room, 0);
  at = copy(jobs, best.otherFrom, best.otherUntil, room, at);
  at = copy(jobs, best.until, best.otherFrom, room, at);
  at = copy(jobs, best.from, best.until, room, at);
  copy(jobs, best.otherUntil, length, room, at);
  lane.assign(room, length, version, length - best.otherUntil);
}

/** Exchanges jobs of two lanes. Each room holds as many jobs as there are. */
export function applyAcross(
  lane: Lane,
  other: Lane,
  best: BestMove,
  version: number,
  rooms: readonly [Int32Array, Int32Array],
): void {
  const [room, otherRoom] = rooms;
  let at = copy(lane.jobs, 0, best.from, room, 0);
  at = copy(other.jobs, best.otherFrom, best.otherUntil, room, at);
  at = copy(lane.jobs, best.until, lane.length, room, at);
  let otherAt = copy(other.jobs, 0, best.otherFrom, otherRoom, 0);
  otherAt = copy(lane.jobs, best.from, best.until, otherRoom, otherAt);
  otherAt = copy(other.jobs, best.otherUntil, other.length, otherRoom, otherAt);
  lane.assign(room, at, version);
  other.assign(otherRoom, otherAt, version + 1);
}
