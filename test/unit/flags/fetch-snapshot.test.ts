import { describe, expect, it } from 'vitest';
import { InvalidInput } from '../../../lib/core/errors.ts';
import { FlagSourceUnavailable } from '../../../lib/platform/flags/errors.ts';
import { fetchSnapshot } from '../../../lib/platform/flags/fetch-snapshot.ts';
import { AT, flag } from './flags-fixture.ts';

const source = { url: 'http://127.0.0.1:9', clientToken: 'default:development.not-to-be-shown' };
const good = () => Response.json({ features: [flag()] });

/** A server that gives these answers, one after the other, and a wait that takes no time. */
function scripted(...answers: (() => Response | Promise<Response>)[]) {
  const requests: Request[] = [];
  const waits: number[] = [];
  const fetch: typeof globalThis.fetch = async (input, init) => {
    requests.push(new Request(input as URL, init));
    const answer = answers[requests.length - 1] ?? answers.at(-1);
    if (answer === undefined) throw new TypeError('fetch failed');
    return answer();
  };
  const wait = async (ms: number) => void waits.push(ms);
  return { requests, waits, options: { now: AT, fetch, wait } };
}

const broken = () => Promise.reject(new TypeError('fetch failed'));

describe('fetching the flags', () => {
  it('asks the client API with the token in a header and gives the snapshot of the answer', async () => {
    const server = scripted(good);
    const snapshot = await fetchSnapshot(source, server.options);
    expect(snapshot.features).toHaveLength(1);
    expect(snapshot.fetchedAt).toBe(AT);
    expect(server.requests[0]?.url).toBe('http://127.0.0.1:9/api/client/features');
    expect(server.requests[0]?.headers.get('authorization')).toBe(source.clientToken);
  });

  it('tries again after a lost connection and a 5xx, waiting 750, 1500 and 3000 ms', async () => {
    const server = scripted(broken, () => new Response('', { status: 503 }), broken, good);
    await expect(fetchSnapshot(source, server.options)).resolves.toMatchObject({ fetchedAt: AT });
    expect(server.waits).toEqual([750, 1500, 3000]);
  });

  it('gives up after four attempts, and never shows the token', async () => {
    const server = scripted(() => new Response('', { status: 500 }));
    const failure = await fetchSnapshot(source, server.options).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(FlagSourceUnavailable);
    expect(failure).toMatchObject({ code: 'FlagSourceUnavailable', status: 500 });
    expect(String(failure)).not.toContain('not-to-be-shown');
    expect(server.requests).toHaveLength(4);
  });

  it.each([400, 401, 403, 404])('asks once when the answer is %i', async (status) => {
    const server = scripted(() => new Response('', { status }));
    await expect(fetchSnapshot(source, server.options)).rejects.toMatchObject({
      code: 'FlagSourceUnavailable',
      status,
    });
    expect(server.requests).toHaveLength(1);
  });

  it('asks once when the answer is not JSON or not a list of flags', async () => {
    const page = scripted(() => new Response('<!doctype html>'));
    await expect(fetchSnapshot(source, page.options)).rejects.toBeInstanceOf(FlagSourceUnavailable);
    const other = scripted(() => Response.json({ toggles: [] }));
    await expect(fetchSnapshot(source, other.options)).rejects.toBeInstanceOf(InvalidInput);
    expect([page.requests.length, other.requests.length]).toEqual([1, 1]);
  });

  it('ends with its time budget, also in the middle of a request', async () => {
    const server = scripted();
    const fetch: typeof globalThis.fetch = (_input, init) =>
      new Promise((_resolve, reject) => {
        init?.signal?.addEventListener('abort', () => reject(init.signal?.reason), { once: true });
      });
    const failure = fetchSnapshot(source, { ...server.options, fetch, timeoutMs: 5 });
    await expect(failure).rejects.toBeInstanceOf(FlagSourceUnavailable);
    expect(server.waits).toEqual([]);
  });

  it('reports the fault that it met when the budget ends during a wait', async () => {
    const server = scripted(() => new Response('', { status: 502 }));
    const wait = () => Promise.reject(new DOMException('aborted', 'AbortError'));
    await expect(fetchSnapshot(source, { ...server.options, wait })).rejects.toMatchObject({ status: 502 });
  });
});
