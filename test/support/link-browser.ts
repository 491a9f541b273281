import type { LinkRequest, PageResponse } from '../../lib/platform/approvals/http/page-response.ts';

/** The nonce in a page's form, or the empty text. */
export function nonceOf(page: PageResponse): string {
  return /name="nonce" value="([^"]*)"/.exec(page.body)?.[1] ?? '';
}

/** A browser at the links of one kind: keeps cookies, posts forms from the page it shows. */
export class LinkBrowser {
  readonly cookies = new Map<string, string>();
  readonly #answer: (request: LinkRequest) => Promise<PageResponse>;
  userAgent = 'Mozilla/5.0 (X11; Linux x86_64) Firefox/140.0';

  constructor(answer: (request: LinkRequest) => Promise<PageResponse>) {
    this.#answer = answer;
  }

  async request(
    method: string,
    address: string,
    more: { headers?: Record<string, string>; body?: string } = {},
  ): Promise<PageResponse> {
    const cookie = [...this.cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    const response = await this.#answer({
      method,
      address,
      headers: { 'user-agent': this.userAgent, ...(cookie === '' ? {} : { cookie }), ...more.headers },
      body: Buffer.from(more.body ?? ''),
    });
    this.#keep(response.headers['Set-Cookie']);
    return response;
  }

  get(address: string): Promise<PageResponse> {
    return this.request('GET', address);
  }

  /** Posts a form; `headers` replace what the browser would send, an empty value leaves a header out. */
  post(address: string, fields: object, headers: Record<string, string> = {}): Promise<PageResponse> {
    const own = { origin: 'http://127.0.0.1:8080', 'content-type': 'application/x-www-form-urlencoded', ...headers };
    return this.request('POST', address, {
      headers: Object.fromEntries(Object.entries(own).filter(([, value]) => value !== '')),
      body: new URLSearchParams({ ...fields }).toString(),
    });
  }

  #keep(header: string | undefined): void {
    const [name, value] = (header?.split(';')[0] ?? '').split('=');
    if (name === undefined || name === '' || value === undefined) return;
    if (value === '') this.cookies.delete(name);
    else this.cookies.set(name, value);
  }
}
