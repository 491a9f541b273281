import type { Instance } from './instance.ts';

/**
 * A first schedule: whenever a machine is free, it takes the job with the least weighted modified due date, max(duration, due - now) /
 * weight. Equal ones go by the instance's order. Fractions are compared by multiplying.
 * Source: J. J. Kanet and X. Li, "A weighted modified due date rule for sequencing to minimize weighted tardiness", Journal of Scheduling
 * 7 (2004).
 */
export function dispatch({ jobs, machines, durations, dues, weights }: Instance): number[][] {
  const lanes = Array.from({ length: machines }, (): number[] => []);
  const free = new Float64Array(machines);
  const open = Array.from({ length: jobs }, (_, job) => job);
  while (open.length > 0) {
    let machine = 0;
    for (let each = 1; each < machines; each += 1) {
      if ((free[each] as number) < (free[machine] as number)) machine = each;
    }
    const now = free[machine] as number;
    let chosen = 0;
    let urgency = Infinity;
    let weight = 1;
    for (let at = 0; at < open.length; at += 1) {
      const job = open[at] as number;
      const modified = Math.max(durations[job] as number, (dues[job] as number) - now);
      if (modified * weight < urgency * (weights[job] as number)) {
        chosen = at;
        urgency = modified;
        weight = weights[job] as number;
      }
    }
    const [job] = open.splice(chosen, 1);
    lanes[machine]?.push(job as number);
    free[machine] = now + (durations[job as number] as number);
  }
  return lanes;
}
