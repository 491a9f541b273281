import { createHash } from 'node:crypto';
import { answerStylesheet, codeStylesheet, operatorStylesheet, stylesheet } from './stylesheet.ts';

/** The CSP source that allows exactly one inline style element: the base64 SHA-256 of its text. */
function hashSource(text: string): string {
  return `'sha256-${createHash('sha256').update(text).digest('base64')}'`;
}

const contentSecurityPolicy = [
  "default-src 'none'",
  `style-src ${[stylesheet, operatorStylesheet, codeStylesheet, answerStylesheet].map(hashSource).join(' ')}`,
  "form-action 'self'",
  "frame-ancestors 'none'",
  "base-uri 'none'",
].join('; ');

/**
 * The headers every page is served with. `same-origin`, not `no-referrer`: under the latter Chromium posts forms with
 * `Origin: null`, and the exact check of Origin would refuse honest people.
 * @param options.https whether the page is served over TLS; then browsers are told to insist on it.
 */
export function pageHeaders(options: { readonly https: boolean }): Readonly<Record<string, string>> {
  return {
    'Content-Type': 'text/html; charset=utf-8',
    'Content-Security-Policy': contentSecurityPolicy,
    'Cache-Control': 'no-store',
    'Referrer-Policy': 'same-origin',
    'X-Content-Type-Options': 'nosniff',
    'X-Frame-Options': 'DENY',
    'X-Robots-Tag': 'noindex, nofollow, noarchive',
    'Permissions-Policy': 'camera=(), geolocation=(), microphone=(), payment=(), usb=()',
    'Cross-Origin-Opener-Policy': 'same-origin',
    'Cross-Origin-Resource-Policy': 'same-origin',
    ...(options.https ? { 'Strict-Transport-Security': 'max-age=63072000; includeSubDomains' } : {}),
  };
}
