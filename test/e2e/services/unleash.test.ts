import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ServiceFailed } from '../../../lib/local/services/errors.ts';
import { startUnleash, type Unleash } from '../../../lib/local/services/unleash.ts';
import { applyFlags, setFlagEnabled } from '../../../lib/platform/flags/admin.ts';
import { fetchSnapshot } from '../../../lib/platform/flags/fetch-snapshot.ts';
import { runsSlowTests } from '../../support/slow.ts';
import { whenOver } from './processes.ts';
import { REFUSALS, refusalsOf } from './request.ts';

const FLAG = 'skill_test';
const declarations = [
  {
    flag: FLAG,
    skill: 'test-skill',
    description: 'A skill for tests',
    variants: [{ name: '2026-11-01', weight: 1000, payload: 'one' }],
  },
];

const adminOf = (unleash: Unleash) => ({ url: unleash.url, adminToken: unleash.adminToken });
const flagsOf = (unleash: Unleash) =>
  fetchSnapshot({ url: unleash.url, clientToken: unleash.clientToken }, { now: '2026-11-20T09:30:00.000Z' });
const isOn = async (unleash: Unleash) => (await flagsOf(unleash)).features.find(({ name }) => name === FLAG)?.enabled;

function login(unleash: Unleash, password: string, headers: Record<string, string> = {}) {
  return fetch(`${unleash.url}/auth/simple/login`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify({ username: unleash.login.username, password }),
  });
}

// A first start takes seconds, so there is one: the tests follow each other on the same directory.
describe('the flag server', { timeout: 60_000 }, () => {
  let directory: string;
  let unleash: Unleash;
  let firstStartMs: number;
  const progress: string[] = [];
  const lost: ServiceFailed[] = [];
  const start = () =>
    startUnleash({
      port: 0,
      directory: join(directory, 'flags'),
      onProgress: (message) => progress.push(message),
      onLost: (error) => lost.push(error),
    });
  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'countersign-test-'));
    const before = performance.now();
    unleash = await start();
    firstStartMs = performance.now() - before;
  });
  afterAll(async () => {
    await unleash.close();
    await rm(directory, { recursive: true, force: true });
  });

  it('says how far it is, and that without its secrets', () => {
    expect(progress.length).toBeGreaterThan(1);
    for (const secret of [unleash.login.password, unleash.adminToken, unleash.clientToken]) {
      expect(progress.join()).not.toContain(secret);
    }
  });

  it('serves its page, which loads nothing from elsewhere', async () => {
    const page = await fetch(unleash.url);
    expect(await page.text()).toContain('<title>Unleash</title>');
    expect(page.headers.get('content-security-policy')).toMatch(/^default-src 'self';/);
    expect(page.headers.get('content-security-policy')).not.toMatch(/https?:|\*/);
  });

  it('answers its own names only, and no page of another site', async () => {
    expect(await refusalsOf(unleash.url)).toEqual(REFUSALS);
    expect(await refusalsOf(unleash.url, '/health')).toEqual(REFUSALS);
  });

  it('lets a person in by password and nobody without', async () => {
    expect((await login(unleash, 'unleash4all')).status).toBe(401);
    const accepted = await login(unleash, unleash.login.password, { origin: unleash.url });
    expect(accepted.status).toBe(200);
    const cookie = accepted.headers.get('set-cookie') ?? '';
    expect(cookie).toMatch(/HttpOnly/);
    expect(cookie).toMatch(/SameSite=Lax/);
    const projects = (headers: Record<string, string>) => fetch(`${unleash.url}/api/admin/projects`, { headers });
    expect((await projects({ cookie: cookie.split(';')[0]! })).status).toBe(200);
    expect((await projects({})).status).toBe(401);
    expect((await projects({ authorization: unleash.clientToken })).status).toBe(403);
    expect((await fetch(`${unleash.url}/api/client/features`)).status).toBe(401);
  });

  it('bears many requests at once', async () => {
    await applyFlags(adminOf(unleash), 'development', declarations);
    const toggles = Array.from({ length: 12 }, (_, index) =>
      setFlagEnabled(adminOf(unleash), 'development', FLAG, index % 2 === 0),
    );
    const reads = Array.from({ length: 12 }, () => flagsOf(unleash));
    await Promise.all([...toggles, ...reads]);
    await setFlagEnabled(adminOf(unleash), 'development', FLAG, true);
    expect(await isOn(unleash)).toBe(true);
  });

  it('fails with a clear error when its port is taken', async () => {
    const port = Number(new URL(unleash.url).port);
    const second = startUnleash({ port });
    await expect(second).rejects.toBeInstanceOf(ServiceFailed);
    await expect(second).rejects.toThrow(/EADDRINUSE/);
  });

  it('keeps flags, tokens and password over a stop, and starts faster then', async () => {
    const { adminToken, clientToken, login } = unleash;
    expect((await stat(join(directory, 'flags', 'secrets.json'))).mode & 0o777).toBe(0o600);
    await unleash.close();
    const before = performance.now();
    unleash = await start();
    expect(performance.now() - before).toBeLessThan(firstStartMs);
    expect(unleash).toMatchObject({ adminToken, clientToken, login });
    expect(await isOn(unleash)).toBe(true);
    expect(lost).toEqual([]);
  });

  it.skipIf(!runsSlowTests)(
    'loses nothing that it acknowledged when it is killed in the middle of writing, and says that it stopped',
    async () => {
      for (const [round, writes] of [1, 8].entries()) {
        const running = unleash;
        let acknowledged = true;
        for (let write = 0; write < writes; write++) {
          acknowledged = write % 2 === 1;
          await setFlagEnabled(adminOf(running), 'development', FLAG, acknowledged);
        }
        // These are under way when the process dies. They set what is set already, so both ends of them are right.
        const pending = Array.from({ length: 4 }, () =>
          setFlagEnabled(adminOf(running), 'development', FLAG, acknowledged).catch(() => undefined),
        );
        process.kill(running.pid, 'SIGKILL');
        await Promise.all([...pending, whenOver(running.pid)]);
        unleash = await start();
        expect(await isOn(unleash)).toBe(acknowledged);
        expect(lost).toHaveLength(round + 1);
      }
      expect(lost[0]?.message).toContain('The flag server stopped');
      expect(await applyFlags(adminOf(unleash), 'development', declarations)).toMatchObject([{ changes: [] }]);
    },
  );
});
