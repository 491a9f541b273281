import type * as z from 'zod';
import { secondsUntil } from '../../core/instant.ts';
import { readPosture } from '../configuration/posture.ts';
import type { health } from '../contracts/api.ts';
import { lastCensus } from '../executions/census.ts';
import { STALE_FLAGS_SECONDS, snapshotAgeSeconds } from '../flags/snapshot-age.ts';
import type { Runtime } from '../runtime.ts';

type Health = z.infer<typeof health>;

/** The executions as the sweeper counted them last: anybody may ask for the health, so nothing is counted here. */
async function executionsOf(runtime: Runtime): Promise<Pick<Health, 'executions'>> {
  const census = await lastCensus(runtime);
  if (census === undefined) return {};
  const { at, executions, oldestWaitSince } = census;
  const oldest =
    oldestWaitSince === undefined ? {} : { oldestWaitSeconds: Math.max(0, secondsUntil(oldestWaitSince, at)) };
  return { executions: { countedAt: at, byState: [...executions], ...oldest } };
}

/** Whether the system can work: the table answers, flags are fresh, and no skill is stopped. */
export async function checkHealth(runtime: Runtime): Promise<Health> {
  const now = runtime.clock.now();
  const snapshot = await runtime.flags.snapshot();
  const ageSeconds = snapshot === undefined ? undefined : snapshotAgeSeconds(snapshot, now);
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
    ...(await executionsOf(runtime)),
  };
}
