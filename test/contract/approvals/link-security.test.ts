import { ScanCommand } from '@aws-sdk/client-dynamodb';
import { afterAll, describe, expect, it } from 'vitest';
import { linkCountersKey, linkKey } from '../../../lib/platform/approvals/link.ts';
import { approvalRecords, waitingFor } from '../../../lib/platform/approvals/records.ts';
import { readStages } from '../../../lib/platform/approvals/stage-store.ts';
import { Browser, endWorlds, enterStage, level, linkOf, nonceOf, plan, says, stageOf, startWorld } from './world.ts';

afterAll(endWorlds);

async function openedWorld() {
  const world = await startWorld(plan([level('manager', ['ada'])]));
  const token = await enterStage(world);
  return { world, token, address: linkOf(world, 'ada'), browser: new Browser(world) };
}

describe('GET and HEAD', () => {
  it('change nothing however often scanners open the link, and count apart', async () => {
    const { world, address, browser } = await openedWorld();
    const before = await stageOf(world);
    const scanner = new Browser(world);
    scanner.userAgent = 'Mozilla/5.0 (compatible; Proofpoint URL Defense)';
    for (let visit = 0; visit < 10; visit += 1) {
      expect((await scanner.get(address)).status).toBe(200);
      const head = await scanner.request('HEAD', address);
      expect([head.status, head.body, head.headers['Set-Cookie']]).toEqual([200, '', undefined]);
    }
    expect(await stageOf(world)).toEqual(before);
    world.runtime.clock.advance(60);
    await browser.get(address);
    const counters = await world.runtime.table.get(linkCountersKey(address.split('.')[0]!));
    expect(counters).toMatchObject({ scannerOpens: 10, opens: 1 });
    expect(world.runtime.states.signals).toEqual([]);
  });

  it('keeps a person’s form valid while scanners open the link', async () => {
    const { world, address, browser } = await openedWorld();
    const nonce = nonceOf(await browser.get(address));
    const scanner = new Browser(world);
    scanner.userAgent = 'python-requests/2.32';
    for (let visit = 0; visit < 20; visit += 1) await scanner.get(address);
    expect((await browser.post(address, { nonce, choice: 'approve', comment: '' })).status).toBe(200);
  });

  it('takes a burst of opens by a browser’s face for a scanner', async () => {
    const { world, address, browser } = await openedWorld();
    for (let visit = 0; visit < 5; visit += 1) await browser.get(address);
    world.runtime.clock.advance(60);
    await browser.get(address);
    expect(await world.runtime.table.get(linkCountersKey(address.split('.')[0]!))).toMatchObject({
      opens: 4,
      scannerOpens: 2,
    });
  });
});

describe('POST', () => {
  it('decides nothing when the form is submitted as found', async () => {
    const { world, address, browser } = await openedWorld();
    const page = await browser.get(address);
    const answer = await browser.post(address, { nonce: nonceOf(page), comment: '' });
    expect(answer.status).toBe(400);
    expect(says(answer, 'Nothing is recorded yet')).toBe(true);
    expect(approvalRecords([await stageOf(world)])).toEqual([]);
    // The form that is shown again works.
    const filled = { nonce: nonceOf(answer), choice: 'approve', comment: '' };
    expect((await browser.post(address, filled)).status).toBe(200);
  });

  it.each([
    ['a foreign origin', 'https://evil.example'],
    ['an origin of another port', 'http://127.0.0.1:8081'],
    ['an origin of another name for this machine', 'http://localhost:8080'],
    ['an opaque origin', 'null'],
    ['no origin', ''],
  ])('refuses %s', async (_, origin) => {
    const { world, address, browser } = await openedWorld();
    const nonce = nonceOf(await browser.get(address));
    const answer = await browser.post(address, { nonce, choice: 'approve', comment: '' }, { origin });
    expect(answer.status).toBe(403);
    expect((await stageOf(world)).outcome).toBe('open');
    // A refused post spends nothing.
    expect((await browser.post(address, { nonce, choice: 'approve', comment: '' })).status).toBe(200);
  });

  it.each([
    ['another content type', { 'content-type': 'application/json' }, 415],
    ['no content type', { 'content-type': '' }, 415],
  ])('refuses %s', async (_, headers, status) => {
    const { address, browser } = await openedWorld();
    const nonce = nonceOf(await browser.get(address));
    expect((await browser.post(address, { nonce, choice: 'approve', comment: '' }, headers)).status).toBe(status);
  });

  it('refuses a body that is too large, and a field that comes twice', async () => {
    const { world, address, browser } = await openedWorld();
    const nonce = nonceOf(await browser.get(address));
    const large = await browser.post(address, { nonce, choice: 'approve', comment: 'x'.repeat(30_000) });
    expect(large.status).toBe(413);
    const headers = { origin: 'http://127.0.0.1:8080', 'content-type': 'application/x-www-form-urlencoded' };
    const twice = await browser.request('POST', address, {
      headers,
      body: `nonce=${nonce}&choice=reject&choice=approve`,
    });
    expect(twice.status).toBe(400);
    const long = await browser.post(address, { nonce, choice: 'approve', comment: 'x'.repeat(2_001) });
    expect([long.status, says(long, 'Shorten the comment')]).toEqual([400, true]);
    expect(approvalRecords([await stageOf(world)])).toEqual([]);
  });

  it.each([
    ['reject', 'why you reject'],
    ['request-changes', 'what has to change'],
  ])('wants a comment to %s', async (choice, wanted) => {
    const { world, address, browser } = await openedWorld();
    const answer = await browser.decide(address, choice, '   ');
    expect([answer.status, says(answer, wanted)]).toEqual([400, true]);
    expect(approvalRecords([await stageOf(world)])).toEqual([]);
  });

  it('does not take choices that the stage does not offer', async () => {
    const { world, address, browser } = await openedWorld();
    expect((await browser.decide(address, 're-run')).status).toBe(400);
    expect((await browser.decide(address, 'constructor')).status).toBe(400);
    expect(approvalRecords([await stageOf(world)])).toEqual([]);
  });

  it('takes a nonce once, only from the browser that was given it, and not for ever', async () => {
    const world = await startWorld(plan([level('manager', ['ada'], { serviceLevelBusinessMinutes: 2_400 })]));
    await enterStage(world);
    const [address, browser] = [linkOf(world, 'ada'), new Browser(world)];
    const nonce = nonceOf(await browser.get(address));
    const stranger = new Browser(world);
    expect((await stranger.post(address, { nonce, choice: 'approve', comment: '' })).status).toBe(403);
    await stranger.get(address);
    expect((await stranger.post(address, { nonce, choice: 'approve', comment: '' })).status).toBe(409);
    await browser.post(address, { nonce, comment: '' });
    const replayed = await browser.post(address, { nonce, choice: 'approve', comment: '' });
    expect([replayed.status, says(replayed, 'The form was too old')]).toEqual([409, true]);
    const kept = nonceOf(await browser.get(address));
    world.runtime.clock.advance(12 * 3600);
    const old = await browser.post(address, { nonce: kept, choice: 'approve', comment: '' });
    expect([old.status, says(old, 'The form was too old')]).toEqual([409, true]);
    expect(approvalRecords([await stageOf(world)])).toEqual([]);
  });

  it('lets two windows of one browser stay valid, and a cookie of one link opens no other', async () => {
    const world = await startWorld(plan([level('manager', ['ada', 'bob'])]));
    await enterStage(world);
    const browser = new Browser(world);
    const [ada, bob] = [linkOf(world, 'ada'), linkOf(world, 'bob')];
    const first = nonceOf(await browser.get(ada));
    await browser.get(ada);
    const others = nonceOf(await browser.get(bob));
    expect((await browser.post(ada, { nonce: others, choice: 'approve', comment: '' })).status).toBe(409);
    expect((await browser.post(ada, { nonce: first, choice: 'approve', comment: '' })).status).toBe(200);
  });

  it('sets a cookie that scripts, other sites and other hosts cannot touch', async () => {
    const { address, browser } = await openedWorld();
    const header = (await browser.get(address)).headers['Set-Cookie'] ?? '';
    expect(header).toMatch(
      /^__Host-countersign-[\w-]{22}=[\w-]{22}; Max-Age=43200; Path=\/; Secure; HttpOnly; SameSite=Strict$/,
    );
  });
});

describe('links without a matching secret', () => {
  it('are all answered alike, whatever the method', async () => {
    const { world, address } = await openedWorld();
    const [linkId = '', secret = ''] = address.split('.');
    const flipped = `${secret[0] === 'A' ? 'B' : 'A'}${secret.slice(1)}`;
    const wrong = [
      `${linkId}.${flipped}`,
      `${'A'.repeat(22)}.${secret}`,
      `${linkId}.${secret.slice(0, -1)}`,
      `${linkId}.${secret}=`,
      linkId,
      `.${secret}`,
      '',
      '../../../etc/passwd',
      `${linkId}%2e${secret}`,
      'ü'.repeat(66),
    ];
    const stranger = new Browser(world);
    const reference = await stranger.get('nothing');
    expect(reference.status).toBe(404);
    for (const method of ['GET', 'POST', 'PUT'])
      for (const one of wrong)
        expect(await stranger.request(method, one, { body: 'choice=approve' })).toEqual(reference);
    for (const one of wrong) expect(await stranger.request('HEAD', one)).toEqual({ ...reference, body: '' });
  });

  it('carry the same headers as every page: no store, no framing, same-origin referrer', async () => {
    const { address, browser } = await openedWorld();
    for (const page of [await browser.get(address), await browser.get('nothing')])
      expect(page.headers).toMatchObject({
        'Cache-Control': 'no-store',
        'Referrer-Policy': 'same-origin',
        'X-Content-Type-Options': 'nosniff',
        'Content-Security-Policy': expect.stringContaining("frame-ancestors 'none'"),
      });
  });
});

describe('what is stored, shown and mailed', () => {
  it('gives nobody who reads the table a secret, and nobody else the token', async () => {
    const { world, token, address, browser } = await openedWorld();
    const [, secret = ''] = address.split('.');
    const nonce = nonceOf(await browser.get(address));
    const cookie = [...browser.cookies.values()][0]!;
    const { client, tableName } = world.database;
    const { Items = [] } = await client.send(new ScanCommand({ TableName: tableName, ConsistentRead: true }));
    const text = JSON.stringify(Items);
    for (const secretText of [secret, nonce, cookie]) expect(text.includes(secretText)).toBe(false);
    const withToken = Items.filter((item) => JSON.stringify(item).includes(token));
    expect(withToken.map((item) => item.sk?.S)).toEqual(['STAGE#01']);
    const { taskToken, ...rest } = withToken[0]!;
    expect(taskToken).toEqual({ S: token });
    expect(JSON.stringify(rest).includes(token)).toBe(false);
    const shown = JSON.stringify(waitingFor(await readStages(world.runtime, world.executionId)));
    expect(shown.includes(token) || shown.includes(address.split('.')[0]!)).toBe(false);
    expect(await world.runtime.table.get(linkKey(address.split('.')[0]!))).toMatchObject({
      executionId: world.executionId,
      stage: 1,
      round: 1,
      seatId: 'manager.1',
      approver: 'ada',
      termsDigest: (await stageOf(world)).termsDigest,
      expiresAt: '2026-11-20T13:00:00.000Z',
    });
  });

  it('mails a link of the configured site whose subject holds neither amounts nor secrets', async () => {
    const { world, address } = await openedWorld();
    const [mail] = world.runtime.mail.to('ada@example.com');
    expect(mail?.subject).toContain('Northwind Traders');
    expect(mail?.subject).not.toContain(address);
    expect(mail?.subject).not.toMatch(/31|%|EUR/);
    expect(mail?.text).toContain(`http://127.0.0.1:8080/approvals/${address}`);
    expect(mail?.headers?.['Message-ID']).toContain(world.executionId);
    expect(address.split('.')[1]).toHaveLength(43);
  });
});
