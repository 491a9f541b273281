import type { Instance } from './instance.ts';

/**
 * One machine and the jobs on it in order, prepared for asking "what would the jobs from here on cost if they all began so much later or
 * earlier?" without walking through them. Row `i` holds the slacks (due minus completion) of the jobs from position `i` on in ascending
 * order, with sums of their weights and of weight times slack: shifted by `x`, those with a slack below `x` cost `x` times the first sum
 * minus the second. The cost of a stretch is the difference of two rows, so each move below looks at a few rows only.
 * Source: the piecewise linear evaluation of T. Ibaraki et al., "Effective local search algorithms for routing and scheduling problems
 * with general time-window constraints", Transportation Science 39 (2005); used for this problem by A. Kramer and A. Subramanian, "A unified
 * heuristic and an annotated bibliography for a large class of earliness-tardiness scheduling problems", Journal of Scheduling 22 (2019).
 */
export class Lane {
  readonly instance: Instance;
  readonly index: number;
  length = 0;
  /** Changes whenever the jobs do. */
  version = 0;
  /** By position: the job, and its figures. */
  jobs: Int32Array;
  durations: Float64Array;
  dues: Float64Array;
  weights: Float64Array;
  /** By position, and one more: when the job begins, and what all before it cost. */
  starts: Float64Array;
  costs: Float64Array;
  /** How many jobs from a position on are late now: where to begin looking in a row. */
  late: Int32Array;
  /** Rows of `stride` entries: entry 0 is below everything, entries from 1 on are jobs, the one behind them is above everything. */
  stride: number;
  slacks: Float64Array;
  slackWeights: Float64Array;
  slackProducts: Float64Array;

  constructor(instance: Instance, index: number) {
    this.index = index;
    this.instance = instance;
    const room = Math.min(instance.jobs, Math.ceil((instance.jobs * 3) / (2 * instance.machines)) + 4);
    this.jobs = new Int32Array(room);
    this.durations = new Float64Array(room);
    this.dues = new Float64Array(room);
    this.weights = new Float64Array(room);
    this.starts = new Float64Array(room + 1);
    this.costs = new Float64Array(room + 1);
    this.late = new Int32Array(room + 1);
    this.stride = room + 2;
    this.slacks = new Float64Array(this.stride * (room + 1));
    this.slackWeights = new Float64Array(this.stride * (room + 1));
    this.slackProducts = new Float64Array(this.stride * (room + 1));
    this.#lastRow();
  }

  /** Room for so many jobs. What the lane held is forgotten where it grows; `assign` comes next. */
  #grow(length: number): void {
    if (length <= this.jobs.length) return;
    const room = Math.min(this.instance.jobs, Math.max(length, Math.ceil(this.jobs.length * 1.5)));
    this.jobs = new Int32Array(room);
    this.durations = new Float64Array(room);
    this.dues = new Float64Array(room);
    this.weights = new Float64Array(room);
    this.starts = new Float64Array(room + 1);
    this.costs = new Float64Array(room + 1);
    this.late = new Int32Array(room + 1);
    this.stride = room + 2;
    this.slacks = new Float64Array(this.stride * (room + 1));
    this.slackWeights = new Float64Array(this.stride * (room + 1));
    this.slackProducts = new Float64Array(this.stride * (room + 1));
  }

  /**
   * Puts other jobs on the machine.
   * @param kept how many jobs at the end are the same as before and begin when they did: their rows are kept.
   */
  assign(jobs: ArrayLike<number>, length: number, version: number, kept = 0): void {
    const fresh = length > this.jobs.length || length !== this.length;
    this.#grow(length);
    this.length = length;
    this.version = version;
    const { durations, dues, weights } = this.instance;
    const changed = fresh ? length : length - kept;
    for (let at = 0; at < changed; at += 1) {
      const job = jobs[at] as number;
      this.jobs[at] = job;
      this.durations[at] = durations[job] as number;
      this.dues[at] = dues[job] as number;
      this.weights[at] = weights[job] as number;
    }
    this.#time();
    if (fresh) this.#lastRow();
    for (let row = changed - 1; row >= 0; row -= 1) this.#row(row);
  }

  #time(): void {
    const { length, durations, dues, weights, starts, costs } = this;
    let end = 0;
    let cost = 0;
    for (let at = 0; at < length; at += 1) {
      starts[at] = end;
      costs[at] = cost;
      end += durations[at] as number;
      const over = end - (dues[at] as number);
      if (over > 0) cost += over * (weights[at] as number);
    }
    starts[length] = end;
    costs[length] = cost;
  }

  #lastRow(): void {
    const base = this.length * this.stride;
    this.slacks[base] = -Infinity;
    this.slackWeights[base] = 0;
    this.slackProducts[base] = 0;
    this.slacks[base + 1] = Infinity;
    this.late[this.length] = 0;
  }

  /** A row is the one behind it and one more job. */
  #row(row: number): void {
    const { slacks, slackWeights, slackProducts } = this;
    const count = this.length - row - 1;
    let to = row * this.stride;
    let from = to + this.stride;
    const last = from + count;
    const weight = this.weights[row] as number;
    const slack = (this.dues[row] as number) - (this.starts[row + 1] as number);
    while (from <= last && (slacks[from] as number) <= slack) {
      slacks[to] = slacks[from] as number;
      slackWeights[to] = slackWeights[from] as number;
      slackProducts[to] = slackProducts[from] as number;
      to += 1;
      from += 1;
    }
    const product = weight * slack;
    slacks[to] = slack;
    slackWeights[to] = (slackWeights[from - 1] as number) + weight;
    slackProducts[to] = (slackProducts[from - 1] as number) + product;
    to += 1;
    while (from <= last) {
      slacks[to] = slacks[from] as number;
      slackWeights[to] = (slackWeights[from] as number) + weight;
      slackProducts[to] = (slackProducts[from] as number) + product;
      to += 1;
      from += 1;
    }
    slacks[to] = Infinity;
    this.late[row] = (this.late[row + 1] as number) + (slack < 0 ? 1 : 0);
  }

  /** What all jobs from a position on would cost if they began so much later; earlier, if negative. */
  shifted(position: number, by: number): number {
    const { slacks } = this;
    let at = position * this.stride + (this.late[position] as number);
    while ((slacks[at + 1] as number) < by) at += 1;
    while ((slacks[at] as number) >= by) at -= 1;
    return (this.slackWeights[at] as number) * by - (this.slackProducts[at] as number);
  }

  /** The first position that begins at an instant or after it; `guess` is where to begin looking. */
  near(guess: number, instant: number): number {
    let at = Math.min(guess, this.length);
    while (at > 0 && (this.starts[at - 1] as number) >= instant) at -= 1;
    while (at < this.length && (this.starts[at] as number) < instant) at += 1;
    return at;
  }

  /** What jobs from `from` up to but not including `to` would cost if the first began at an instant. */
  stretch(from: number, to: number, start: number): number {
    let end = start;
    let cost = 0;
    for (let at = from; at < to; at += 1) {
      end += this.durations[at] as number;
      const over = end - (this.dues[at] as number);
      if (over > 0) cost += over * (this.weights[at] as number);
    }
    return cost;
  }
}
