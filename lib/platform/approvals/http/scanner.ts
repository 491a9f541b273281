/** Programs that open links on their own: mail security gateways, link previews, crawlers, command-line clients. */
const KNOWN =
  /bot\b|crawl|spider|slurp|scan|preview|proofpoint|mimecast|barracuda|safelinks|fireeye|trendmicro|symantec|forcepoint|sophos|urldefense|phish|headless|googleimageproxy|facebookexternalhit|whatsapp|skypeuripreview|curl\/|wget\/|python-|okhttp|go-http-client|java\/|libwww|axios\/|undici|node-fetch/i;

/**
 * Whether a request looks like a program's. Only counters depend on it: scanners with a browser's face exist, so no decision
 * may ever be made safe by recognising them.
 */
export function looksLikeScanner(headers: { readonly [name: string]: string | undefined }): boolean {
  const agent = headers['user-agent'] ?? '';
  const prefetched = /prefetch|preview/i.test(`${headers['sec-purpose'] ?? ''} ${headers.purpose ?? ''}`);
  return agent.trim() === '' || KNOWN.test(agent) || prefetched;
}
