import { CountersignError } from '../../core/errors.ts';
import { ArtifactsUnavailable } from '../artifacts/artifacts-unavailable.ts';

/**
 * Runs a piece of work whose typed errors are a gate's business, not a fault. A store that is out of order says nothing about
 * the work: that stays a fault.
 * @returns what the work returned, or the reasons why it could not.
 */
export async function attempt<T>(
  work: () => T | Promise<T>,
): Promise<{ readonly ok: true; readonly value: T } | { readonly ok: false; readonly error: CountersignError }> {
  try {
    return { ok: true, value: await work() };
  } catch (error) {
    if (error instanceof CountersignError && !(error instanceof ArtifactsUnavailable)) return { ok: false, error };
    throw error;
  }
}
