import type { Instance } from './instance.ts';

/** What proves a bound: one price per job in the instance's order. Anybody can compute the bound again from it. */
export interface Certificate {
  /** Time is counted in so many units of the problem, durations rounded down. */
  readonly unit: number;
  /** Prices and costs are counted in 1/scale of a unit of cost. */
  readonly scale: number;
  readonly prices: ArrayLike<number>;
}

/** What a machine would do at given prices. */
export interface Sequence {
  /** The sum of what it costs minus the prices it earns, at least possible; never above zero. */
  readonly value: number;
  /** How often it runs each job. */
  readonly times: Float64Array;
}

/**
 * The subproblem of a relaxation of P||sum wjTj in which a job may run more than once, or never: each machine is paid a price for each
 * job it runs, and takes the sequence that is best for it, of any jobs but none twice in a row. All machines do the same.
 * A bound is the sum of the prices plus `machines` times that sequence's value, since a schedule in which each job runs once is one of the
 * choices. It is a shortest path over the instants of a machine, found by dynamic programming over whole numbers.
 * Sources: the time-indexed relaxation of M. E. Dyer and L. A. Wolsey, Discrete Applied Mathematics 26 (1990); as a path per machine, A. Pessoa,
 * E. Uchoa, M. Poggi de Aragao and R. Rodrigues, "Exact algorithm over an arc-time-indexed formulation for parallel machine scheduling
 * problems", Mathematical Programming Computation 2 (2010).
 */
export class Relaxation {
  readonly unit: number;
  readonly scale: number;
  /** Jobs that last at least one unit; the others are free here, and cost what they must. */
  readonly #jobs: Int32Array;
  readonly #lengths: Float64Array;
  readonly #dues: Float64Array;
  readonly #rates: Float64Array;
  readonly #machines: number;
  readonly #latest: Float64Array;
  readonly #horizon: number;
  readonly #rest: number;
  readonly #values: Float64Array;
  readonly #others: Float64Array;
  readonly #lasts: Int32Array;
  readonly #otherLasts: Int32Array;
  readonly #count: number;

  constructor(instance: Instance, unit: number, scale: number) {
    const { jobs, machines, durations, dues, weights } = instance;
    this.unit = unit;
    this.scale = scale;
    this.#count = jobs;
    this.#machines = machines;
    const total = durations.reduce((sum, duration) => sum + duration, 0);
    const all = Array.from({ length: jobs }, (_, job) => job);
    const long = all.filter((job) => (durations[job] as number) >= unit);
    this.#jobs = Int32Array.from(long);
    this.#lengths = Float64Array.from(long, (job) => Math.floor((durations[job] as number) / unit));
    this.#dues = Float64Array.from(long, (job) => dues[job] as number);
    this.#rates = Float64Array.from(long, (job) => (weights[job] as number) * scale);
    // Some best schedule starts no job while another machine is free: until then all machines run other jobs.
    this.#latest = Float64Array.from(long, (job) => Math.floor((total - (durations[job] as number)) / machines / unit));
    this.#horizon = long.reduce(
      (most, _, at) => Math.max(most, (this.#latest[at] as number) + (this.#lengths[at] as number)),
      0,
    );
    this.#rest = all
      .filter((job) => (durations[job] as number) < unit)
      .reduce(
        (sum, job) => sum + (weights[job] as number) * Math.max(0, (durations[job] as number) - (dues[job] as number)),
        0,
      );
    this.#values = new Float64Array(this.#horizon + 1);
    this.#others = new Float64Array(this.#horizon + 1);
    this.#lasts = new Int32Array(this.#horizon + 1);
    this.#otherLasts = new Int32Array(this.#horizon + 1);
  }

  /** Steps of one subproblem. */
  get steps(): number {
    return this.#jobs.length * (this.#horizon + 1);
  }

  /** What prices prove, in 1/scale of a unit of cost, without jobs shorter than a unit of time. */
  total(prices: ArrayLike<number>, { value }: Sequence): number {
    let sum = this.#machines * value;
    for (let at = 0; at < this.#jobs.length; at += 1) sum += prices[this.#jobs[at] as number] as number;
    return sum;
  }

  /** The bound that prices prove, rounded up: every objective is whole. Without the fixed part of the instance. */
  bound(prices: ArrayLike<number>, sequence: Sequence): number {
    return Math.max(0, Math.ceil(this.total(prices, sequence) / this.scale)) + this.#rest;
  }

  /** The best sequence for one machine at given prices. Each instant keeps its best two, with different last jobs. */
  solve(prices: ArrayLike<number>): Sequence {
    const [jobs, lengths, dues, rates, latest] = [this.#jobs, this.#lengths, this.#dues, this.#rates, this.#latest];
    const [values, others, lasts, otherLasts] = [this.#values, this.#others, this.#lasts, this.#otherLasts];
    const paid = Float64Array.from(jobs, (job) => prices[job] as number);
    const count = jobs.length;
    const unit = this.unit;
    values.fill(Infinity);
    others.fill(Infinity);
    lasts.fill(-1);
    otherLasts.fill(-1);
    values[0] = 0;
    for (let instant = 0; instant < this.#horizon; instant += 1) {
      const value = values[instant] as number;
      if (value === Infinity) continue;
      const other = others[instant] as number;
      const last = lasts[instant] as number;
      for (let job = 0; job < count; job += 1) {
        if (instant > (latest[job] as number)) continue;
        const end = instant + (lengths[job] as number);
        const over = end * unit - (dues[job] as number);
        const from = job === last ? other : value;
        const reached = from - (paid[job] as number) + (over > 0 ? over * (rates[job] as number) : 0);
        if (reached >= (others[end] as number)) continue;
        if (reached < (values[end] as number)) {
          if (lasts[end] !== job) {
            others[end] = values[end] as number;
            otherLasts[end] = lasts[end] as number;
            lasts[end] = job;
          }
          values[end] = reached;
        } else if (lasts[end] !== job) {
          others[end] = reached;
          otherLasts[end] = job;
        }
      }
    }
    let best = 0;
    for (let instant = 1; instant <= this.#horizon; instant += 1) {
      if ((values[instant] as number) < (values[best] as number)) best = instant;
    }
    return { value: values[best] as number, times: this.#trace(best) };
  }

  /** Walks back from an instant. */
  #trace(end: number): Float64Array {
    const times = new Float64Array(this.#count);
    let instant = end;
    let after = -1;
    while (instant > 0) {
      const best = this.#lasts[instant] as number;
      const last = best === after ? (this.#otherLasts[instant] as number) : best;
      const job = this.#jobs[last] as number;
      times[job] = (times[job] as number) + 1;
      instant -= this.#lengths[last] as number;
      after = last;
    }
    return times;
  }
}
