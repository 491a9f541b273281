import { ApiError } from './api-error.ts';

/** One page of a list, and the token of the next. */
export interface Page<T> {
  readonly items: readonly T[];
  readonly nextToken?: string;
}

interface PageRequest {
  readonly maxResults?: number | undefined;
  readonly nextToken?: string | undefined;
}

/** The size of a page when none, or 0, is asked for. */
const DEFAULT_SIZE = 100;

/**
 * The page of a sorted list that a request asks for. Tokens name the last item before the page,
 * so items that are added at the front meanwhile move nothing.
 * @param keyOf an item's key, unique in the list.
 * @throws ApiError (InvalidToken) when the token names no item.
 */
export function pageOf<T>(items: readonly T[], keyOf: (item: T) => string, request: PageRequest): Page<T> {
  const start = request.nextToken === undefined ? 0 : after(items, keyOf, request.nextToken);
  const size = request.maxResults === undefined || request.maxResults === 0 ? DEFAULT_SIZE : request.maxResults;
  const page = items.slice(start, start + size);
  const last = page.at(-1);
  const more = start + size < items.length && last !== undefined;
  return { items: page, ...(more ? { nextToken: Buffer.from(keyOf(last)).toString('base64url') } : {}) };
}

function after<T>(items: readonly T[], keyOf: (item: T) => string, token: string): number {
  const key = Buffer.from(token, 'base64url').toString('utf8');
  const index = items.findIndex((item) => keyOf(item) === key);
  if (index < 0) throw new ApiError('InvalidToken', "Invalid Token: 'Invalid token'");
  return index + 1;
}
