import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { decide } from '../../../lib/platform/approvals/decide.ts';
import { type Link, linkKey, openLink } from '../../../lib/platform/approvals/link.ts';
import { matchesCode } from '../../../lib/platform/approvals/mail-code.ts';
import { approvalRecords } from '../../../lib/platform/approvals/records.ts';
import { spendNonce } from '../../../lib/platform/approvals/visit.ts';
import { Browser, endWorlds, nonceOf, stageOf } from '../approvals/world.ts';
import { comment, everyItem, formsOf, openScene, type Scene, textsIn } from './scene.ts';

let scene: Scene;

beforeAll(async () => {
  scene = await openScene();
});
afterAll(endWorlds);

const linkOfAda = async (): Promise<Link> => {
  const link = await scene.world.runtime.table.get<Link>(linkKey(scene.addresses.ada.split('.')[0] ?? ''));
  if (link === undefined) throw new Error('The scene has a link.');
  return link;
};
const decisions = async () => approvalRecords([await stageOf(scene.world)]);

describe('somebody who reads the table and the logs', () => {
  it('finds every item of the desk, so the test looks where things would be', async () => {
    const texts = new Set((await everyItem(scene.world)).flatMap(textsIn));
    for (const address of Object.values(scene.addresses)) expect(texts.has(address.split('.')[0] ?? '')).toBe(true);
    // The task token is there: ending a wait also takes the right to signal, and Publish counts anew all the same.
    expect(texts.has(scene.taskToken)).toBe(true);
    expect((await linkOfAda()).codes).toHaveLength(1);
  });

  it('finds no link secret, nonce or cookie in any item, in whatever form', async () => {
    const text = JSON.stringify(await everyItem(scene.world));
    for (const secret of scene.secrets) {
      expect(secret.length).toBeGreaterThanOrEqual(22);
      for (const form of formsOf(secret)) expect(text.includes(form)).toBe(false);
    }
  });

  it('finds no code among the items that could hold one', async () => {
    const { taskToken: _token, ...stage } = await stageOf(scene.world);
    const texts = [...textsIn(stage), ...textsIn(await linkOfAda())];
    expect(texts).not.toContain(scene.code);
  });

  it('opens no link with anything that stands in the table', async () => {
    const texts = [...new Set((await everyItem(scene.world)).flatMap(textsIn))];
    const candidates = texts.flatMap((text) => [
      text,
      /^[0-9a-f]{64}$/.test(text) ? Buffer.from(text, 'hex').toString('base64url') : text.padEnd(43, 'A').slice(0, 43),
    ]);
    for (const address of Object.values(scene.addresses)) {
      const [linkId = ''] = address.split('.');
      for (const secret of candidates)
        expect(await openLink(scene.world.runtime, `${linkId}.${secret}`)).toBeUndefined();
    }
    const stranger = new Browser(scene.world);
    const { secretHash, linkId } = await linkOfAda();
    const answer = await stranger.post(`${linkId}.${Buffer.from(secretHash, 'hex').toString('base64url')}`, {
      nonce: 'x',
      choice: 'approve',
    });
    expect(answer.status).toBe(404);
  });

  it('spends no nonce with the digests of visits', async () => {
    const link = await linkOfAda();
    for (const { cookieHash, nonceHash } of link.visits)
      expect(await spendNonce(scene.world.runtime, link, { cookie: cookieHash, nonce: nonceHash })).toBe(false);
    expect((await linkOfAda()).visits).toEqual(link.visits);
  });

  it('cannot try codes against what is kept of one: even the right code does not match without secret and cookie', async () => {
    const link = await linkOfAda();
    const [kept] = link.codes ?? [];
    const { secretHash } = link;
    for (const [secret, cookie] of [
      [secretHash, kept!.cookieHash],
      [
        Buffer.from(secretHash, 'hex').toString('base64url'),
        Buffer.from(kept!.cookieHash, 'hex').toString('base64url'),
      ],
      ['', ''],
    ] as const)
      expect(await matchesCode(scene.code, { secret, cookie }, kept!)).toBe(false);
  });

  it('records no decision through the desk with what is there', async () => {
    const link = await linkOfAda();
    const [kept] = link.codes ?? [];
    const result = await decide(
      scene.world.runtime,
      link,
      { action: 'approve', comment: '' },
      { secret: link.secretHash, cookie: kept!.cookieHash, code: scene.code },
    );
    expect([result.recorded, result.refusedCode]).toEqual([false, { code: 'none' }]);
    const bare = await decide(scene.world.runtime, link, { action: 'approve', comment: '' });
    expect(bare.recorded).toBe(false);
    expect(await decisions()).toEqual([]);
  });

  it('finds neither secret nor code, answer, comment nor amount in the logs, also where things fail', async () => {
    const { world, addresses, logged } = scene;
    const stranger = new Browser(world);
    world.runtime.mail.refusals = 1;
    const nonce = nonceOf(await stranger.get(addresses.ada));
    await stranger.post(addresses.ada, { nonce, choice: 'approve', comment });
    await stranger.post(addresses.ada, { nonce, choice: 'approve', comment, code: '000000' });
    await stranger.post(addresses.bob, { nonce, choice: 'approve', comment });
    expect(logged.some((line) => line.includes('code-mail-failed'))).toBe(true);
    const text = logged.join('\n');
    const linkIds = Object.values(addresses).map((address) => address.split('.')[0] ?? '');
    for (const secret of [...scene.secrets, ...linkIds, scene.code, scene.taskToken, comment, '31.25'])
      expect(text.includes(secret)).toBe(false);
  });
});

describe('somebody who also holds a forwarded link', () => {
  it('and reads the table can try codes offline for their own browser: the limit that the documentation states', async () => {
    const thief = new Browser(scene.world);
    const { ada } = scene.addresses;
    await thief.post(ada, { nonce: nonceOf(await thief.get(ada)), choice: 'approve', comment: '' });
    const mail = scene.world.runtime.mail.to('ada@example.com').at(-1);
    const code = /^Code: (\d{6})$/m.exec(mail?.text ?? '')?.[1] ?? '';
    const cookie = [...thief.cookies.values()][0] ?? '';
    const kept = (await linkOfAda()).codes?.at(-1);
    const mine = { secret: ada.split('.')[1] ?? '', cookie };
    expect(await matchesCode(code, mine, kept!)).toBe(true);
    const started = performance.now();
    for (let guess = 0; guess < 4; guess += 1) expect(await matchesCode('no code', mine, kept!)).toBe(false);
    // A million tries at this price take hours on one core; a plain digest would take a second.
    expect((performance.now() - started) / 4).toBeGreaterThan(5);
  });
});
