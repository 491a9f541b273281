import type { Random } from '../random.ts';
import type { Descent } from './descent.ts';
import type { Instance, Sequences } from './instance.ts';
import type { Lane } from './lane.ts';
import type { BestMove } from './move.ts';

/** Most jobs of a stretch that a kick takes along, and how far from each other in positions its two stretches are. */
const LONGEST = 3;
const NEAR = 3;

/** Exchanges two short stretches that begin at nearly the same time on two machines, or nearly behind each other on one. */
export function kick(descent: Descent, random: Random, move: BestMove): void {
  const { lanes } = descent;
  const lane = lanes[random.below(lanes.length)] as Lane;
  const other = lanes[random.below(lanes.length)] as Lane;
  const size = random.below(Math.min(LONGEST, lane.length) + 1);
  const from = random.below(lane.length - size + 1);
  const otherSize = random.below(Math.min(LONGEST, other.length) + 1);
  const wanted =
    lane === other
      ? from + size + random.below(NEAR)
      : other.near(from, lane.starts[from] as number) + random.below(2 * NEAR + 1) - NEAR;
  const otherFrom = Math.max(0, Math.min(other.length - otherSize, wanted));
  move.looked += 1;
  if (lane === other && otherFrom < from + size) return;
  move.lane = lane;
  move.from = from;
  move.until = from + size;
  move.other = other;
  move.otherFrom = otherFrom;
  move.otherUntil = otherFrom + otherSize;
  descent.apply(move);
}

/** All jobs of a schedule by the time at which they begin. */
function byStart({ jobs, durations }: Instance, sequences: Sequences): number[] {
  const starts = new Float64Array(jobs);
  for (const sequence of sequences) {
    let end = 0;
    for (const job of sequence) {
      starts[job] = end;
      end += durations[job] as number;
    }
  }
  return sequences.flat().toSorted((a, b) => (starts[a] as number) - (starts[b] as number) || a - b);
}

/** Gives each job in turn to the machine that is free first. */
function inTurn({ machines, durations }: Instance, order: readonly number[]): number[][] {
  const lanes = Array.from({ length: machines }, (): number[] => []);
  const free = new Float64Array(machines);
  for (const job of order) {
    let machine = 0;
    for (let each = 1; each < machines; each += 1) {
      if ((free[each] as number) < (free[machine] as number)) machine = each;
    }
    lanes[machine]?.push(job);
    free[machine] = (free[machine] as number) + (durations[job] as number);
  }
  return lanes;
}

/**
 * A schedule that keeps a stretch of time of one schedule and the order of the other jobs from another one: order crossover over the single
 * sequence by which jobs begin, from which a schedule follows by giving each job to the machine that is free first.
 * Source of the single sequence: R. Rodrigues, A. Pessoa, E. Uchoa and M. Poggi de Aragao, "Heuristic algorithm for the parallel machine
 * total weighted tardiness scheduling problem", Relatorios de Pesquisa em Engenharia de Producao 8 (2008).
 */
export function cross(instance: Instance, one: Sequences, two: Sequences, random: Random): number[][] {
  const order = byStart(instance, one);
  const [a, b] = [random.below(order.length), random.below(order.length + 1)];
  const [from, until] = [Math.min(a, b), Math.max(a, b)];
  const kept = order.slice(from, until);
  const taken = new Set(kept);
  const rest = byStart(instance, two).filter((job) => !taken.has(job));
  return inTurn(instance, [...rest.slice(0, from), ...kept, ...rest.slice(from)]);
}
