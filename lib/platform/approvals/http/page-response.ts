import { pageHeaders } from '../../../pages/page-headers.ts';
import type { Runtime } from '../../runtime.ts';

/** A request for an approval link, whatever server it came through. */
export interface LinkRequest {
  readonly method: string;
  /** `{linkId}.{secret}`, as it stands in the path. */
  readonly address: string;
  /** Names in lower case. */
  readonly headers: { readonly [name: string]: string | undefined };
  readonly body: Uint8Array;
}

/** A page with its status and headers. */
export interface PageResponse {
  readonly status: number;
  readonly headers: { readonly [name: string]: string };
  readonly body: string;
}

/** A page under the headers that every page carries. */
export function respondWithPage(
  runtime: Runtime,
  status: number,
  body: string,
  headers: { readonly [name: string]: string } = {},
): PageResponse {
  const https = new URL(runtime.settings.baseUrl).protocol === 'https:';
  return { status, headers: { ...pageHeaders({ https }), ...headers }, body };
}
