import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { GetExecutionHistoryCommand, SFNClient } from '@aws-sdk/client-sfn';
import { beforeAll, describe, expect, test } from 'vitest';
import { skills } from '#skills';
import { ApiClient } from '../../../lib/local/api-client.ts';
import { decideByMail, type OpenPage, openLink, sendForm } from '../../../lib/local/person.ts';
import { listMessages } from '../../../lib/local/services/inbox.ts';
import { LOCAL_PLACE } from '../../../lib/local/synthesized-system.ts';
import { call } from '../support/call.ts';
import { examples, requesterOf, requestOf, SKILL } from '../support/example-requests.ts';
import { startWaiting, untilEnded } from '../support/flow.ts';
import { addressOf, linkTo } from '../support/mails.ts';
import { ownSystem } from '../support/own-system.ts';

const { api: apiUrl, inbox, directory, states } = ownSystem();
const api = new ApiClient(apiUrl);

/** A justification and a comment that appear nowhere else. */
const WORDS = { justification: 'Quincunx and halberd.', comment: 'Zephyr over marzipan.' };

/** Every text and number in a value. */
function leavesOf(value: unknown): (string | number)[] {
  if (typeof value === 'string' || typeof value === 'number') return [value];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(leavesOf) : [];
}

/** The tokens that the tasks of an execution waited with, as its history shows them to operators. */
async function taskTokensOf(executionId: string): Promise<string[]> {
  const client = new SFNClient({
    endpoint: states,
    region: LOCAL_PLACE.region,
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
  });
  const { account, region } = LOCAL_PLACE;
  const executionArn = `arn:aws:states:${region}:${account}:execution:countersign-dev-${SKILL}:${executionId}`;
  const { events = [] } = await client.send(new GetExecutionHistoryCommand({ executionArn, maxResults: 1000 }));
  return [...JSON.stringify(events).matchAll(/taskToken\W+([\w.~+/=-]+)/g)].map(([, token = '']) => token);
}

describe('the log, after everything that has happened so far', () => {
  let log: string;
  const pages: OpenPage[] = [];
  const tokens: string[] = [];
  beforeAll(async () => {
    const request = requestOf('06');
    request.input.justification = WORDS.justification;
    const executionId = await api.start(SKILL, requesterOf('06'), request);
    const link = await linkTo(inbox, executionId, 'miguel.santos');
    // What goes wrong is logged too.
    const page = await openLink(link);
    pages.push(page);
    await sendForm(page, { choice: 'reject' });
    await openLink(`${link}x`);
    await call(apiUrl, 'POST', `/skills/${SKILL}/executions`, { caller: 'mallory', body: request });
    await call(apiUrl, 'POST', `/skills/${SKILL}/executions`, { caller: 'ana.ruiz', body: { ...request, policy: {} } });
    await decideByMail(inbox, addressOf('miguel.santos'), executionId, { choice: 'reject', comment: WORDS.comment });
    await untilEnded(api, executionId);
    const missed = await startWaiting(api, '09');
    const { waitingFor } = await api.execution(missed);
    expect(waitingFor).toBeDefined();
    tokens.push(...(await taskTokensOf(executionId)), ...(await taskTokensOf(missed)));
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

  test('says on each line of a function which one ran, for which request, and of a step for which execution', () => {
    const lines = log
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as { [name: string]: unknown });
    const ours = lines.filter(({ functionName }) => functionName !== undefined);
    expect(ours.length).toBeGreaterThan(lines.length / 2);
    for (const line of ours) expect(line.requestId, JSON.stringify(line)).toMatch(/^[0-9a-f-]{36}$/);
    for (const line of ours.filter(({ functionName }) => /-u\d{5}-/.test(String(functionName))))
      expect(line).toMatchObject({ executionId: expect.any(String), skill: expect.any(String) });
    // What the local system says itself is about its servers, not about anybody's request.
    const others = new Set(lines.filter(({ functionName }) => functionName === undefined).map(({ event }) => event));
    expect([...others].filter((event) => event !== 'service-lost' && event !== 'close-failed')).toEqual([]);
  });

  test('names nobody: people are ids', () => {
    const people = skills.flatMap((skill) => {
      const { people: all } = skill.referenceDirectory() as { people: readonly { name: string; id: string }[] };
      return all;
    });
    expect(people.length).toBeGreaterThan(10);
    for (const { name } of people) expect(log.includes(name), name).toBe(false);
  });

  test('holds nothing of any request’s body but ids', () => {
    const leaves = examples.flatMap(({ example }) => leavesOf(example.request));
    const words = leaves.filter((leaf) => typeof leaf === 'string').filter((text) => text.includes(' '));
    const amounts = leaves.filter((leaf) => typeof leaf === 'number').filter((amount) => amount >= 10_000);
    expect(words.length).toBeGreaterThan(20);
    expect(amounts.length).toBeGreaterThan(10);
    for (const text of words) expect(log.includes(text), text).toBe(false);
    const numbers = new Set([...log.matchAll(/(?<![\w-])\d+(?![\w-])/g)].map(([number]) => number));
    expect(amounts.filter((amount) => numbers.has(`${amount}`))).toEqual([]);
  });

  test('holds no nonce, cookie or task token', () => {
    const [{ nonce = '', cookie = '' } = {}] = pages;
    expect(nonce.length).toBeGreaterThan(20);
    expect(tokens.length).toBeGreaterThan(0);
    for (const secret of [nonce, cookie.split('=')[1] ?? '', ...tokens]) {
      expect(secret.length).toBeGreaterThan(20);
      expect(log.includes(secret)).toBe(false);
    }
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
