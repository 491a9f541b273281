import { CountersignError } from '../../core/errors.ts';

/**
 * Runs a piece of work whose typed errors are a gate's business, not a fault.
 * @returns what the work returned, or the reasons why it could not.
 */
export async function attempt<T>(
  work: () => T | Promise<T>,
): Promise<{ readonly ok: true; readonly value: T } | { readonly ok: false; readonly error: CountersignError }> {
  try {
    return { ok: true, value: await work() };
  } catch (error) {
    if (error instanceof CountersignError) return { ok: false, error };
    throw error;
  }
}
