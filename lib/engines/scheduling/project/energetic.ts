import { at, type Network } from './network.ts';

/** Begins and ends of intervals that are looked at, of each so many. */
const SAMPLED = 64;

/** When activities may begin: not before `earliest`, not after `latest`. */
export interface Windows {
  readonly earliest: Int32Array;
  readonly latest: Int32Array;
}

/** Distinct values in ascending order; of many, so many that are spread evenly. */
function spread(values: Iterable<number>): number[] {
  const distinct = [...new Set(values)].toSorted((a, b) => a - b);
  if (distinct.length <= SAMPLED) return distinct;
  return Array.from(
    { length: SAMPLED },
    (_, i) => distinct[Math.floor((i * (distinct.length - 1)) / (SAMPLED - 1))] ?? 0,
  );
}

/**
 * Whether some resource has more work to do within some interval than it can: of each activity counts what falls into the
 * interval wherever in its window it runs.
 * Source: J. Erschler, P. Lopez, C. Thuriot, "Raisonnement temporel sous contraintes de ressource" (1991); P. Baptiste,
 * C. Le Pape, W. Nuijten, "Satisfiability tests and time-bound adjustments for cumulative scheduling", Annals of OR 92 (1999).
 * @returns true only when no schedule fits the windows.
 */
export function isOverloaded(network: Network, { earliest, latest }: Windows): boolean {
  const { size, durations, resources, capacities, uses } = network;
  const begins = spread(earliest);
  const ends = spread(latest.map((start, activity) => start + at(durations, activity)));
  const energy = new Float64Array(resources);
  for (const begin of begins) {
    for (const end of ends) {
      if (end <= begin) continue;
      energy.fill(0);
      for (let activity = 0; activity < size; activity++) {
        const duration = at(durations, activity);
        const shiftedLeft = at(earliest, activity) + duration - begin;
        const shiftedRight = end - at(latest, activity);
        const inside = Math.min(duration, end - begin, shiftedLeft, shiftedRight);
        if (inside <= 0) continue;
        for (let resource = 0, cell = activity * resources; resource < resources; resource++, cell++)
          energy[resource] = (energy[resource] as number) + inside * at(uses, cell);
      }
      for (let resource = 0; resource < resources; resource++)
        if ((energy[resource] as number) > at(capacities, resource) * (end - begin)) return true;
    }
  }
  return false;
}
