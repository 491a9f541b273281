import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { pageHeaders } from '../../lib/pages/page-headers.ts';

/** A request as the server saw it. */
export interface Seen {
  readonly method: string;
  readonly path: string;
  readonly origin: string | undefined;
  readonly referer: string | undefined;
  readonly fields: URLSearchParams;
}

export interface PageServer {
  readonly origin: string;
  readonly seen: Seen[];
  readonly close: () => Promise<void>;
}

async function seenOf(request: IncomingMessage): Promise<Seen> {
  return {
    method: request.method ?? '',
    path: request.url ?? '',
    origin: request.headers.origin,
    referer: request.headers.referer,
    fields: new URLSearchParams(await text(request)),
  };
}

/** Serves pages by path on a free loopback port with the real headers, and notes every request. */
export async function servePages(pages: ReadonlyMap<string, string>): Promise<PageServer> {
  const seen: Seen[] = [];
  const server = createServer((request, response) => {
    void seenOf(request).then((noted) => {
      seen.push(noted);
      const page = pages.get(noted.path);
      response.writeHead(page === undefined ? 404 : 200, { ...pageHeaders({ https: false }) });
      response.end(page);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    origin: `http://127.0.0.1:${port}`,
    seen,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
