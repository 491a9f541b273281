import { inject } from 'vitest';
import type { SystemPlaces } from './spawned-system.ts';

/** The local system of this worker: tests skip its time, so no two of them may use one at the same moment. */
export function ownSystem(): SystemPlaces {
  const worker = Number(process.env.VITEST_POOL_ID);
  const system = inject('systems')[worker - 1];
  if (system === undefined) throw new Error(`No local system was started for worker ${process.env.VITEST_POOL_ID}.`);
  return system;
}
