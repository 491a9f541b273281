import { beforeAll, describe, expect, test } from 'vitest';
import { ApiClient } from '../../../lib/local/api-client.ts';
import { decideByMail, linkIn, type OpenPage, openLink, sendForm } from '../../../lib/local/person.ts';
import type { InboxMessage } from '../../../lib/local/services/inbox.ts';
import { executionTrace } from '../../../lib/platform/contracts/api.ts';
import { call } from '../support/call.ts';
import { skipBeyond, startWaiting, untilEnded, untilWaiting } from '../support/flow.ts';
import { addressOf, linkTo, mailsOf, mailTo, urlsIn } from '../support/mails.ts';
import { ownSystem } from '../support/own-system.ts';
import { textOf } from '../support/page-text.ts';

const { api: apiUrl, inbox } = ownSystem();
const api = new ApiClient(apiUrl);

/** Types of the events that an execution has chained so far. */
async function eventsOf(executionId: string): Promise<string[]> {
  const answer = await call(apiUrl, 'GET', `/executions/${executionId}/trace`, { caller: 'auditor' });
  return executionTrace.parse(answer.json).steps.map(({ type }) => type);
}

/** Posts a form by hand, to send what no browser would. */
function post(page: OpenPage, fields: Record<string, string> | string, headers: Record<string, string> = {}) {
  const sent = {
    Origin: apiUrl,
    'Content-Type': 'application/x-www-form-urlencoded',
    Cookie: page.cookie ?? '',
    ...headers,
  };
  return fetch(page.url, {
    method: 'POST',
    headers: Object.entries(sent).filter(([, value]) => value !== ''),
    body: typeof fields === 'string' ? fields : new URLSearchParams(fields).toString(),
    redirect: 'manual',
  });
}

const AMOUNT = /\d[\d.,]*\s?(EUR|USD|INR|GBP|€|\$|£|₹)|(EUR|USD|INR|GBP|€|\$|£|₹)\s?\d/;

describe('mails that a scanner goes through', () => {
  let executionId: string;
  let mails: InboxMessage[];
  beforeAll(async () => {
    // Legal and finance at once, two people each.
    executionId = await startWaiting(api, '03');
    for (const person of ['tomas.keller', 'priya.raman', 'clara.jimenez', 'noah.feldman'])
      await linkTo(inbox, executionId, person);
    mails = await mailsOf(inbox, executionId);
  });

  test('go to every seat, each with a link of its own', () => {
    expect(mails.map(({ to }) => to[0]?.address).sort()).toEqual(
      ['clara.jimenez', 'noah.feldman', 'priya.raman', 'tomas.keller'].map(addressOf),
    );
    const links = mails.map((mail) => linkIn(mail) ?? '');
    expect(new Set(links).size).toBe(4);
    for (const link of links) {
      // 128 bits name it, 256 open it, and nothing else is in it.
      expect(link).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/approvals\/[\w-]{22}\.[\w-]{43}$/);
      expect(link.startsWith(`${apiUrl}/approvals/`)).toBe(true);
    }
  });

  test.each([
    ['tomas.keller', 'finance-control', 'Europe/Berlin'],
    ['priya.raman', 'finance-control', 'Asia/Kolkata'],
    ['clara.jimenez', 'legal-review', 'Europe/Madrid'],
    ['noah.feldman', 'legal-review', 'America/New_York'],
  ])('name kind, account, requester and the due time of %s, and never an amount', async (person, levelId, timeZone) => {
    const { waitingFor } = await api.execution(executionId);
    const levelDue = waitingFor?.levels.find((level) => level.levelId === levelId)?.dueAt ?? '';
    // Each seat has a due time of its own, in its own working hours; the level is due when its last seat is.
    const mail = mails.find((one) => one.to[0]?.address === addressOf(person)) as InboxMessage;
    const [, due = ''] =
      /Decide by<\/dt><dd><time datetime="([^"]+)"/.exec((await openLink(linkIn(mail) ?? '')).html) ?? [];
    expect(due <= levelDue).toBe(true);
    const { subject, text, html, to } = mail;
    expect(to).toHaveLength(1);
    for (const named of ['Non-standard terms', 'Granite Street Bank', 'Grace Kim']) expect(subject).toContain(named);
    const local = new Intl.DateTimeFormat('en-GB', { timeZone, hour: '2-digit', minute: '2-digit', hourCycle: 'h23' });
    expect(subject).toContain(` ${local.format(new Date(due))}: `);
    expect(text).toContain(`${local.format(new Date(due))} (${timeZone.replace('_', ' ')}, UTC`);
    for (const shown of [subject, text, textOf(html)]) expect(shown).not.toMatch(AMOUNT);
  });

  test('say the same in text and in HTML, and keep robots quiet', () => {
    for (const mail of mails) {
      expect(mail.html).toContain(linkIn(mail) ?? 'a link');
      expect(mail.headers['auto-submitted']).toBe('auto-generated');
      expect(mail.html).not.toMatch(/<(script|img|iframe)\b/);
    }
  });

  test('change nothing, however often every address in them is opened', async () => {
    const before = { view: await api.execution(executionId), events: await eventsOf(executionId) };
    const urls = [...new Set(mails.flatMap(urlsIn))];
    expect(urls.length).toBeGreaterThanOrEqual(4);
    const agents = ['Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/130.0', 'Proofpoint URL Defense', ''];
    for (let round = 0; round < 10; round += 1) {
      const headers = { 'User-Agent': agents[round % agents.length] ?? '' };
      const opened = await Promise.all(
        urls.flatMap((url) => [fetch(url, { headers }), fetch(url, { method: 'HEAD', headers })]),
      );
      for (const response of opened) {
        expect(response.status).toBe(200);
        await response.arrayBuffer();
      }
    }
    expect({ view: await api.execution(executionId), events: await eventsOf(executionId) }).toEqual(before);
  });

  test('decide nothing when the form is submitted as it was found', async () => {
    for (const mail of mails) {
      const page = await openLink(linkIn(mail) ?? '');
      expect(page.html).not.toContain(' checked');
      const answer = await sendForm(page, {});
      expect(answer.status).toBe(400);
      expect(textOf(answer.html)).toContain('Nothing is recorded yet');
    }
    expect(await eventsOf(executionId)).not.toContain('decision-recorded');
  });

  test('still let a person decide afterwards; then the other links of that level close and say so', async () => {
    const [finance, other, legal] = await Promise.all(
      ['tomas.keller', 'priya.raman', 'noah.feldman'].map((person) => linkTo(inbox, executionId, person)),
    );
    const unsent = await openLink(other ?? '');
    const decided = await sendForm(await openLink(finance ?? ''), {
      choice: 'approve',
      comment: 'Ninety days <are> fine.',
    });
    expect(decided.status).toBe(200);
    expect(textOf(decided.html)).toContain('You approved.');
    expect(textOf(decided.html)).toContain('Ninety days <are> fine.');
    expect(decided.html).not.toContain('<are>');
    expect(textOf(decided.html)).toContain('Tomas Keller');
    expect(decided.html).toMatch(/<time datetime="\d{4}-\d\d-\d\dT[^"]+">/);

    const closed = await openLink(other ?? '');
    expect(closed.status).toBe(200);
    expect(textOf(closed.html)).toContain('This level is done');
    expect(textOf(closed.html)).toContain('Tomas Keller');
    expect(closed.nonce).toBeUndefined();
    const late = await sendForm(unsent, { choice: 'reject', comment: 'Too late.' });
    expect(late.status).toBe(409);
    expect(textOf(late.html)).toContain('This level is done');
    const notice = await mailTo(inbox, executionId, 'priya.raman', ({ subject }) => subject.startsWith('No decision'));
    expect(notice.text).toContain('by Tomas Keller');
    expect(linkIn(notice)).toBeUndefined();

    // The other level of the stage is open as before.
    expect((await openLink(legal ?? '')).nonce).toBeDefined();
    const { waitingFor } = await api.execution(executionId);
    expect(waitingFor?.levels.map(({ levelId, status }) => [levelId, status]).sort()).toEqual([
      ['finance-control', 'approved'],
      ['legal-review', 'open'],
    ]);
    await decideByMail(inbox, addressOf('noah.feldman'), executionId, { choice: 'approve' });
    const { outputs, outcome } = await untilEnded(api, executionId);
    expect(outcome).toBe('published');
    expect(outputs?.primary_artifact_bundle.approvals).toHaveLength(2);
  });

  test('leave the opens as counts apart: the evidence holds the decisions and no opening', async () => {
    const evidence = JSON.stringify(await api.evidence(executionId));
    expect((await eventsOf(executionId)).filter((type) => type === 'decision-recorded')).toHaveLength(2);
    expect(evidence).not.toMatch(/scanner|link-opened|"opens"|visits/i);
    for (const mail of mails) expect(evidence).not.toContain((linkIn(mail) ?? '').split('.').at(-1) ?? '');
  });
});

describe('the page behind a link', () => {
  let executionId: string;
  let link: string;
  beforeAll(async () => {
    executionId = await startWaiting(api, '06');
    link = await linkTo(inbox, executionId, 'miguel.santos');
  });

  test('is small, holds no script, and is served with headers that keep it to itself', async () => {
    const response = await fetch(link);
    const html = await response.text();
    expect(Buffer.byteLength(html)).toBeLessThan(15 * 1024);
    expect(html).not.toMatch(/<script|<img|<link |javascript:|\son\w+=/i);
    expect(Object.fromEntries(response.headers)).toMatchObject({
      'cache-control': 'no-store',
      'referrer-policy': 'same-origin',
      'x-content-type-options': 'nosniff',
      'x-frame-options': 'DENY',
      'x-robots-tag': 'noindex, nofollow, noarchive',
      'content-type': 'text/html; charset=utf-8',
    });
    const policy = response.headers.get('content-security-policy') ?? '';
    for (const directive of ["default-src 'none'", "form-action 'self'", "frame-ancestors 'none'"])
      expect(policy).toContain(directive);
    expect(policy).not.toContain('unsafe-inline');
    const [cookie = ''] = response.headers.getSetCookie();
    expect(cookie).toMatch(/^__Host-countersign-[\w-]{22}=[\w-]{22};/);
    for (const attribute of ['Path=/', 'Secure', 'HttpOnly', 'SameSite=Strict']) expect(cookie).toContain(attribute);
  });

  test('shows the terms, what differs from policy, and until when, in the time zone of the seat', async () => {
    const text = textOf((await openLink(link)).html);
    for (const shown of ['6,000.00 EUR', 'Beyond policy', 'Europe/Madrid', 'Asked by Elena Vidal'])
      expect(text).toContain(shown);
  });

  test.each([
    ['without an origin', { Origin: '' }, 403],
    ['from an opaque origin', { Origin: 'null' }, 403],
    ['from another site', { Origin: 'https://evil.example' }, 403],
    ['from another port', { Origin: 'http://127.0.0.1:1' }, 403],
    ['from another name of this machine', { Origin: 'http://localhost' }, 403],
    ['without its cookie', { Cookie: '' }, 403],
    ['with somebody else’s cookie', { Cookie: '__Host-countersign-other=AAAAAAAAAAAAAAAAAAAAAA' }, 403],
    ['as plain text', { 'Content-Type': 'text/plain' }, 415],
  ])('takes no post %s', async (_how, headers, status) => {
    const page = await openLink(link);
    const answer = await post(page, { nonce: page.nonce ?? '', choice: 'approve', comment: '' }, headers);
    expect(answer.status).toBe(status);
    // The local gateway turns posts of other sites away by itself; whatever it lets through, the page refuses.
    expect(textOf(await answer.text())).toMatch(/Nothing was recorded|other sites/);
    expect(await eventsOf(executionId)).not.toContain('decision-recorded');
  });

  test('takes no post with a nonce of its own making, of another visit, or used before', async () => {
    const [mine, other] = [await openLink(link), await openLink(link)];
    for (const nonce of ['', 'AAAAAAAAAAAAAAAAAAAAAA', other.nonce ?? ''])
      expect((await post(mine, { nonce, choice: 'approve', comment: '' })).status).toBe(409);
    expect((await sendForm(mine, {})).status).toBe(400);
    expect((await sendForm(mine, { choice: 'approve' })).status).toBe(409);
    expect(await eventsOf(executionId)).not.toContain('decision-recorded');
  });

  test('takes no choice that it does not offer, and none given twice', async () => {
    for (const choice of ['publish', 'close', 're-run', 'APPROVE', '']) {
      const answer = await sendForm(await openLink(link), { choice });
      expect(answer.status, choice).toBe(400);
    }
    const page = await openLink(link);
    const twice = await post(page, `nonce=${page.nonce}&choice=reject&choice=approve&comment=x`);
    expect(twice.status).toBe(400);
    expect(await eventsOf(executionId)).not.toContain('decision-recorded');
  });

  test.each([
    ['reject', 'Write in the comment why you reject.'],
    ['request-changes', 'Write in the comment what has to change.'],
  ])('does not %s without a word', async (choice, asks) => {
    for (const comment of ['', '  \n ']) {
      const answer = await sendForm(await openLink(link), { choice, comment });
      expect(answer.status).toBe(400);
      expect(textOf(answer.html)).toContain(asks);
      // What was chosen is kept, so that only the comment is missing.
      expect(answer.html).toMatch(new RegExp(`value="${choice}"[^>]* checked`));
    }
    expect(await eventsOf(executionId)).not.toContain('decision-recorded');
  });

  test('records one decision, and tells it to whoever posts or opens it again', async () => {
    const [first, second] = [await openLink(link), await openLink(link)];
    const reason = 'The contract grants less.';
    const answers = await Promise.all([
      sendForm(first, { choice: 'reject', comment: reason }),
      sendForm(second, { choice: 'reject', comment: reason }),
    ]);
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 409]);
    const view = await untilEnded(api, executionId);
    expect(view.outcome).toBe('rejected');
    const [record, ...others] = view.outputs?.primary_artifact_bundle.approvals ?? [];
    expect(others).toEqual([]);
    expect(record).toMatchObject({ approver: 'miguel.santos', action: 'reject', comment: reason, assurance: 'link' });

    const page = await openLink(link);
    expect(page.status).toBe(200);
    expect(page.nonce).toBeUndefined();
    for (const told of [
      'Already recorded',
      'You rejected',
      reason,
      'Miguel Santos',
      record?.at ?? '',
      record?.termsDigest ?? '',
    ])
      expect(`${textOf(page.html)} ${page.html.match(/datetime="[^"]+"/g)}`).toContain(told);
    const outcome = await mailTo(inbox, executionId, 'elena.vidal');
    expect(outcome.text).toContain(reason);
    expect(outcome.subject).not.toMatch(AMOUNT);
  });

  test('is one and the same for links that are foreign, forged or cut off, whatever the method', async () => {
    const [, id = '', secret = ''] = /approvals\/([\w-]+)\.([\w-]+)$/.exec(link) ?? [];
    const flipped = `${secret.startsWith('A') ? 'B' : 'A'}${secret.slice(1)}`;
    const bad = [
      `${id}.${flipped}`,
      `${flipped.slice(0, 22)}.${secret}`,
      `${id}.${secret.slice(0, -1)}`,
      `${id}.`,
      id,
      'x',
      `${id}.${secret}x`,
      `${id}.${'A'.repeat(43)}`,
    ];
    const answers = await Promise.all(
      bad.flatMap((address) =>
        ['GET', 'POST'].map(async (method) => {
          const response = await fetch(`${apiUrl}/approvals/${address}`, { method, headers: { Origin: apiUrl } });
          const headers = Object.fromEntries([...response.headers].filter(([name]) => name !== 'date'));
          return JSON.stringify({ status: response.status, headers, body: await response.text() });
        }),
      ),
    );
    expect(new Set(answers).size).toBe(1);
    const only = JSON.parse(answers[0] ?? '{}');
    expect(only.status).toBe(404);
    expect(only.body).toContain('This link does not work');
    expect(only.headers).not.toHaveProperty('set-cookie');
  });
});

describe('a deadline', () => {
  test('is reminded of; when it is missed the request goes to others; when they miss it too it expires', async () => {
    const executionId = await startWaiting(api, '09');
    const first = await linkTo(inbox, executionId, 'kavya.iyer');
    const { waitingFor } = await api.execution(executionId);
    const due = waitingFor?.deadlineAt ?? '';

    // Reminders come after four and six of her eight working hours.
    await skipBeyond(api, new Date(Date.parse(due) - 90 * 60_000).toISOString());
    const reminder = await mailTo(inbox, executionId, 'kavya.iyer', ({ subject }) => subject.startsWith('Reminder'));
    expect(reminder.subject).toContain('Indus Mobility');
    expect((await openLink(linkIn(reminder) ?? '')).nonce).toBeDefined();
    expect((await openLink(first)).nonce).toBeDefined();
    expect((await api.execution(executionId)).waitingFor).toMatchObject({ round: 1, deadlineAt: due });

    const open = await openLink(linkIn(reminder) ?? '');
    await skipBeyond(api, due);
    const escalated = await untilWaiting(api, executionId);
    expect(escalated.waitingFor).toMatchObject({ stage: 1, round: 2 });
    expect((escalated.waitingFor?.deadlineAt ?? '') > due).toBe(true);
    const mail = await mailTo(inbox, executionId, 'marcus.oyelaran', ({ subject }) => subject.startsWith('Escalated'));
    expect(mail.text).toContain('Kavya Iyer missed the deadline');
    expect(mail.subject).not.toMatch(AMOUNT);

    // The links of the round before are dead, and so is the form that was open; a new one was mailed.
    const late = await sendForm(open, { choice: 'approve' });
    expect(late.status).toBe(409);
    const superseded = await openLink(first);
    expect(superseded.nonce).toBeUndefined();
    expect(textOf(superseded.html)).toContain('There is a newer link');
    const again = await linkTo(inbox, executionId, 'kavya.iyer');
    expect(again).not.toBe(first);
    expect((await openLink(again)).nonce).toBeDefined();

    await skipBeyond(api, escalated.waitingFor?.deadlineAt ?? '');
    const view = await untilEnded(api, executionId);
    expect(view).toMatchObject({ status: 'succeeded', outcome: 'expired' });
    expect(view.outputs?.primary_artifact_bundle.approvals).toEqual([]);
    expect(view.outputs?.execution_scorecard).toMatchObject({
      recommendation: 'no-publish',
      measures: { escalations: 1 },
    });
    const dead = await openLink(linkIn(mail) ?? '');
    expect(dead.nonce).toBeUndefined();
    expect(textOf(dead.html)).toContain('A missed deadline never approves');
    const told = await mailTo(inbox, executionId, 'rohan.mehta');
    expect(told.text).toContain('expired');
    expect(await eventsOf(executionId)).not.toContain('decision-recorded');
  });
});
