import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, inject, test } from 'vitest';
import { ApiClient } from '../../../lib/local/api-client.ts';
import { decideByMail, openLink, sendForm } from '../../../lib/local/person.ts';
import { listMessages } from '../../../lib/local/services/inbox.ts';
import { call } from '../support/call.ts';
import { requesterOf, requestOf, SKILL } from '../support/example-requests.ts';
import { startWaiting, untilEnded } from '../support/flow.ts';
import { addressOf, linkTo } from '../support/mails.ts';

const { api: apiUrl, inbox, directory } = inject('system');
const api = new ApiClient(apiUrl);

/** A justification and a comment that appear nowhere else. */
const WORDS = { justification: 'Quincunx and halberd.', comment: 'Zephyr over marzipan.' };

describe('the log, after everything that has happened so far', () => {
  let log: string;
  beforeAll(async () => {
    const request = requestOf('06');
    request.input.justification = WORDS.justification;
    const executionId = await api.start(SKILL, requesterOf('06'), request);
    const link = await linkTo(inbox, executionId, 'miguel.santos');
    // What goes wrong is logged too.
    await sendForm(await openLink(link), { choice: 'reject' });
    await openLink(`${link}x`);
    await call(apiUrl, 'POST', `/skills/${SKILL}/executions`, { caller: 'mallory', body: request });
    await call(apiUrl, 'POST', `/skills/${SKILL}/executions`, { caller: 'ana.ruiz', body: { ...request, policy: {} } });
    await decideByMail(inbox, addressOf('miguel.santos'), executionId, { choice: 'reject', comment: WORDS.comment });
    await untilEnded(api, executionId);
    const missed = await startWaiting(api, '09');
    const { waitingFor } = await api.execution(missed);
    expect(waitingFor).toBeDefined();
    await api.request('POST', `/executions/${missed}/withdraw`, requesterOf('09'));
    await api.skipTime(1);
    log = readFileSync(join(directory, 'countersign.log'), 'utf8');
  });

  test('is there: one JSON object a line, each with an event', () => {
    const lines = log.trimEnd().split('\n');
    expect(lines.length).toBeGreaterThan(5);
    for (const line of lines)
      expect(JSON.parse(line)).toMatchObject({ level: expect.any(String), event: expect.any(String) });
  });

  test('names no mail address', () => {
    expect(log.match(/[\w.+-]+@[\w-]+\.[\w.-]+/g)).toBeNull();
  });

  test('holds no part of any link that was ever mailed', async () => {
    const mails = await listMessages(inbox);
    const links = mails.flatMap(({ text }) => [...text.matchAll(/approvals\/([\w-]+)\.([\w-]+)/g)]);
    expect(links.length).toBeGreaterThan(0);
    for (const [, , secret = ''] of links) expect(log).not.toContain(secret);
    expect(log).not.toContain('/approvals/');
  });

  test('holds no amounts, and none of anybody’s words', () => {
    const { amount, account } = requestOf('06').input as unknown as {
      amount: { minorUnits: number };
      account: { name: string };
    };
    for (const word of [`${amount.minorUnits}`, '6,000', account.name, ...Object.values(WORDS)])
      expect(log).not.toContain(word);
    expect(log).not.toMatch(/minorUnits|taskToken|nonce/i);
  });

  test('holds none of the tokens and passwords of the servers', () => {
    const secrets = Object.values(
      JSON.parse(readFileSync(join(directory, 'flags', 'secrets.json'), 'utf8')) as Record<string, string>,
    );
    expect(secrets.length).toBeGreaterThan(0);
    for (const secret of secrets) {
      expect(log).not.toContain(secret);
      expect(log).not.toContain(secret.slice(0, 32));
    }
  });

  test('tells of no fault', () => {
    const faults = log.split('\n').filter((line) => line.includes('"level":"error"'));
    expect(faults).toEqual([]);
  });
});
