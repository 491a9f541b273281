import * as z from 'zod';
import { Conflict, NotFound } from '../../core/errors.ts';
import { FlagSourceUnavailable } from './errors.ts';

/** Where flags are administered. */
export interface FlagAdmin {
  /** The flag server's address without `/api`. */
  readonly url: string;
  /** An admin (or service account) token. */
  readonly adminToken: string;
  /** Milliseconds for one request; ten seconds unless told. */
  readonly timeoutMs?: number;
  /** Stands in for the global `fetch`. */
  readonly fetch?: typeof fetch;
}

type Method = 'GET' | 'POST' | 'PUT' | 'PATCH';

const refusal = z.object({ message: z.string(), details: z.array(z.object({ message: z.string() })).optional() });

/** What the server says is wrong, in its own words. */
async function reasonOf(response: Response): Promise<string> {
  const parsed = refusal.safeParse(await response.json().catch(() => undefined));
  if (!parsed.success) return 'It gave no reason.';
  return parsed.data.details?.map((detail) => detail.message).join(' ') || parsed.data.message;
}

/**
 * Sends one request to the Unleash Admin API.
 * @param path below `/api/admin`; segments are already encoded.
 * @returns the body as JSON, or `undefined` of an empty one.
 * @throws NotFound (404), Conflict (409), FlagSourceUnavailable (any other refusal, or no connection).
 */
export async function adminRequest(admin: FlagAdmin, method: Method, path: string, body?: unknown): Promise<unknown> {
  const { adminToken, timeoutMs = 10_000, fetch: request = fetch } = admin;
  const endpoint = new URL(`/api/admin${path}`, admin.url);
  const what = `${method} ${endpoint.pathname}`;
  let response: Response;
  let text: string;
  try {
    response = await request(endpoint, {
      method,
      headers: { authorization: adminToken, 'content-type': 'application/json', accept: 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      redirect: 'error',
      signal: AbortSignal.timeout(timeoutMs),
    });
    text = response.ok ? await response.text() : '';
  } catch (cause) {
    throw new FlagSourceUnavailable(`The flag server did not answer ${what}.`, undefined, { cause });
  }
  if (response.ok) return text === '' ? undefined : JSON.parse(text);

  const message = `The flag server answered ${response.status} to ${what}: ${await reasonOf(response)}`;
  if (response.status === 404) throw new NotFound(message);
  if (response.status === 409) throw new Conflict(message);
  throw new FlagSourceUnavailable(message, response.status);
}
