import { describe, expect, it } from 'vitest';
import { readCookie, setCookie } from '../../../lib/platform/approvals/http/link-cookie.ts';
import { readChoice, readForm } from '../../../lib/platform/approvals/http/posted-form.ts';
import { looksLikeScanner } from '../../../lib/platform/approvals/http/scanner.ts';
import { planProblems, requireFeasiblePlan } from '../../../lib/platform/approvals/plan-check.ts';
import { level, plan } from '../../contract/approvals/world.ts';

describe('a link’s cookie', () => {
  it('is read back from among others, and not when it comes twice', () => {
    const value = setCookie('abc', 'v1').split(';')[0];
    expect(readCookie(`a=b; ${value}; c=d`, 'abc')).toBe('v1');
    expect(readCookie(`${value}; ${value}`, 'abc')).toBeUndefined();
    expect(readCookie('a=b', 'abc')).toBeUndefined();
    expect(readCookie(undefined, 'abc')).toBeUndefined();
    expect(readCookie(value, 'abcd')).toBeUndefined();
  });
});

describe('a posted form', () => {
  const post = (headers: Record<string, string>, body = 'choice=approve') =>
    readForm({ method: 'POST', address: '', headers, body: Buffer.from(body) }, 'https://sign.example');
  const type = 'application/x-www-form-urlencoded';

  it('is read from our own origin only, compared exactly', () => {
    expect(post({ origin: 'https://sign.example', 'content-type': `${type};charset=UTF-8` })).toHaveProperty('fields');
    for (const origin of [
      'https://sign.example/',
      'HTTPS://sign.example',
      'http://sign.example',
      'https://sign.example.evil',
      'https://sign.example, https://sign.example',
    ])
      expect(post({ origin, 'content-type': type })).toEqual({ refusal: { status: 403, problem: 'cross-site' } });
  });

  it('is measured in bytes', () => {
    const headers = { origin: 'https://sign.example', 'content-type': type };
    expect(post(headers, `c=${'x'.repeat(24 * 1024 - 2)}`)).toHaveProperty('fields');
    expect(post(headers, `c=${'x'.repeat(24 * 1024 - 1)}`)).toMatchObject({ refusal: { status: 413 } });
  });

  it('carries the longest comment in any script', () => {
    const fields = new URLSearchParams({
      nonce: 'n'.repeat(22),
      choice: 'request-changes',
      comment: '語'.repeat(2_000),
    });
    const read = post({ origin: 'https://sign.example', 'content-type': type }, fields.toString());
    expect('fields' in read && readChoice(read.fields, ['approve', 'request-changes'])).toEqual({
      choice: { action: 'request-changes', comment: '語'.repeat(2_000) },
    });
  });
});

describe('scanners', () => {
  it.each([
    ['', true],
    ['Mozilla/5.0 (compatible; bingbot/2.0)', true],
    ['Mimecast-URL-Protect', true],
    ['curl/8.9.1', true],
    ['Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 HeadlessChrome/140.0 Safari/537.36', true],
    [
      'Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 Version/18.1 Mobile/15E148 Safari/604.1',
      false,
    ],
    [
      'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36 Edg/140.0',
      false,
    ],
    ['Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0', false],
  ])('are told from people by their names: %s', (agent, scanner) => {
    expect(looksLikeScanner({ 'user-agent': agent })).toBe(scanner);
  });

  it('are told by what browsers say when they fetch ahead', () => {
    expect(looksLikeScanner({ 'user-agent': 'Mozilla/5.0 Firefox/140.0', 'sec-purpose': 'prefetch' })).toBe(true);
  });
});

describe('a plan that the desk cannot carry out', () => {
  it('may ask for a mailed code', () => {
    expect(planProblems(plan([level('manager', ['ada'], { assurance: 'mail-code' })]))).toEqual([]);
  });

  it('is refused for a quorum out of reach, seats of one name, and more seats than an item holds', () => {
    const codes = (...levels: ReturnType<typeof level>[]) => planProblems(plan(levels)).map((problem) => problem.code);
    expect(codes(level('manager', ['ada'], { required: 2 }))).toEqual(['quorum-out-of-reach']);
    expect(codes(level('manager', ['ada']), level('manager', ['bob']))).toEqual(['repeated-seat']);
    expect(() => requireFeasiblePlan(plan([level('manager', ['ada'], { required: 2 })]))).toThrow(
      expect.objectContaining({ code: 'InvalidInput' }),
    );
    const crowd = Array.from({ length: 41 }, (_, index) => `p${index}`);
    expect(codes(level('crowd', crowd))).toEqual(['too-many-seats']);
    expect(codes(level('crowd', crowd.slice(0, 40)))).toEqual([]);
  });
});
