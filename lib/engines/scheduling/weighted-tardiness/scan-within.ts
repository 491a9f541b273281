import type { Lane } from './lane.ts';
import { type BestMove, note } from './move.ts';

/** Exchanges the jobs at two positions of one machine; what lies between begins earlier or later by the difference of their durations. */
function swap(lane: Lane, i: number, j: number, best: BestMove): void {
  const { durations, dues, weights, starts, costs } = lane;
  const by = (durations[j] as number) - (durations[i] as number);
  let change = (costs[i] as number) - (costs[j + 1] as number);
  const early = (starts[i] as number) + (durations[j] as number) - (dues[j] as number);
  if (early > 0) change += early * (weights[j] as number);
  const later = (starts[j + 1] as number) - (dues[i] as number);
  if (later > 0) change += later * (weights[i] as number);
  // `change` lacks what lies between: at least nothing, and no less than now if it begins later.
  const least = by < 0 ? 0 : (costs[j] as number) - (costs[i + 1] as number);
  if (change + least >= best.change) return;
  change += lane.shifted(i + 1, by) - lane.shifted(j, by);
  if (change < best.change) note(best, change, lane, i, i + 1, lane, j, j + 1);
}

/** Exchanges the job at a position with each other one of the machine. */
export function scanSwaps(lane: Lane, position: number, best: BestMove): void {
  best.looked += lane.length - 1;
  for (let i = 0; i < position; i += 1) swap(lane, i, position, best);
  for (let j = position + 1; j < lane.length; j += 1) swap(lane, position, j, best);
}

/** Moves `size` jobs from a position on to each later place of the machine. */
export function scanLater(lane: Lane, position: number, size: number, best: BestMove): void {
  const { length, dues, weights, starts, costs } = lane;
  const behind = position + size;
  if (behind >= length) return;
  const by = (starts[behind] as number) - (starts[position] as number);
  const now = (costs[behind] as number) - (costs[position] as number);
  const atStake = (costs[length] as number) - (costs[behind] as number);
  let passed = 0;
  for (let j = behind; j < length; j += 1) {
    best.looked += 1;
    const end = starts[j + 1] as number;
    const over = end - by - (dues[j] as number);
    if (over > 0) passed += over * (weights[j] as number);
    const more = lane.stretch(position, behind, end - by) - now;
    // The later these jobs, the more they cost; those that they let pass save no more than they cost.
    if (more - atStake >= best.change) return;
    const change = more + passed - ((costs[j + 1] as number) - (costs[behind] as number));
    if (change < best.change) note(best, change, lane, position, behind, lane, behind, j + 1);
  }
}

/** Moves `size` jobs from a position on to each earlier place of the machine. */
export function scanEarlier(lane: Lane, position: number, size: number, best: BestMove): void {
  const { length, dues, weights, starts, costs } = lane;
  const behind = position + size;
  if (behind > length) return;
  const by = (starts[behind] as number) - (starts[position] as number);
  const now = (costs[behind] as number) - (costs[position] as number);
  let passed = 0;
  for (let j = position - 1; j >= 0; j -= 1) {
    best.looked += 1;
    const over = (starts[j + 1] as number) + by - (dues[j] as number);
    if (over > 0) passed += over * (weights[j] as number);
    const more = passed - ((costs[position] as number) - (costs[j] as number));
    // The earlier these jobs, the more the others wait; these save no more than they cost.
    if (more - now >= best.change) return;
    const change = more + lane.stretch(position, behind, starts[j] as number) - now;
    if (change < best.change) note(best, change, lane, j, position, lane, position, behind);
  }
}
