import type { SFNClientConfig } from '@aws-sdk/client-sfn';

type RetryStrategy = Extract<NonNullable<SFNClientConfig['retryStrategy']>, { acquireInitialRetryToken: unknown }>;
type RetryToken = Awaited<ReturnType<RetryStrategy['acquireInitialRetryToken']>>;

/** Milliseconds before the second, third and fourth attempt of a call. */
export const RETRY_DELAYS_MS: readonly number[] = [750, 1500, 3000];

/** What passes by itself: a connection that broke, a service that asked to slow down, a fault on its side. */
const PASSING: readonly string[] = ['TRANSIENT', 'THROTTLING', 'SERVER_ERROR'];

const token = (retryCount: number, delayMs: number): RetryToken => ({
  getRetryCount: () => retryCount,
  getRetryDelay: () => delayMs,
});

/**
 * Every dependency call of a step gets four attempts, 750, 1500 and 3000 ms apart. The SDK's middleware waits as long as a
 * token says. Errors that the caller made (a failed condition, an invalid request) are never tried again.
 * @param delaysMs waits between attempts.
 */
export function fixedRetries(delaysMs: readonly number[] = RETRY_DELAYS_MS): RetryStrategy {
  return {
    acquireInitialRetryToken: async () => token(0, 0),
    refreshRetryTokenForRetry: async (spent, { errorType }) => {
      const count = spent.getRetryCount();
      const delayMs = delaysMs[count];
      if (delayMs === undefined || !PASSING.includes(errorType)) throw new Error('No further attempt is due.');
      return token(count + 1, delayMs);
    },
    recordSuccess: () => {},
  };
}
