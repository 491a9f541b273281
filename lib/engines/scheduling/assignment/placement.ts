import type { Instance } from './instance.ts';

/** Who has which job, kept so that moves are quick. Agents may be overloaded. */
export class Placement {
  readonly instance: Instance;
  readonly agentOf: Int32Array;
  /** Load minus capacity. */
  readonly excess: Float64Array;
  /** The first `count` of each agent's jobs, in any order. */
  readonly jobsOf: readonly Int32Array[];
  readonly count: Int32Array;
  cost = 0;
  /** How many agents are overloaded. */
  overloaded = 0;
  readonly #place: Int32Array;

  constructor(instance: Instance, agentOf: Int32Array) {
    const { agents, jobs, capacity, cost, load } = instance;
    this.instance = instance;
    this.agentOf = Int32Array.from(agentOf);
    this.excess = capacity.map((value) => -value);
    this.jobsOf = Array.from({ length: agents }, () => new Int32Array(jobs));
    this.count = new Int32Array(agents);
    this.#place = new Int32Array(jobs);
    for (let job = 0; job < jobs; job += 1) {
      const agent = agentOf[job] as number;
      this.#append(agent, job);
      this.cost += cost[agent * jobs + job] as number;
      this.excess[agent] = (this.excess[agent] as number) + (load[agent * jobs + job] as number);
    }
    for (const value of this.excess) if (value > 0) this.overloaded += 1;
  }

  /** Gives a job to another agent. */
  shift(job: number, to: number): void {
    const { jobs, load } = this.instance;
    const from = this.agentOf[job] as number;
    const list = this.jobsOf[from] as Int32Array;
    const place = this.#place[job] as number;
    const count = (this.count[from] as number) - 1;
    const last = list[count] as number;
    list[place] = last;
    this.#place[last] = place;
    this.count[from] = count;
    this.#append(to, job);
    this.agentOf[job] = to;
    this.#reload(from, -(load[from * jobs + job] as number));
    this.#reload(to, load[to * jobs + job] as number);
    this.#pay(job, from, to);
  }

  /** Exchanges two jobs of different agents. */
  swap(one: number, other: number): void {
    const { jobs, load } = this.instance;
    const from = this.agentOf[one] as number;
    const to = this.agentOf[other] as number;
    const place = this.#place[one] as number;
    const otherPlace = this.#place[other] as number;
    (this.jobsOf[from] as Int32Array)[place] = other;
    (this.jobsOf[to] as Int32Array)[otherPlace] = one;
    this.#place[one] = otherPlace;
    this.#place[other] = place;
    this.agentOf[one] = to;
    this.agentOf[other] = from;
    this.#reload(from, (load[from * jobs + other] as number) - (load[from * jobs + one] as number));
    this.#reload(to, (load[to * jobs + one] as number) - (load[to * jobs + other] as number));
    this.#pay(one, from, to);
    this.#pay(other, to, from);
  }

  #append(agent: number, job: number): void {
    const count = this.count[agent] as number;
    (this.jobsOf[agent] as Int32Array)[count] = job;
    this.#place[job] = count;
    this.count[agent] = count + 1;
  }

  #reload(agent: number, by: number): void {
    const before = this.excess[agent] as number;
    const after = before + by;
    this.excess[agent] = after;
    if (before > 0 && after <= 0) this.overloaded -= 1;
    else if (before <= 0 && after > 0) this.overloaded += 1;
  }

  #pay(job: number, from: number, to: number): void {
    const { jobs, cost } = this.instance;
    this.cost += (cost[to * jobs + job] as number) - (cost[from * jobs + job] as number);
  }
}
