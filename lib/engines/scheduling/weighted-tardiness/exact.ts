import type { Instance, Sequences } from './instance.ts';

/** Most jobs for which every split over machines is looked at: three to that power of steps per machine. */
export const MOST_EXACT = 11;

/** The least cost of running a set of jobs on one machine, for each set (a bit per job), and the job that runs last then. */
function oneMachine({ jobs, durations, dues, weights }: Instance): { least: Float64Array; last: Int8Array } {
  const sets = 1 << jobs;
  const least = new Float64Array(sets).fill(Infinity);
  const last = new Int8Array(sets);
  const ends = new Float64Array(sets);
  least[0] = 0;
  for (let set = 1; set < sets; set += 1) {
    const lowest = 31 - Math.clz32(set & -set);
    const end = (ends[set & (set - 1)] as number) + (durations[lowest] as number);
    ends[set] = end;
    for (let job = 0; job < jobs; job += 1) {
      if ((set & (1 << job)) === 0) continue;
      const cost =
        (least[set ^ (1 << job)] as number) + (weights[job] as number) * Math.max(0, end - (dues[job] as number));
      if (cost >= (least[set] as number)) continue;
      least[set] = cost;
      last[set] = job;
    }
  }
  return { least, last };
}

/**
 * The best schedule of at most MOST_EXACT jobs, by dynamic programming over subsets.
 * Source: M. Held and R. M. Karp, "A dynamic programming approach to sequencing problems", SIAM Journal 10 (1962), and one step more for
 * each further machine.
 * @returns the sequences and how many states were looked at.
 */
export function solveExactly(instance: Instance): { readonly sequences: Sequences; readonly states: number } {
  const { jobs } = instance;
  const machines = Math.min(instance.machines, jobs);
  const all = (1 << jobs) - 1;
  const { least, last } = oneMachine(instance);
  let reached = least;
  const shares: Int32Array[] = [];
  let states = all + 1;
  for (let machine = 1; machine < machines; machine += 1) {
    const next = new Float64Array(all + 1).fill(Infinity);
    const share = new Int32Array(all + 1);
    for (let set = 0; set <= all; set += 1) {
      // Every subset, also the whole and none.
      for (let part = set; ; part = (part - 1) & set) {
        states += 1;
        const cost = (least[part] as number) + (reached[set ^ part] as number);
        if (cost < (next[set] as number)) {
          next[set] = cost;
          share[set] = part;
        }
        if (part === 0) break;
      }
    }
    shares.push(share);
    reached = next;
  }
  const sequences: number[][] = [];
  let left = all;
  for (const share of [...shares.toReversed(), undefined]) {
    let part = share === undefined ? left : (share[left] as number);
    left ^= part;
    const sequence: number[] = [];
    while (part !== 0) {
      const job = last[part] as number;
      sequence.unshift(job);
      part ^= 1 << job;
    }
    sequences.push(sequence);
  }
  while (sequences.length < instance.machines) sequences.push([]);
  return { sequences, states };
}
