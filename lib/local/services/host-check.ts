import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import type { Duplex } from 'node:stream';

/** The only interface that local servers listen on. */
export const LOOPBACK = '127.0.0.1';

/** Why a request is refused: 421 Misdirected Request (RFC 9110, 15.5.20) or 403 Forbidden. */
export interface HostRefusal {
  readonly status: 421 | 403;
  readonly message: string;
}

/** The names by which a person's browser reaches a port of this machine. */
function hostsOf(port: number): readonly string[] {
  return [`${LOOPBACK}:${port}`, `localhost:${port}`];
}

/**
 * Says whether a request may come in to a server on this machine.
 * Loopback does not keep web pages out: a page anywhere can make a browser send requests to 127.0.0.1. A foreign `Host` is
 * a name that was rebound to this machine; a foreign `Origin` is another site's page.
 * @param port the port that the server listens on.
 * @returns the refusal, or `undefined` when the request may pass.
 */
export function checkHost(
  headers: { readonly host?: string | undefined; readonly origin?: string | undefined },
  port: number,
): HostRefusal | undefined {
  const hosts = hostsOf(port);
  if (headers.host === undefined || !hosts.includes(headers.host.toLowerCase())) {
    return { status: 421, message: `This server answers at http://${hosts.join(' and http://')} only.` };
  }
  if (headers.origin !== undefined && !hosts.some((host) => headers.origin === `http://${host}`)) {
    return { status: 403, message: 'Pages of other sites may not use this server.' };
  }
  return undefined;
}

function refuse(response: ServerResponse, refusal: HostRefusal): void {
  response.writeHead(refusal.status, { 'content-type': 'text/plain; charset=utf-8', connection: 'close' });
  response.end(`${refusal.message}\n`);
}

function portOf(socket: Socket | Duplex): number {
  return (socket as Socket).localPort ?? 0;
}

type RequestListener = (request: IncomingMessage, response: ServerResponse) => void;
type UpgradeListener = (request: IncomingMessage, socket: Duplex, head: Buffer) => void;

/** What a guard adds besides the check. */
export interface GuardOptions {
  /** Headers that every answer carries, such as a Content-Security-Policy. */
  readonly headers?: (request: IncomingMessage) => Readonly<Record<string, string>>;
}

/**
 * Puts the check in front of everything that a server already listens for: requests and upgrades (web sockets).
 * Call it after the server's own listeners are in place.
 */
export function guardServer(server: Server, options: GuardOptions = {}): void {
  const requestListeners = server.listeners('request') as RequestListener[];
  const upgradeListeners = server.listeners('upgrade') as UpgradeListener[];
  server.removeAllListeners('request');
  server.removeAllListeners('upgrade');
  server.on('request', (request, response) => {
    const refusal = checkHost(request.headers, portOf(request.socket));
    if (refusal !== undefined) return refuse(response, refusal);
    for (const [name, value] of Object.entries(options.headers?.(request) ?? {})) response.setHeader(name, value);
    for (const listener of requestListeners) listener.call(server, request, response);
  });
  if (upgradeListeners.length === 0) return;
  server.on('upgrade', (request, socket, head) => {
    if (checkHost(request.headers, portOf(socket)) !== undefined) return socket.destroy();
    for (const listener of upgradeListeners) listener.call(server, request, socket, head);
  });
}

/**
 * Listens on the loopback interface.
 * @param port `0` takes a free one.
 * @returns the port.
 * @throws the operating system's error, such as `EADDRINUSE`.
 */
export function listenOnLoopback(server: Server, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, LOOPBACK, () => {
      server.off('error', reject);
      resolve((server.address() as AddressInfo).port);
    });
  });
}
