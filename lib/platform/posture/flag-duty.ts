import type { Instant } from '../../core/instant.ts';
import { log } from '../log.ts';
import type { Runtime } from '../runtime.ts';

/**
 * Something that the flag server is to be told. The table is what counts: whatever the flag server does, nothing runs or is
 * published against it. So this is done as best it can, and what came of it is recorded.
 */
export interface FlagDuty {
  readonly since: Instant;
  /** `not-available`: no way to administer flags is configured where this was tried. */
  readonly result: 'pending' | 'done' | 'failed' | 'not-available';
  readonly attempts: number;
  /** When it was last tried. */
  readonly triedAt?: Instant;
  /** Why it failed, by the name of the error. */
  readonly error?: string;
}

/** The sweeper comes every minute: an hour of trying, after which people look at the flag page. */
const MOST_ATTEMPTS = 60;

/** A duty that arose at an instant. */
export function flagDutyAt(since: Instant): FlagDuty {
  return { since, result: 'pending', attempts: 0 };
}

/** Whether trying makes sense, here and now. */
export function isOpen(duty: FlagDuty | undefined, runtime: Pick<Runtime, 'flagAdmin'>): duty is FlagDuty {
  if (duty === undefined || duty.result === 'done' || duty.attempts >= MOST_ATTEMPTS) return false;
  return duty.result === 'pending' || runtime.flagAdmin !== undefined;
}

/** Tries once. Never throws: the result says how it went. */
export async function attemptFlagDuty(
  runtime: Pick<Runtime, 'flagAdmin' | 'clock'>,
  duty: FlagDuty,
  act: (admin: NonNullable<Runtime['flagAdmin']>) => Promise<void>,
): Promise<FlagDuty> {
  const tried = { since: duty.since, attempts: duty.attempts + 1, triedAt: runtime.clock.now() };
  if (runtime.flagAdmin === undefined) return { ...tried, attempts: duty.attempts, result: 'not-available' };
  try {
    await act(runtime.flagAdmin);
    return { ...tried, result: 'done' };
  } catch (thrown) {
    const error = thrown instanceof Error ? thrown.name : 'unknown';
    log('warn', { event: 'flag-server-not-told', error, attempts: tried.attempts });
    return { ...tried, result: 'failed', error };
  }
}
