import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Identity } from '../../../lib/cli/api/identity.ts';
import { signRequest } from '../../../lib/cli/api/sign-request.ts';
import { type ApiRequest, signedTransport } from '../../../lib/cli/api/transport.ts';
import { startLoopback } from '../../contract/loopback.ts';
import { type Expected, type Keys, signatureOf, wrongWith } from './support/sigv4.ts';

const AT = new Date('2026-11-20T09:00:00Z');
const KEYS: Keys = {
  accessKeyId: 'AKIDEXAMPLE',
  secretAccessKey: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY',
  sessionToken: 'session/token+with=signs',
};
const expected: Expected = { keys: KEYS, region: 'eu-central-1', service: 'execute-api', now: AT };
const identityOf = (keys: Keys): Identity => ({
  credentials: async () => keys,
  region: async () => 'eu-central-1',
});

describe('the checking side of these tests', () => {
  // From the suite of examples that AWS publishes for Signature Version 4.
  const vector = {
    method: 'GET',
    headers: { host: 'example.amazonaws.com', 'x-amz-date': '20150830T123600Z' },
    body: '',
  };
  const how = {
    signedHeaders: ['host', 'x-amz-date'],
    date: '20150830T123600Z',
    region: 'us-east-1',
    service: 'service',
  };

  test('computes the signatures that AWS publishes', () => {
    expect(signatureOf({ ...vector, path: '/' }, how, KEYS.secretAccessKey)).toBe(
      '5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31',
    );
    expect(signatureOf({ ...vector, path: '/?Param2=value2&Param1=value1' }, how, KEYS.secretAccessKey)).toBe(
      'b97d918cfa904a5beff61c982a1b6f458b799221646efd99d3219ec94cdf2500',
    );
  });
});

describe('a signed request', () => {
  let api: Awaited<ReturnType<typeof startLoopback>>;
  beforeAll(async () => {
    api = await startLoopback((asked) => {
      const wrong = wrongWith(asked, expected);
      return wrong === undefined
        ? { status: 200, body: '{}' }
        : { status: 403, body: JSON.stringify({ message: wrong }) };
    });
  });
  afterAll(() => api.close());

  const send = async (request: ApiRequest, keys: Keys = KEYS, region = 'eu-central-1', at = AT) => {
    const { status, text } = await signedTransport(`${api.url}/api`, identityOf(keys), region, () => at).send(request);
    return status === 200 ? 'accepted' : (JSON.parse(text) as { message: string }).message;
  };
  const listing: ApiRequest = {
    method: 'GET',
    path: '/executions',
    query: { cursor: 'a+b/c=', from: '2026-11-01T00:00:00Z' },
  };

  test('is accepted with whatever stands in path, query, headers and body', async () => {
    const text = fc.string({ unit: 'grapheme', maxLength: 20 });
    await fc.assert(
      fc.asyncProperty(
        fc.dictionary(
          text.filter((name) => name !== '__proto__'),
          text,
          { maxKeys: 4 },
        ),
        text.filter((segment) => segment !== '' && segment !== '.' && segment !== '..'),
        fc.option(fc.jsonValue(), { nil: undefined }),
        fc.stringMatching(/^[A-Za-z0-9 .:_-]{1,40}$/).filter((value) => value.trim() === value),
        async (query, segment, body, key) => {
          const path = `/skills/${encodeURIComponent(segment)}/executions`;
          const headers = { 'idempotency-key': key };
          const method = body === undefined ? 'GET' : 'POST';
          expect(await send({ method, path, query, headers, ...(body === undefined ? {} : { body }) })).toBe(
            'accepted',
          );
        },
      ),
      { numRuns: 100 },
    );
  });

  test('is accepted with names that every object has, and with a name twice', async () => {
    expect(await send({ method: 'GET', path: '/executions', query: { toString: '', constructor: 'x' } })).toBe(
      'accepted',
    );
    const url = new URL(`${api.url}/executions?a=2&a=1&b=`);
    const headers = await signRequest(
      { method: 'GET', url, headers: {} },
      { credentials: KEYS, region: 'eu-central-1', at: AT },
    );
    expect(await fetch(url, { headers }).then(({ status }) => status)).toBe(200);
  });

  test('of a caller without a session carries no token', async () => {
    const { sessionToken: _, ...plain } = KEYS;
    expect(await send(listing, plain)).toBe('other session');
    expect(api.asked.at(-1)?.headers).not.toHaveProperty('x-amz-security-token');
  });

  test('is refused when anything about it is another', async () => {
    expect(await send(listing)).toBe('accepted');
    expect(await send(listing, { ...KEYS, secretAccessKey: 'another' })).toBe('wrong signature');
    expect(await send(listing, { ...KEYS, accessKeyId: 'ANOTHER' })).toBe('unknown key');
    expect(await send(listing, { ...KEYS, sessionToken: 'another' })).toBe('other session');
    expect(await send(listing, KEYS, 'us-east-1')).toBe('other scope');
    expect(await send(listing, KEYS, 'eu-central-1', new Date(AT.getTime() + 301_000))).toBe('other time');
  });

  test('does not hold for another body, query, path, method or key of idempotency', async () => {
    const sent = {
      method: 'POST',
      path: '/skills/u01668/executions',
      headers: { 'idempotency-key': 'k' },
      body: { input: 1 },
    } as const;
    expect(await send(sent)).toBe('accepted');
    const asked = api.asked.at(-1)!;
    const changed = [
      { ...asked, body: Buffer.from('{"input":2}') },
      { ...asked, path: `${asked.path}?dry=1` },
      { ...asked, path: asked.path.replace('u01668', 'u01267') },
      { ...asked, method: 'GET' },
      { ...asked, headers: { ...asked.headers, 'idempotency-key': 'other' } },
      { ...asked, headers: { ...asked.headers, host: 'elsewhere.example' } },
      { ...asked, headers: { ...asked.headers, 'x-amz-content-sha256': 'x' } },
    ];
    expect(wrongWith(asked, expected)).toBeUndefined();
    expect(changed.map((request) => wrongWith(request, expected))).toEqual(changed.map(() => 'wrong signature'));
  });

  test('does not follow a redirection: it was signed for one place', async () => {
    const elsewhere = await startLoopback(() => ({ status: 200, body: '{}' }));
    const moved = await startLoopback(() => ({ status: 307, headers: { location: `${elsewhere.url}/executions` } }));
    const { status } = await signedTransport(moved.url, identityOf(KEYS), 'eu-central-1').send(listing);
    await Promise.all([moved.close(), elsewhere.close()]);
    expect(status).toBe(307);
    expect(elsewhere.asked).toEqual([]);
  });
});
