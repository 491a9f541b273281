import { afterAll, describe, expect, it } from 'vitest';
import { decide } from '../../../lib/platform/approvals/decide.ts';
import type { PageResponse } from '../../../lib/platform/approvals/http/page-response.ts';
import { type Link, linkKey, openLink } from '../../../lib/platform/approvals/link.ts';
import { drawCode, readCode } from '../../../lib/platform/approvals/mail-code.ts';
import { approvalRecords } from '../../../lib/platform/approvals/records.ts';
import { sweepApprovals } from '../../../lib/platform/approvals/sweep.ts';
import { readChain } from '../../../lib/platform/audit/chain.ts';
import { importDirectory } from '../../../lib/platform/configuration/directory-store.ts';
import type { Mail } from '../../../lib/platform/mail/mail-sender.ts';
import {
  Browser,
  codeIn,
  endWorlds,
  enterStage,
  level,
  linkOf,
  nonceOf,
  plan,
  sampleDirectory,
  says,
  stageOf,
  startWorld,
  type World,
  withPerson,
} from './world.ts';

afterAll(endWorlds);

/** A level of one person that asks for a code; time enough for a day of attempts. */
const strict = (people: string[], more = {}) =>
  level('director', people, { assurance: 'mail-code', serviceLevelBusinessMinutes: 2_400, ...more });

async function openedWorld(people = ['ada']) {
  const world = await startWorld(plan([strict(people)]));
  await enterStage(world);
  return { world, address: linkOf(world, people[0] ?? ''), browser: new Browser(world) };
}

const answer = { choice: 'approve', comment: 'As agreed.' };
const codeMails = (world: World): Mail[] => world.runtime.mail.sent.filter(({ text }) => /^Code: /m.test(text));
const lastCode = (world: World): string => codeIn(codeMails(world).at(-1));
const decisionsOf = async (world: World) => approvalRecords([await stageOf(world)]);

/** Opens the link, answers, and is asked for the code. */
async function answered(browser: Browser, address: string, filled = answer) {
  return browser.post(address, { nonce: nonceOf(await browser.get(address)), ...filled });
}

/** Another code than the right one. */
const wrong = (code: string): string => String((Number(code) + 1) % 1_000_000).padStart(6, '0');

describe('a level that asks for a mailed code', () => {
  it('mails the code on POST, shows the answer again, and records it with the code', async () => {
    const { world, address, browser } = await openedWorld();
    const page = await browser.get(address);
    expect(says(page, 'Go on: mail me a code')).toBe(true);
    expect(codeMails(world)).toEqual([]);
    const asked = await browser.post(address, { nonce: nonceOf(page), ...answer });
    expect([asked.status, says(asked, 'Enter the code from your mail')]).toEqual([200, true]);
    expect([says(asked, '<dd>Approve</dd>'), says(asked, 'As agreed.'), says(asked, 'a•••@example.com')]).toEqual([
      true,
      true,
      true,
    ]);
    expect(await decisionsOf(world)).toEqual([]);
    const [mail] = codeMails(world);
    expect(mail?.to).toBe('ada@example.com');
    expect(says(asked, lastCode(world))).toBe(false);
    const done = await browser.post(address, { nonce: nonceOf(asked), ...answer, code: ` ${lastCode(world)} ` });
    expect([done.status, says(done, 'You approved.'), says(done, 'a mailed code')]).toEqual([200, true, true]);
    expect(await decisionsOf(world)).toMatchObject([
      { approver: 'ada', action: 'approve', comment: 'As agreed.', assurance: 'mail-code' },
    ]);
    expect(world.runtime.states.signals).toHaveLength(1);
    const chain = await readChain(world.runtime, world.executionId);
    expect(chain.filter(({ type }) => type === 'code-mailed')).toHaveLength(1);
    expect(JSON.stringify(chain)).not.toContain(lastCode(world));
  });

  it('mails no code on GET and HEAD, whatever the address is followed by', async () => {
    const { world, address, browser } = await openedWorld();
    for (let visit = 0; visit < 10; visit += 1) {
      await browser.get(address);
      await browser.request('HEAD', address);
    }
    expect(codeMails(world)).toEqual([]);
  });

  it('names neither the answer, the request nor the code in the mail’s subject, and puts no link into it', async () => {
    const { world, address, browser } = await openedWorld();
    await answered(browser, address);
    const [mail] = codeMails(world);
    expect(mail?.subject).toMatch(/^Your one-time code, valid until Fri 20 Nov, 10:10$/);
    for (const part of [mail?.text, mail?.html]) {
      expect(part).not.toMatch(/https?:|\/approvals\/|href|approve|As agreed|31\.25/);
      expect(part).toContain(lastCode(world));
    }
    expect(mail?.headers?.['Message-ID']).toMatch(/^<e-\S+\.stage-01\.r1\.code\.director\.1\.[\w-]+@example\.com>$/);
  });

  it('cannot be decided from a forwarded link: the code goes to the registered address', async () => {
    const { world, address } = await openedWorld();
    const thief = new Browser(world);
    const asked = await answered(thief, address);
    expect(says(asked, 'Enter the code')).toBe(true);
    expect(codeMails(world).map(({ to }) => to)).toEqual(['ada@example.com']);
    expect(says(asked, 'ada@example.com')).toBe(false);
    // As found, without a code, and with the link's own words for it.
    for (const code of ['', '000', 'approve']) {
      const page = await answered(thief, address);
      expect((await thief.post(address, { nonce: nonceOf(page), ...answer, code })).status).toBe(400);
    }
    expect(await decisionsOf(world)).toEqual([]);
  });

  it('decides nothing when a scanner posts both forms as found', async () => {
    const { world, address, browser } = await openedWorld();
    const asked = await answered(browser, address);
    const asFound = await browser.post(address, { nonce: nonceOf(asked), ...answer, code: '' });
    expect(asFound.status).toBe(400);
    const withoutField = await browser.post(address, { nonce: nonceOf(asFound), ...answer });
    expect([withoutField.status, says(withoutField, 'still works')]).toEqual([200, true]);
    expect(codeMails(world)).toHaveLength(1);
    expect(await decisionsOf(world)).toEqual([]);
  });

  it('takes a code only from the browser that asked for it, and only at its link', async () => {
    const { world, address, browser } = await openedWorld(['ada', 'bob']);
    await answered(browser, address);
    const code = lastCode(world);
    const other = new Browser(world);
    const page = await answered(other, address);
    // Until the other browser's own code is entered, that of the first is a wrong one.
    const refused = await other.post(address, { nonce: nonceOf(page), ...answer, code });
    expect([refused.status, says(refused, 'That is not the code.')]).toEqual([403, true]);
    const bob = new Browser(world);
    const bobsLink = linkOf(world, 'bob');
    const nonce = nonceOf(await bob.get(bobsLink));
    const atBobs = await bob.post(bobsLink, { nonce, ...answer, code });
    expect([atBobs.status, says(atBobs, 'No code works any more')]).toEqual([403, true]);
    expect(await decisionsOf(world)).toEqual([]);
    const still = await answered(browser, address);
    expect((await browser.post(address, { nonce: nonceOf(still), ...answer, code })).status).toBe(200);
  });

  it('looks at five entries of a code and no more, also when fifty come at once', async () => {
    const { world, address, browser } = await openedWorld();
    await answered(browser, address);
    const code = lastCode(world);
    const link = (await openLink(world.runtime, address))!;
    const secret = address.split('.')[1]!;
    const cookie = [...browser.cookies.values()][0]!;
    const choice = { action: 'approve', comment: '' } as const;
    const guesses = Array.from({ length: 50 }, () =>
      decide(world.runtime, link, choice, { secret, cookie, code: wrong(code) }),
    );
    const results = (await Promise.allSettled(guesses)).flatMap((one) =>
      one.status === 'fulfilled' ? [one.value] : [],
    );
    expect(results.filter(({ refusedCode }) => refusedCode?.code === 'wrong').length).toBeLessThanOrEqual(5);
    let page = await answered(browser, address);
    for (let entry = 0; entry < 5; entry += 1)
      page = await browser.post(address, { nonce: nonceOf(page), ...answer, code: wrong(lastCode(world)) });
    const late = await decide(world.runtime, link, choice, { secret, cookie, code });
    expect([late.recorded, late.refusedCode]).toEqual([false, { code: 'none' }]);
    expect(await decisionsOf(world)).toEqual([]);
    await sweepApprovals(world.runtime, world.runtime.clock.now());
    const chain = await readChain(world.runtime, world.executionId);
    expect(chain.some(({ type }) => type === 'code-attempts-exhausted')).toBe(true);
  });

  it('says how many attempts are left, and offers another code when none is', async () => {
    const { world, address, browser } = await openedWorld();
    let page = await answered(browser, address);
    const code = wrong(lastCode(world));
    for (const left of ['4 more attempts', '3 more attempts', '2 more attempts', 'one more attempt']) {
      page = await browser.post(address, { nonce: nonceOf(page), ...answer, code });
      expect([page.status, says(page, left)]).toEqual([403, true]);
    }
    page = await browser.post(address, { nonce: nonceOf(page), ...answer, code });
    expect([says(page, 'entered wrongly too often'), says(page, 'id="code"')]).toEqual([true, false]);
    page = await browser.post(address, { nonce: nonceOf(page), ...answer, again: 'yes' });
    expect((await browser.post(address, { nonce: nonceOf(page), ...answer, code: lastCode(world) })).status).toBe(200);
  });

  it('lets a code die after ten minutes, and when another was asked for', async () => {
    const { world, address, browser } = await openedWorld();
    const page = await answered(browser, address);
    const first = lastCode(world);
    const again = await browser.post(address, { nonce: nonceOf(page), ...answer, again: 'yes' });
    expect(codeMails(world)).toHaveLength(2);
    const second = lastCode(world);
    if (first !== second)
      expect((await browser.post(address, { nonce: nonceOf(again), ...answer, code: first })).status).toBe(403);
    world.runtime.clock.advance(600);
    const link = (await openLink(world.runtime, address))!;
    const proof = { secret: address.split('.')[1]!, cookie: [...browser.cookies.values()][0]!, code: second };
    const late = await decide(world.runtime, link, { action: 'approve', comment: '' }, proof);
    expect(late.refusedCode).toEqual({ code: 'none' });
  });

  it('mails three codes in an hour and nine in a day, also when many are asked for at once', async () => {
    const { world, address } = await openedWorld();
    const browsers = Array.from({ length: 8 }, () => new Browser(world));
    const pages: PageResponse[] = [];
    for (const browser of browsers) {
      world.runtime.clock.advance(1);
      pages.push(await browser.get(address));
    }
    await Promise.all(browsers.map((one, index) => one.post(address, { nonce: nonceOf(pages[index]!), ...answer })));
    expect(codeMails(world)).toHaveLength(3);
    const capped = await answered(new Browser(world), address);
    expect([capped.status, says(capped, 'No more codes for now'), says(capped, 'id="code"')]).toEqual([
      429,
      true,
      false,
    ]);
    for (let hour = 0; hour < 5; hour += 1) {
      world.runtime.clock.advance(3_600);
      for (let turn = 0; turn < 4; turn += 1) await answered(new Browser(world), address);
    }
    expect(codeMails(world)).toHaveLength(9);
    world.runtime.clock.advance(24 * 3_600);
    expect((await answered(new Browser(world), address)).status).toBe(200);
    expect(codeMails(world)).toHaveLength(10);
  });

  it('keeps the code that works when no more are mailed', async () => {
    const { world, address, browser } = await openedWorld();
    let page = await answered(browser, address);
    for (let turn = 0; turn < 3; turn += 1)
      page = await browser.post(address, { nonce: nonceOf(page), ...answer, again: 'yes' });
    expect([page.status, says(page, 'The limit of codes'), says(page, 'id="code"')]).toEqual([429, true, true]);
    expect((await browser.post(address, { nonce: nonceOf(page), ...answer, code: lastCode(world) })).status).toBe(200);
  });

  it('says when the mail server does not take the code, and does not count it', async () => {
    const { world, address, browser } = await openedWorld();
    world.runtime.mail.refusals = 4;
    for (let turn = 0; turn < 4; turn += 1) {
      const page = await answered(browser, address);
      expect([page.status, says(page, 'The code could not be mailed')]).toEqual([503, true]);
    }
    const page = await answered(browser, address);
    expect(page.status).toBe(200);
    expect((await browser.post(address, { nonce: nonceOf(page), ...answer, code: lastCode(world) })).status).toBe(200);
  });

  it('mails the code to the address that the directory has now', async () => {
    const { world, address, browser } = await openedWorld();
    await importDirectory(world.runtime, withPerson(sampleDirectory(), 'ada', { email: 'ada.new@example.com' }));
    await answered(browser, address);
    expect(codeMails(world).map(({ to }) => to)).toEqual(['ada.new@example.com']);
  });

  it('re-checks eligibility with the right code, and takes no code at a level that closed meanwhile', async () => {
    const { world, address, browser } = await openedWorld();
    const page = await answered(browser, address);
    await importDirectory(world.runtime, withPerson(sampleDirectory(), 'ada', { employedUntil: '2026-11-19' }));
    const refused = await browser.post(address, { nonce: nonceOf(page), ...answer, code: lastCode(world) });
    expect([refused.status, says(refused, 'You may not decide this request')]).toEqual([409, true]);
    expect(await decisionsOf(world)).toEqual([]);
  });

  it('records one of many posts with the right code', async () => {
    const { world, address, browser } = await openedWorld();
    await answered(browser, address);
    const link = (await openLink(world.runtime, address))!;
    const proof = { secret: address.split('.')[1]!, cookie: [...browser.cookies.values()][0]!, code: lastCode(world) };
    const results = await Promise.allSettled(
      Array.from({ length: 5 }, () => decide(world.runtime, link, { action: 'approve', comment: '' }, proof)),
    );
    expect(results.filter((one) => one.status === 'fulfilled' && one.value.recorded)).toHaveLength(1);
    expect(await decisionsOf(world)).toHaveLength(1);
  });

  it('keeps of a code only what is useless without the link’s secret and the browser’s cookie', async () => {
    const { world, address, browser } = await openedWorld();
    await answered(browser, address);
    const [linkId = '', secret = ''] = address.split('.');
    const item = await world.runtime.table.get<Link>(linkKey(linkId));
    expect(Object.keys(item?.codes?.[0] ?? {}).toSorted()).toEqual(
      ['attempts', 'codeId', 'cookieHash', 'expiresAt', 'hash', 'mintedAt', 'salt'].toSorted(),
    );
    const text = JSON.stringify(item);
    for (const part of [secret, lastCode(world), ...browser.cookies.values()]) expect(text).not.toContain(part);
  });

  it('asks for the code beside levels that do not', async () => {
    const world = await startWorld(plan([level('manager', ['bob']), strict(['ada'])]));
    await enterStage(world);
    expect((await new Browser(world).decide(linkOf(world, 'bob'), 'approve')).status).toBe(200);
    const half = await new Browser(world).decide(linkOf(world, 'ada'), 'approve');
    expect(says(half, 'Nothing is recorded yet.')).toBe(true);
    expect((await decisionsOf(world)).map(({ approver, assurance }) => [approver, assurance])).toEqual([
      ['bob', 'link'],
    ]);
  });
});

describe('codes', () => {
  it('are drawn without bias: a draw beyond the last full million is drawn again', () => {
    const draws = [
      [0xff, 0xff, 0xff],
      [0xf4, 0x24, 0x00],
      [0xf4, 0x23, 0xff],
    ];
    const random = { bytes: () => Uint8Array.from(draws.shift() ?? []) };
    expect(drawCode({ random })).toBe('999999');
    expect(draws).toEqual([]);
    expect(drawCode({ random: { bytes: () => Uint8Array.of(0, 0, 7) } })).toBe('000007');
  });

  it.each([
    ['123456', '123456'],
    [' 123 456 ', '123456'],
    ['123-456', '123456'],
    ['12345', undefined],
    ['1234567', undefined],
    ['١٢٣٤٥٦', undefined],
    ['12345a', undefined],
  ])('are read from %s', (entered, code) => {
    expect(readCode(entered)).toBe(code);
  });
});
