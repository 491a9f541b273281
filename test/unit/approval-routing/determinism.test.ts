import { execFileSync } from 'node:child_process';
import { expect, it } from 'vitest';

/** Routes every bundled example in a process of its own and prints one digest over all results. */
const SCRIPT = `
  import { readdirSync, readFileSync } from 'node:fs';
  const at = (path) => new URL(path, ${JSON.stringify(import.meta.url)}).href;
  const { digestOf } = await import(at('../../../lib/core/digest.ts'));
  const { loadPolicy } = await import(at('../../../lib/engines/approval-routing/policy.ts'));
  const { parseRequest } = await import(at('../../../lib/engines/approval-routing/request.ts'));
  const { routeApproval } = await import(at('../../../lib/engines/approval-routing/route.ts'));
  const { referenceDirectory, referencePolicyDocument, skillFolder } = await import(at('./support.ts'));
  const directory = referenceDirectory();
  const policy = loadPolicy(referencePolicyDocument(), directory);
  const folder = new URL('examples/', skillFolder);
  const results = readdirSync(folder).sort().map((file) => {
    const { request, requester } = JSON.parse(readFileSync(new URL(file, folder), 'utf8'));
    return routeApproval({ request: parseRequest(request.input), policy, directory, requester, instant: '2026-11-27T22:00:00.000Z' });
  });
  const place = new Intl.NumberFormat().resolvedOptions().locale + ' ' + new Intl.DateTimeFormat().resolvedOptions().timeZone;
  console.log(JSON.stringify({ place, digest: digestOf(results) }));
`;

function routedIn(locale: string, timeZone: string): { place: string; digest: string } {
  const env = { PATH: process.env.PATH, TZ: timeZone, LANG: locale, LC_ALL: locale };
  return JSON.parse(execFileSync(process.execPath, ['--input-type=module', '-e', SCRIPT], { env, encoding: 'utf8' }));
}

it('gives the same bytes in processes of different locales and time zones', () => {
  const turkish = routedIn('tr_TR.UTF-8', 'Asia/Kathmandu');
  const german = routedIn('de_DE.UTF-8', 'America/Los_Angeles');
  // The places differ, or the test would show nothing.
  expect(turkish.place).toMatch(/^tr\S* Asia\/(Kathmandu|Katmandu)$/);
  expect(german.place).toBe('de-DE America/Los_Angeles');
  expect(turkish.digest).toBe(german.digest);
});
