/** A JSON value as RFC 8259 defines it. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

/** A JSON object. */
export type JsonObject = { readonly [key: string]: Json };

/**
 * Appends reference tokens to a JSON Pointer (RFC 6901), escaping `~` and `/`.
 * @example pointer('/lineItems', 0, 'discount') // '/lineItems/0/discount'
 */
export function pointer(base: string, ...tokens: readonly (string | number)[]): string {
  let at = base;
  for (const token of tokens) at += `/${typeof token === 'number' ? token : escaped(token)}`;
  return at;
}

function escaped(token: string): string {
  return token.includes('~') || token.includes('/') ? token.replaceAll('~', '~0').replaceAll('/', '~1') : token;
}
