import { CALLER_HEADER } from '../../../lib/local/api-gateway.ts';
import { errorDocument } from '../../../lib/platform/contracts/api.ts';

/** An answer of the API with its body as text and, where it is JSON, as a value. */
export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  readonly json: unknown;
}

/** What a request carries besides method and path. */
export interface CallOptions {
  /** The simulated caller; without one the header is missing. */
  readonly caller?: string;
  /** A value to be sent as JSON, or a text to be sent as it is. */
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Sends one request to the API, and reads whatever comes back. */
export async function call(api: string, method: string, path: string, options: CallOptions = {}): Promise<Answer> {
  const { caller, body, headers = {} } = options;
  const response = await fetch(`${api}${path}`, {
    method,
    headers: {
      ...(caller === undefined ? {} : { [CALLER_HEADER]: caller }),
      ...(body === undefined ? {} : { 'Content-Type': 'application/json' }),
      ...headers,
    },
    ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    redirect: 'manual',
  });
  const text = await response.text();
  const isJson = response.headers.get('content-type')?.startsWith('application/json') === true && text !== '';
  return { status: response.status, headers: response.headers, text, json: isJson ? JSON.parse(text) : undefined };
}

/** The error that an answer holds; fails when it is none that fits the contract. */
export function errorIn(answer: Answer) {
  return errorDocument.parse(answer.json).error;
}
