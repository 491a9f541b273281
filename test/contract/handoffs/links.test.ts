import { afterAll, describe, expect, test } from 'vitest';
import { answerLink } from '../../../lib/platform/approvals/http/answer-link.ts';
import { readChain } from '../../../lib/platform/audit/chain.ts';
import { importDirectory } from '../../../lib/platform/configuration/directory-store.ts';
import { answerByEvent } from '../../../lib/platform/handoffs/answer-event.ts';
import { missHandoffClock } from '../../../lib/platform/handoffs/overdue.ts';
import { sampleDirectory, withPerson } from '../approvals/world.ts';
import {
  endHandoffWorlds,
  HandoffBrowser,
  type HandoffWorld,
  handoffOf,
  linkOf,
  nonceOf,
  offered,
  RIGHT,
  says,
  signalOf,
  startHandoffWorld,
} from './world.ts';

afterAll(endHandoffWorlds);

const accept = { choice: 'accept', 'accept.ticket': RIGHT.ticket, 'accept.seen': 'yes' };

async function open(asked: Record<string, unknown> = {}) {
  const world = await startHandoffWorld(asked);
  const { token, flow } = await offered(world);
  return { world, token, flow, link: linkOf(world, 'bob') };
}

/** Everything about the handoff that an answer could change. */
const stateOf = async (world: HandoffWorld) => {
  const { document, number, signal, end } = await handoffOf(world);
  return { document, number, signal, end };
};

describe('GET and HEAD', () => {
  test('change nothing however often scanners open the link, and keep a person’s form valid', async () => {
    const { world, link } = await open();
    const before = await stateOf(world);
    const person = new HandoffBrowser(world);
    const nonce = nonceOf(await person.get(link));
    for (let opens = 0; opens < 20; opens += 1) {
      const scanner = new HandoffBrowser(world);
      scanner.userAgent = 'Mozilla/5.0 (compatible; SafeLinks scan)';
      await scanner.get(link);
      expect((await scanner.request('HEAD', link)).body).toBe('');
      // Some of them submit the form that they find.
      await scanner.post(link, { nonce: nonceOf(await scanner.get(link)) });
    }
    expect(await stateOf(world)).toEqual(before);
    expect((await person.post(link, { nonce, ...accept })).status).toBe(200);
  });
});

describe('POST', () => {
  test.each([
    ['a foreign origin', { origin: 'https://evil.example' }, 403],
    ['an opaque origin', { origin: 'null' }, 403],
    ['no origin', { origin: '' }, 403],
    ['another content type', { 'content-type': 'text/plain' }, 415],
  ])('is refused with %s', async (_what, headers, status) => {
    const { world, link } = await open();
    const before = await stateOf(world);
    const browser = new HandoffBrowser(world);
    const nonce = nonceOf(await browser.get(link));
    expect((await browser.post(link, { nonce, ...accept }, headers)).status).toBe(status);
    expect(await stateOf(world)).toEqual(before);
  });

  test('takes a nonce once, from the browser that was given it, and never a cookie of another link', async () => {
    const { world, link } = await open({ receivers: ['bob', 'cleo'] });
    const browser = new HandoffBrowser(world);
    const nonce = nonceOf(await browser.get(link));
    expect((await new HandoffBrowser(world).post(link, { nonce, ...accept })).status).toBe(403);
    const other = new HandoffBrowser(world);
    await other.get(linkOf(world, 'cleo'));
    expect((await other.post(link, { nonce, ...accept })).status).toBe(403);
    expect((await browser.post(link, { nonce, choice: 'none' })).status).toBe(400);
    expect((await browser.post(link, { nonce, ...accept })).status).toBe(409);
    expect((await handoffOf(world)).number).toBe(1);
  });

  test('takes no choice that is not offered, no value that a field does not take, and no field of another choice', async () => {
    const { world, link } = await open();
    const before = await stateOf(world);
    const browser = new HandoffBrowser(world);
    expect(says(await browser.answer(link, 'verify'), 'Choose one of the answers.')).toBe(true);
    const odd = await browser.answer(link, 'reject', { code: 'because', reason: 'x' });
    expect(says(odd, 'Choose one of the values of &quot;Code&quot;.')).toBe(true);
    const long = await browser.answer(link, 'accept', { ticket: 'x'.repeat(21), seen: 'yes' });
    expect(says(long, 'Shorten &quot;Ticket&quot; to 20 characters at most.')).toBe(true);
    expect(await stateOf(world)).toEqual(before);
    const nonce = nonceOf(await browser.get(link));
    const foreign = {
      nonce,
      choice: 'accept',
      'reject.ticket': RIGHT.ticket,
      ticket: RIGHT.ticket,
      'accept.seen': 'yes',
    };
    expect(says(await browser.post(link, foreign), 'That is not the ticket.')).toBe(true);
  });

  test('is too large beyond its bound, and unreadable with a field twice', async () => {
    const { world, link } = await open();
    const browser = new HandoffBrowser(world);
    const headers = { origin: 'http://127.0.0.1:8080', 'content-type': 'application/x-www-form-urlencoded' };
    expect((await browser.request('POST', link, { headers, body: `nonce=${'x'.repeat(140_000)}` })).status).toBe(413);
    expect((await browser.request('POST', link, { headers, body: 'nonce=a&nonce=b' })).status).toBe(400);
  });
});

describe('links without a matching secret', () => {
  test('are answered alike: unknown, forged, truncated, swapped, and those of approvals, whatever the method', async () => {
    const { world, link } = await open({ receivers: ['bob', 'cleo'] });
    const [id = '', secret = ''] = link.split('.');
    const [otherId = '', otherSecret = ''] = linkOf(world, 'cleo').split('.');
    const forged = `${id}.${secret.slice(0, -1)}${secret.endsWith('A') ? 'B' : 'A'}`;
    const wrong = [
      `${'A'.repeat(22)}.${secret}`,
      forged,
      id,
      link.slice(0, -1),
      `${id}.${otherSecret}`,
      `${otherId}.${secret}`,
      '',
    ];
    const browser = new HandoffBrowser(world);
    const answers = [];
    for (const address of wrong) answers.push(await browser.get(address), await browser.post(address, { nonce: 'x' }));
    expect(new Set(answers.map((answer) => JSON.stringify(answer))).size).toBe(1);
    expect(answers[0]?.status).toBe(404);
    // A link of a handoff opens no approval, and says so in the same words.
    const request = { method: 'GET', address: link, headers: {}, body: Buffer.from('') };
    expect(await answerLink(world.runtime, request)).toEqual(answers[0]);
  });
});

describe('a link', () => {
  test('dies when its wait is over, for everyone who was asked, and shows what became of it', async () => {
    const { world, link } = await open({ receivers: ['bob', 'cleo'] });
    const others = linkOf(world, 'cleo');
    await new HandoffBrowser(world).answer(link, 'accept', RIGHT);
    const page = await new HandoffBrowser(world).get(others);
    expect(says(page, 'Nothing is asked of you any more')).toBe(true);
    expect(says(page, 'Bob Tester')).toBe(true);
    expect(says(page, 'It waits for <bdi>tier-2</bdi>')).toBe(true);
    expect(nonceOf(page)).toBe('');
    const own = await new HandoffBrowser(world).get(link);
    expect(says(own, 'You have answered')).toBe(true);
    expect((await new HandoffBrowser(world).post(others, { nonce: 'x', ...accept })).status).toBe(409);
  });

  test('that is too old offers a fresh one, three times a day, and the old one is dead then', async () => {
    const week = 8 * 24 * 3600;
    const { world, link } = await open({ seconds: 3 * week });
    world.runtime.clock.advance(week);
    const browser = new HandoffBrowser(world);
    const page = await browser.get(link);
    expect(says(page, 'Mail me a fresh link')).toBe(true);
    const mailed = await browser.post(link, { nonce: nonceOf(page) });
    expect(says(mailed, 'A fresh link is on its way')).toBe(true);
    const fresh = linkOf(world, 'bob');
    expect(fresh).not.toBe(link);
    expect(says(await browser.get(link), 'There is a newer link')).toBe(true);
    expect(says(await browser.get(fresh), 'Record my answer')).toBe(true);
    expect(world.runtime.mail.to('bob@example.com').at(-1)?.subject).toContain('Your fresh link');
  });

  test('opens nothing once the clock has run out, nor for somebody who has left or lost their part', async () => {
    const { world, link } = await open();
    await importDirectory(world.runtime, withPerson(sampleDirectory(), 'bob', { employedUntil: '2026-11-01' }));
    expect(says(await new HandoffBrowser(world).get(link), 'You may not answer this handoff')).toBe(true);
    await importDirectory(world.runtime, { ...sampleDirectory(), version: '3' });
    expect(says(await new HandoffBrowser(world).get(link), 'Record my answer')).toBe(true);
    world.runtime.clock.advance(3600);
    const late = await new HandoffBrowser(world).answer(link, 'accept', RIGHT);
    expect(late.status).toBe(409);
    expect(says(late, 'The time is over')).toBe(true);
  });

  test('leaves neither secret nor token where anybody could read them', async () => {
    const { world, token, link } = await open();
    const { table } = world.runtime;
    const items = await table.queryAll({ pk: `EXECUTION#${world.executionId}` });
    const secret = link.split('.')[1]!;
    expect(JSON.stringify(items)).not.toContain(secret);
    expect(JSON.stringify(await table.get({ pk: `LINK#${link.split('.')[0]}`, sk: 'LINK' }))).not.toContain(secret);
    const [mail] = world.runtime.mail.to('bob@example.com');
    expect(`${mail?.subject} ${mail?.text}`).not.toContain(token);
    expect(`${mail?.subject} ${mail?.text}`).not.toContain(RIGHT.ticket);
    const page = await new HandoffBrowser(world).get(link);
    expect(page.body).not.toContain(token);
    expect(page.headers['Referrer-Policy']).toBe('same-origin');
    expect(page.headers['Cache-Control']).toBe('no-store');
  });
});

describe('races', () => {
  test('of fifty answers at once by two people, one counts, and one signal is sent', async () => {
    const { world, token } = await open({ receivers: ['bob', 'cleo'] });
    const forms = await Promise.all(
      ['bob', 'cleo'].flatMap((person) =>
        Array.from({ length: 5 }, async () => {
          const browser = new HandoffBrowser(world);
          const link = linkOf(world, person);
          return { browser, link, nonce: nonceOf(await browser.get(link)) };
        }),
      ),
    );
    const answers = await Promise.all(
      Array.from({ length: 50 }, (_, index) => {
        const { browser, link, nonce } = forms[index % forms.length]!;
        return browser.post(link, { nonce, ...accept });
      }),
    );
    const taken = answers.filter((answer) => says(answer, 'Your answer is recorded'));
    expect(taken).toHaveLength(1);
    const handoff = await handoffOf(world);
    expect(handoff.number).toBe(2);
    expect(JSON.parse(handoff.document).history.map(({ event }: { event: string }) => event)).toEqual([
      'offer',
      'accept',
    ]);
    expect(world.runtime.states.signals.filter(({ taskToken }) => taskToken === token)).toHaveLength(1);
  });

  test('an answer against its clock: one of both, and the chain tells the same', async () => {
    for (let race = 0; race < 4; race += 1) {
      const { world, link, flow } = await open();
      const browser = new HandoffBrowser(world);
      const nonce = nonceOf(await browser.get(link));
      world.runtime.clock.advance(3599);
      const answering = browser.post(link, { nonce, ...accept });
      const missing = missHandoffClock(world.runtime, flow);
      const [answer] = await Promise.all([answering, missing]);
      const { summary, number } = await handoffOf(world);
      const answered = says(answer, 'Your answer is recorded');
      expect(summary.state).toBe(answered ? 'in-delivery' : 'escalated');
      expect(number).toBe(2);
      const types = (await readChain(world.runtime, world.executionId)).map(({ type }) => type);
      expect(types.includes('handoff-clock-missed')).toBe(!answered);
    }
  });

  test('the same event many times at once is taken once', async () => {
    const { world, link } = await open();
    await new HandoffBrowser(world).answer(link, 'accept', RIGHT);
    const body = { id: 'd-1', event: { type: 'deliver', result: 'Fixed.' } };
    const answers = await Promise.allSettled(
      Array.from({ length: 12 }, () => answerByEvent(world.runtime, world.executionId, 'tracker', body)),
    );
    const taken = answers.filter((one) => one.status === 'fulfilled' && !one.value.repeated);
    expect(taken).toHaveLength(1);
    expect(JSON.parse((await handoffOf(world)).document).history).toHaveLength(3);
  });

  test('a crash between write and signal loses nothing: the next task is told at once', async () => {
    const { world, link, token, flow } = await open();
    world.runtime.states.failure = new Error('The process was killed.');
    await new HandoffBrowser(world).answer(link, 'accept', RIGHT);
    world.runtime.states.failure = undefined;
    world.runtime.clock.advance(3600);
    expect(await missHandoffClock(world.runtime, flow)).toMatchObject({
      verdict: 'await-handoff',
      wait: { number: 2 },
    });
    expect(signalOf(world, token)).toBeUndefined();
    expect((await handoffOf(world)).signal).toBe('gone');
  });
});
