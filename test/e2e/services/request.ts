import { request } from 'node:http';

/** Sends a request whose `Host` is what the caller says, as a rebound name would make a browser do. */
export function statusOf(url: string, headers: Record<string, string>, method = 'GET'): Promise<number> {
  return new Promise((resolve, reject) => {
    const outgoing = request(url, { method, headers, agent: false }, (response) => {
      response.resume();
      response.on('end', () => resolve(response.statusCode ?? 0));
    });
    outgoing.on('error', reject);
    outgoing.end();
  });
}

/** What every local server owes: it answers its own names and nobody else's, and no other site's page. */
export async function refusalsOf(url: string, path = '/'): Promise<Record<string, number>> {
  const { port } = new URL(url);
  const target = new URL(path, url).href;
  return {
    ownAddress: await statusOf(target, { host: `127.0.0.1:${port}` }),
    localhost: await statusOf(target, { host: `localhost:${port}` }),
    reboundName: await statusOf(target, { host: `evil.test:${port}` }),
    otherPort: await statusOf(target, { host: '127.0.0.1:1' }),
    foreignPage: await statusOf(target, { host: `127.0.0.1:${port}`, origin: 'https://evil.test' }),
    sandboxedPage: await statusOf(target, { host: `127.0.0.1:${port}`, origin: 'null' }),
  };
}

export const REFUSALS = {
  ownAddress: 200,
  localhost: 200,
  reboundName: 421,
  otherPort: 421,
  foreignPage: 403,
  sandboxedPage: 403,
};
