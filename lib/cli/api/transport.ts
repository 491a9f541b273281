import { CALLER_HEADER } from '../../local/api-gateway.ts';
import { OutOfReach } from './errors.ts';
import type { Identity } from './identity.ts';
import { signRequest } from './sign-request.ts';

/** One request to the API of an environment. */
export interface ApiRequest {
  readonly method: 'GET' | 'POST';
  /** Below the API's address; segments are encoded already. */
  readonly path: string;
  readonly query?: Readonly<Record<string, string>>;
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent as JSON. */
  readonly body?: unknown;
}

/** The answer, read to its end. */
export interface ApiAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
}

/** A way to an environment's API that says who calls. */
export interface ApiTransport {
  readonly url: string;
  /** @throws OutOfReach when nobody answers, NotLetIn when there is nothing to sign with. */
  send(request: ApiRequest): Promise<ApiAnswer>;
}

/** API Gateway gives up after 29 s; whoever waits longer waits for nobody. */
const TIMEOUT_MS = 35_000;

/** Percent-encodes as RFC 3986 does; signatures are computed from exactly this form. */
function encoded(text: string): string {
  return encodeURIComponent(text).replace(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

function addressOf(base: string, { path, query = {} }: ApiRequest): URL {
  const pairs = Object.entries(query).map(([name, value]) => `${encoded(name)}=${encoded(value)}`);
  return new URL(`${base}${path}${pairs.length === 0 ? '' : `?${pairs.join('&')}`}`);
}

async function exchange(
  url: URL,
  request: ApiRequest,
  headers: Record<string, string>,
  body: string | undefined,
): Promise<ApiAnswer> {
  try {
    const response = await fetch(url, {
      method: request.method,
      headers,
      ...(body === undefined ? {} : { body }),
      // A signed request goes where it was signed for, and nowhere else.
      redirect: 'manual',
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    return { status: response.status, headers: response.headers, text: await response.text() };
  } catch (cause) {
    throw new OutOfReach(
      `${url.origin} does not answer. Look whether the address is right and this machine can reach it.`,
      [],
      { cause },
    );
  }
}

function commonHeaders({ headers, body }: ApiRequest): Record<string, string> {
  return {
    accept: 'application/json',
    ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    ...headers,
  };
}

const bodyOf = ({ body }: ApiRequest): string | undefined => (body === undefined ? undefined : JSON.stringify(body));

/** The API of a local system. Its callers are simulated: a header names them. */
export function localTransport(url: string, caller: string): ApiTransport {
  return {
    url,
    send: (request) =>
      exchange(
        addressOf(url, request),
        request,
        { ...commonHeaders(request), [CALLER_HEADER]: caller },
        bodyOf(request),
      ),
  };
}

/**
 * The API of an environment in AWS: every request is signed by the caller.
 * @param region of the API; the caller's own when the address does not tell.
 */
export function signedTransport(
  url: string,
  identity: Identity,
  region: string | undefined,
  now: () => Date = () => new Date(),
): ApiTransport {
  return {
    url,
    send: async (request) => {
      const address = addressOf(url, request);
      const body = bodyOf(request);
      const { host: _, ...headers } = await signRequest(
        {
          method: request.method,
          url: address,
          headers: commonHeaders(request),
          ...(body === undefined ? {} : { body }),
        },
        { credentials: await identity.credentials(), region: region ?? (await identity.region()), at: now() },
      );
      return exchange(address, request, headers, body);
    },
  };
}
