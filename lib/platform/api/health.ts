import type * as z from 'zod';
import { epochMilliseconds } from '../../core/instant.ts';
import { readPosture } from '../configuration/posture.ts';
import type { health } from '../contracts/api.ts';
import type { Runtime } from '../runtime.ts';

/** A snapshot older than this (seconds) means that flags are no longer synced. */
const STALE_FLAGS_SECONDS = 15 * 60;

/** Whether the system can work: the table answers, flags are fresh, and no skill is stopped. */
export async function checkHealth(runtime: Runtime): Promise<z.infer<typeof health>> {
  const now = runtime.clock.now();
  const snapshot = await runtime.flags.snapshot();
  const ageSeconds =
    snapshot === undefined
      ? undefined
      : Math.max(0, Math.floor((epochMilliseconds(now) - epochMilliseconds(snapshot.fetchedAt)) / 1000));
  const skills = await Promise.all(
    runtime.skills.map(async ({ name, id, flag }) => ({ name, id, flag, posture: await readPosture(runtime, name) })),
  );
  const fresh = ageSeconds !== undefined && ageSeconds <= STALE_FLAGS_SECONDS;
  return {
    status: fresh && skills.every(({ posture }) => posture !== 'critical') ? 'ok' : 'degraded',
    environment: runtime.settings.environment,
    now,
    flags: snapshot === undefined || ageSeconds === undefined ? {} : { fetchedAt: snapshot.fetchedAt, ageSeconds },
    skills,
  };
}
