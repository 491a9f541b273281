import { writeFile } from 'node:fs/promises';
import { type AddressInfo, createServer } from 'node:net';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { InvalidInput } from '../../../lib/core/errors.ts';
import { PortTaken } from '../../../lib/local/services/errors.ts';
import { choosePorts, FIRST_PORT, PORT_NAMES } from '../../../lib/local/services/ports.ts';
import { temporaryDirectory } from './temporary-directory.ts';

/** Takes a free port and keeps it for the test. */
function occupy(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => resolve((server.address() as AddressInfo).port));
    onTestFinished(() => void server.close());
  });
}

describe('choosing ports', () => {
  it('takes one declared range, in order, or says which of it is in use', async () => {
    const declared = Object.fromEntries(PORT_NAMES.map((name, index) => [name, FIRST_PORT + index]));
    const chosen = await choosePorts().catch((error: unknown) => error);
    // A local system may be running on this machine; then the same range must show in the error.
    if (chosen instanceof PortTaken) {
      for (const { pointer, message } of chosen.problems) expect(message).toContain(`${declared[pointer.slice(1)]}`);
    } else expect(chosen).toEqual(declared);
  });

  it('finds six different free ports, and the same ones at the next start', async () => {
    const directory = await temporaryDirectory();
    const first = await choosePorts({ auto: true, directory });
    expect(new Set(Object.values(first)).size).toBe(PORT_NAMES.length);
    expect(await choosePorts({ auto: true, directory })).toEqual(first);
    expect(await choosePorts({ directory })).toEqual(first);
  });

  it('lets every port be set, and remembers what was set', async () => {
    const directory = await temporaryDirectory();
    const wanted = await choosePorts({ auto: true });
    expect(await choosePorts({ requested: wanted, directory })).toEqual(wanted);
    expect(await choosePorts({ directory })).toEqual(wanted);
    const { api } = await choosePorts({ auto: true });
    expect(await choosePorts({ requested: { api }, directory })).toEqual({ ...wanted, api });
  });

  it('names every service whose port is taken, and how to choose another', async () => {
    const free = await choosePorts({ auto: true });
    const requested = { ...free, inbox: await occupy(), smtp: await occupy() };
    const failure = await choosePorts({ requested }).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(PortTaken);
    const { problems, message } = failure as PortTaken;
    expect(problems.map(({ pointer, code }) => [pointer, code])).toEqual([
      ['/inbox', 'port-taken'],
      ['/smtp', 'port-taken'],
    ]);
    expect(message).toContain(`${requested.inbox}`);
    expect(message).toContain('--port-smtp NUMBER');
    expect(message).toContain('--ports auto');
  });

  it('moves a remembered port that is taken when it may find free ones, and only then', async () => {
    const directory = await temporaryDirectory();
    const flags = await occupy();
    const free = await choosePorts({ auto: true });
    await writeFile(join(directory, 'ports.json'), JSON.stringify({ ...free, flags }));
    await expect(choosePorts({ directory })).rejects.toBeInstanceOf(PortTaken);
    const moved = await choosePorts({ auto: true, directory });
    expect(moved).toEqual({ ...free, flags: moved.flags });
    expect(moved.flags).not.toBe(flags);
    await expect(choosePorts({ auto: true, requested: { flags } })).rejects.toBeInstanceOf(PortTaken);
  });

  it('refuses what is no port, one port for two services, and a damaged list', async () => {
    await expect(choosePorts({ requested: { api: 0 } })).rejects.toBeInstanceOf(InvalidInput);
    await expect(choosePorts({ requested: { api: 65_536 } })).rejects.toBeInstanceOf(InvalidInput);
    const { api } = await choosePorts({ auto: true });
    await expect(choosePorts({ auto: true, requested: { api, smtp: api } })).rejects.toMatchObject({
      problems: [{ pointer: '/smtp', code: 'port-repeated' }],
    });
    const directory = await temporaryDirectory();
    await writeFile(join(directory, 'ports.json'), '{"api": "four"}');
    await expect(choosePorts({ directory })).rejects.toBeInstanceOf(InvalidInput);
  });
});
