import type { Lane } from './lane.ts';
import { type BestMove, note } from './move.ts';

/** Moves `size` jobs from a position on to each place of another machine. */
export function scanMoves(lane: Lane, position: number, size: number, other: Lane, best: BestMove): void {
  const { starts, costs, length } = lane;
  const behind = position + size;
  if (behind > length) return;
  const by = (starts[behind] as number) - (starts[position] as number);
  const saved = lane.shifted(behind, -by) + (costs[position] as number) - (costs[length] as number);
  const all = other.costs[other.length] as number;
  let waiting = 0;
  for (let j = other.length; j >= 0; j -= 1) {
    best.looked += 1;
    if (j < other.length) {
      const over = (other.starts[j + 1] as number) + by - (other.dues[j] as number);
      if (over > 0) waiting += over * (other.weights[j] as number);
    }
    const more = saved + waiting - (all - (other.costs[j] as number));
    // The earlier these jobs come there, the more the others wait.
    if (more >= best.change) return;
    const change = more + lane.stretch(position, behind, other.starts[j] as number);
    if (change < best.change) note(best, change, lane, position, behind, other, j, j);
  }
}

/** Exchanges `size` jobs from a position on with `otherSize` ones of another machine; each takes the other's place. */
export function scanExchanges(
  lane: Lane,
  position: number,
  size: number,
  other: Lane,
  otherSize: number,
  first: number,
  last: number,
  best: BestMove,
): void {
  const { starts, costs, length } = lane;
  const behind = position + size;
  const from = Math.max(first, 0);
  const to = Math.min(last, other.length - otherSize);
  if (behind > length || from > to) return;
  best.looked += to - from + 1;
  const start = starts[position] as number;
  const took = (starts[behind] as number) - start;
  const now = (costs[behind] as number) - (costs[position] as number);
  const after = (costs[length] as number) - (costs[behind] as number);
  const all = other.costs[other.length] as number;
  for (let j = from; j <= to; j += 1) {
    const otherBehind = j + otherSize;
    const otherStart = other.starts[j] as number;
    const by = (other.starts[otherBehind] as number) - otherStart - took;
    const otherAfter = all - (other.costs[otherBehind] as number);
    let change = (other.costs[j] as number) - (other.costs[otherBehind] as number) - now;
    // What follows the shorter ones saves no more than it costs now.
    const atStake = by < 0 ? after : otherAfter;
    if (change - atStake >= best.change) continue;
    change += lane.stretch(position, behind, otherStart) + other.stretch(j, otherBehind, start);
    if (change - atStake >= best.change) continue;
    change += lane.shifted(behind, by) - after + other.shifted(otherBehind, -by) - otherAfter;
    if (change < best.change) note(best, change, lane, position, behind, other, j, otherBehind);
  }
}

/** Exchanges all jobs from a position on with all jobs of another machine from each position on. */
export function scanTails(
  lane: Lane,
  position: number,
  other: Lane,
  first: number,
  last: number,
  best: BestMove,
): void {
  const { starts, costs, length } = lane;
  const from = Math.max(first, 0);
  const to = Math.min(last, other.length);
  best.looked += to - from + 1;
  const start = starts[position] as number;
  const after = (costs[length] as number) - (costs[position] as number);
  const all = other.costs[other.length] as number;
  for (let j = from; j <= to; j += 1) {
    const by = (other.starts[j] as number) - start;
    const otherAfter = all - (other.costs[j] as number);
    if (-(by < 0 ? after : otherAfter) >= best.change) continue;
    const change = lane.shifted(position, by) - after + other.shifted(j, -by) - otherAfter;
    if (change < best.change) note(best, change, lane, position, length, other, j, other.length);
  }
}
