/** As long as a form can be posted. */
const MAX_AGE_SECONDS = 12 * 3600;

/**
 * The name of a link's cookie. Browsers take a `__Host-` cookie only with `Secure`, `Path=/` and no domain (RFC 6265bis);
 * they take it from a loopback address over plain HTTP too, which they trust like TLS.
 */
function cookieName(linkId: string): string {
  return `__Host-countersign-${linkId}`;
}

const attributes = 'Path=/; Secure; HttpOnly; SameSite=Strict';

/** The header value that gives a browser the link's cookie. */
export function setCookie(linkId: string, value: string): string {
  return `${cookieName(linkId)}=${value}; Max-Age=${MAX_AGE_SECONDS}; ${attributes}`;
}

/** The header value that takes it away. */
export function clearCookie(linkId: string): string {
  return `${cookieName(linkId)}=; Max-Age=0; ${attributes}`;
}

/** The link's cookie in a `Cookie` header; `undefined` when there is none, or more than one. */
export function readCookie(header: string | undefined, linkId: string): string | undefined {
  const prefix = `${cookieName(linkId)}=`;
  const values = (header ?? '')
    .split(';')
    .map((pair) => pair.trim())
    .filter((pair) => pair.startsWith(prefix))
    .map((pair) => pair.slice(prefix.length));
  return values.length === 1 ? values[0] : undefined;
}
