import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { linkIn } from '../../lib/local/person.ts';
import type { EvidencePacket } from '../../lib/platform/evidence/packet-schema.ts';
import { requesterOf, requestOf, SKILL } from '../e2e/support/example-requests.ts';
import { skipBeyond, untilEnded, untilWaiting } from '../e2e/support/flow.ts';
import { addressOf } from '../e2e/support/mails.ts';
import { printFigures } from './support/counts.ts';
import { LightHost } from './support/light-host.ts';
import type { FiledMail } from './support/mail-folder.ts';
import { askPanel, newestLink, PANEL } from './support/panel.ts';
import { soundEvidence } from './support/soundness.ts';

const host = new LightHost(inject('templateFile'));
const began = performance.now();
const figures = { mails: 0, urls: 0, requests: 0, forms: 0 };
const executions: string[] = [];

/** Scanners that say so, scanners that look like a person's browser, and one that says nothing. */
const AGENTS = [
  'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36',
  'Proofpoint URL Defense',
  '',
];

function urlsIn(mail: FiledMail): string[] {
  const inHtml = [...mail.html.matchAll(/href="([^"]+)"/g)].map(([, url = '']) => url.replaceAll('&amp;', '&'));
  return [...new Set([...(mail.text.match(/https?:\/\/[^\s<>"]+/g) ?? []), ...inHtml])];
}

/** What scanners must not change: everything that is on record, without the counts of openings that are not. */
async function onRecord(): Promise<EvidencePacket[]> {
  return Promise.all(executions.map((executionId) => soundEvidence(host, executionId)));
}

/** A form of a page, with its fields as they stand there and nothing chosen. */
function formsIn(html: string): { action: string; fields: URLSearchParams }[] {
  return [...html.matchAll(/<form\b[^>]*action="([^"]*)"[^>]*>([\s\S]*?)<\/form>/g)].map(
    ([, action = '', inner = '']) => {
      const fields = new URLSearchParams();
      for (const [tag] of inner.matchAll(/<(?:input|textarea|button)\b[^>]*>/g)) {
        const attribute = (name: string) => new RegExp(`\\b${name}="([^"]*)"`).exec(tag)?.[1];
        const name = attribute('name');
        const chosen = !/type="(radio|checkbox)"/.test(tag) || /\bchecked\b/.test(tag);
        if (name !== undefined && chosen) fields.append(name, attribute('value') ?? '');
      }
      return { action: action.replaceAll('&amp;', '&'), fields };
    },
  );
}

beforeAll(async () => {
  await host.start();
  const { client } = host;
  const post = (number: string) => client.start(SKILL, requesterOf(number), requestOf(number));
  // One of each kind that mails: waiting for several, escalated, settled with others told, ended well, and blocked.
  const escalated = await post('09');
  const { waitingFor } = await untilWaiting(client, escalated);
  await skipBeyond(client, waitingFor?.deadlineAt ?? '');
  await newestLink(host, escalated, 'marcus.oyelaran');
  const several = await post('03');
  await untilWaiting(client, several);
  const published = await post('01');
  await untilEnded(client, published);
  const denied = await post('08');
  await untilEnded(client, denied);
  executions.push(escalated, several, published, denied, await askPanel(host, 3, 1));
  // The rest of what the sweeper still had to mail.
  await client.skipTime(60);
});
afterAll(async () => {
  expect(host.complaints).toBe('');
  await host.close();
  printFigures('scanners', figures, began);
});

test('one that GETs and HEADs every URL in every mail ten times changes nothing', async () => {
  const before = await onRecord();
  const mails = host.mails.all();
  const urls = [...new Set(mails.flatMap(urlsIn))];
  expect(urls.length).toBeGreaterThanOrEqual(8);
  for (let round = 0; round < 10; round += 1) {
    const headers = { 'User-Agent': AGENTS[round % AGENTS.length] ?? '' };
    for (const url of urls)
      for (const method of ['GET', 'HEAD']) {
        const response = await fetch(url, { method, headers, redirect: 'manual' });
        await response.arrayBuffer();
        // A page of the status is not asked for by HEAD; a link answers both alike.
        if (method === 'GET' || url.includes('/approvals/')) expect(response.status, `${method} ${url}`).toBe(200);
        else expect(response.status).toBeLessThan(500);
        figures.requests += 1;
      }
  }
  expect(await onRecord()).toEqual(before);
  expect(host.mails.all()).toHaveLength(mails.length);
  figures.mails = mails.length;
  figures.urls = urls.length;
});

describe('one that submits the forms of the pages as it finds them', () => {
  async function submitAll(): Promise<number[]> {
    const statuses: number[] = [];
    for (const url of new Set(host.mails.all().flatMap(urlsIn))) {
      const shown = await fetch(url);
      const cookie = shown.headers.getSetCookie()[0]?.split(';')[0] ?? '';
      for (const { action, fields } of formsIn(await shown.text())) {
        const target = new URL(action, url);
        const answer = await fetch(target, {
          method: 'POST',
          headers: { Cookie: cookie, Origin: target.origin, 'Content-Type': 'application/x-www-form-urlencoded' },
          body: fields.toString(),
          redirect: 'manual',
        });
        await answer.arrayBuffer();
        statuses.push(answer.status);
        figures.forms += 1;
      }
    }
    return statuses;
  }

  test('decides nothing while the links are live', async () => {
    const before = await onRecord();
    const statuses = await submitAll();
    expect(statuses.length).toBeGreaterThanOrEqual(8);
    expect(new Set(statuses)).toEqual(new Set([400]));
    expect(await onRecord()).toEqual(before);
  });

  test('gets at most a few fresh links mailed to the registered addresses when they have expired', async () => {
    // A link lives a week at most; only a deadline that is later leaves an expired link at an open seat.
    const { client } = host;
    const body = { input: { account: 'acc-aurelia', required: 1, panel: [PANEL[0]], businessMinutes: 9_000 } };
    const executionId = await client.start('u99990', 'ana.ruiz', body);
    await newestLink(host, executionId, PANEL[0]);
    await client.skipTime(8 * 24 * 3600);
    const linksOf = () => host.mails.of(executionId).filter((mail) => linkIn(mail) !== undefined);
    const before = linksOf().length;
    for (let round = 0; round < 6; round += 1) await submitAll();
    const after = linksOf();
    expect(after.length - before).toBeGreaterThanOrEqual(1);
    expect(after.length - before).toBeLessThanOrEqual(3);
    expect(new Set(after.map(({ to }) => to))).toEqual(new Set([addressOf(PANEL[0])]));
    const { stages } = await soundEvidence(host, executionId);
    expect(stages[0]?.levels[0]?.seats[0]?.decision).toBeUndefined();
  });
});
