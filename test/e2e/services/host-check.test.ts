import { createServer, get } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { checkHost, guardServer, listenOnLoopback } from '../../../lib/local/services/host-check.ts';
import { REFUSALS, refusalsOf } from './request.ts';

describe('the check of Host and Origin', () => {
  it.each([
    [{ host: '127.0.0.1:4610' }, undefined],
    [{ host: 'LOCALHOST:4610' }, undefined],
    [{ host: 'localhost:4610', origin: 'http://localhost:4610' }, undefined],
    [{ host: 'localhost:4610', origin: 'http://127.0.0.1:4610' }, undefined],
    [{}, 421],
    [{ host: '127.0.0.1' }, 421],
    [{ host: '127.0.0.1:4611' }, 421],
    [{ host: '127.0.0.1.evil.test:4610' }, 421],
    [{ host: 'evil.test' }, 421],
    [{ host: '[::1]:4610' }, 421],
    [{ host: 'localhost:4610', origin: 'https://localhost:4610' }, 403],
    [{ host: 'localhost:4610', origin: 'http://localhost:4611' }, 403],
    [{ host: 'localhost:4610', origin: 'http://evil.test' }, 403],
    [{ host: 'localhost:4610', origin: 'null' }, 403],
    [{ host: 'localhost:4610', origin: '' }, 403],
  ])('answers %o with %s', (headers, status) => {
    expect(checkHost(headers, 4610)?.status).toBe(status);
  });

  it('stands before all listeners of a server, for requests and upgrades', async () => {
    const upgrades: string[] = [];
    const server = createServer((_request, response) => response.end('hello'));
    server.on('upgrade', (request, socket) => {
      upgrades.push(request.headers.host ?? '');
      socket.end('HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: test\r\n\r\n');
    });
    guardServer(server, { headers: () => ({ 'x-policy': 'strict' }) });
    const port = await listenOnLoopback(server, 0);
    onTestFinished(() => void server.close());
    const url = `http://127.0.0.1:${port}`;
    expect((server.address() as AddressInfo).address).toBe('127.0.0.1');
    expect(await refusalsOf(url)).toEqual(REFUSALS);
    expect((await fetch(url)).headers.get('x-policy')).toBe('strict');

    const upgrade = (host: string) =>
      new Promise<string>((resolve) => {
        const outgoing = get(url, { headers: { host, connection: 'Upgrade', upgrade: 'test' }, agent: false });
        outgoing.on('upgrade', (_response, socket) => {
          socket.destroy();
          resolve('upgraded');
        });
        outgoing.on('error', () => resolve('refused'));
      });
    expect(await upgrade(`localhost:${port}`)).toBe('upgraded');
    expect(await upgrade('evil.test')).toBe('refused');
    expect(upgrades).toEqual([`localhost:${port}`]);
  });

  it('passes a taken port on as an error', async () => {
    const server = createServer();
    const port = await listenOnLoopback(server, 0);
    onTestFinished(() => void server.close());
    await expect(listenOnLoopback(createServer(), port)).rejects.toMatchObject({ code: 'EADDRINUSE' });
  });
});
