import { setTimeout as delay } from 'node:timers/promises';
import type { Instant } from '../../core/instant.ts';
import { FlagSourceUnavailable } from './errors.ts';
import { type FlagSnapshot, snapshotOf } from './snapshot.ts';

/** Where the flags of one environment are read. */
export interface FlagSource {
  /** The flag server's address without `/api`, such as `https://flags.example.com`. */
  readonly url: string;
  /** A client (backend) token; it names the environment. */
  readonly clientToken: string;
}

/** What a fetch may take from its surroundings, and how long it may last. */
export interface FetchSnapshotOptions {
  /** The instant that the snapshot carries. */
  readonly now: Instant;
  /** Milliseconds for everything: all attempts and the waits between them. */
  readonly timeoutMs?: number;
  /** Stands in for the global `fetch`. */
  readonly fetch?: typeof fetch;
  /** Waits some milliseconds, or rejects when the signal aborts. */
  readonly wait?: (ms: number, signal: AbortSignal) => Promise<unknown>;
}

/** Four attempts with doubling waits: what every dependency call of a step gets. */
const WAITS_MS = [750, 1500, 3000];

const waitFor = (ms: number, signal: AbortSignal) => delay(ms, undefined, { signal });

/** One attempt: the answer's body, or an error that says whether asking again can help. */
async function attempt(source: FlagSource, request: typeof fetch, signal: AbortSignal): Promise<unknown> {
  const endpoint = new URL('/api/client/features', source.url);
  let response: Response;
  try {
    // A redirect would carry the token to wherever it points.
    response = await request(endpoint, {
      headers: { authorization: source.clientToken, accept: 'application/json' },
      redirect: 'error',
      signal,
    });
  } catch (cause) {
    throw new FlagSourceUnavailable(`The flag server at ${endpoint.origin} cannot be reached.`, undefined, { cause });
  }
  if (!response.ok) {
    await response.body?.cancel();
    throw new FlagSourceUnavailable(
      `The flag server at ${endpoint.origin} answered ${response.status}.`,
      response.status,
    );
  }
  try {
    return await response.json();
  } catch (cause) {
    throw new FlagSourceUnavailable(
      `The flag server at ${endpoint.origin} answered something other than JSON.`,
      response.status,
      { cause },
    );
  }
}

/** A refusal (4xx) stays a refusal, however often one asks; everything else may pass. */
function mayPass(error: unknown): boolean {
  return error instanceof FlagSourceUnavailable && (error.status === undefined || error.status >= 500);
}

/**
 * Fetches the flags of the token's environment.
 * Connection faults and 5xx answers are tried again within the time budget; refusals and malformed answers are not.
 * @throws FlagSourceUnavailable when the server is out of reach, refuses, or the time is up.
 * @throws InvalidInput when the answer is not a list of client features.
 * @throws FlagSnapshotTooLarge when the flags do not fit into one table item.
 */
export async function fetchSnapshot(source: FlagSource, options: FetchSnapshotOptions): Promise<FlagSnapshot> {
  const { now, timeoutMs = 10_000, fetch: request = fetch, wait = waitFor } = options;
  const signal = AbortSignal.timeout(timeoutMs);
  for (const waitMs of [...WAITS_MS, undefined]) {
    try {
      return snapshotOf(await attempt(source, request, signal), now);
    } catch (error) {
      if (waitMs === undefined || signal.aborted || !mayPass(error)) throw error;
      // When the budget ends during the wait, the fault that was met says more than the abort.
      await wait(waitMs, signal).catch(() => Promise.reject(error));
    }
  }
  throw new FlagSourceUnavailable('The flag server was not asked.');
}
