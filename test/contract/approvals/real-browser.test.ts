import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { type Browser as Chromium, chromium } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { answerLink } from '../../../lib/platform/approvals/http/answer-link.ts';
import { openStage } from '../../../lib/platform/approvals/open-stage.ts';
import { prepareStage } from '../../../lib/platform/approvals/prepare-stage.ts';
import type { Runtime } from '../../../lib/platform/runtime.ts';
import { chromiumPath, hasChromium } from '../../support/chromium.ts';
import { endWorlds, level, plan, stageOf, startWorld, type World } from './world.ts';

/** The desk on a loopback port over plain HTTP, as the local system serves it. */
async function serve(world: World): Promise<{ server: Server; runtime: Runtime }> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const baseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const runtime: Runtime = { ...world.runtime, settings: { ...world.runtime.settings, baseUrl } };
  server.on('request', async (request, response) => {
    const answer = await answerLink(runtime, {
      method: request.method ?? 'GET',
      address: (request.url ?? '').replace('/approvals/', ''),
      headers: Object.fromEntries(Object.entries(request.headers).map(([name, value]) => [name, String(value)])),
      body: await buffer(request),
    });
    response.writeHead(answer.status, answer.headers).end(answer.body);
  });
  return { server, runtime };
}

describe.skipIf(!hasChromium)('in Chromium, over plain HTTP on a loopback address', () => {
  let world: World;
  let server: Server;
  let browser: Chromium;
  let url: string;

  beforeAll(async () => {
    world = await startWorld(plan([level('manager', ['ada'])]));
    const served = await serve(world);
    server = served.server;
    const next = await prepareStage(served.runtime, world.executionId, 1, world.runtime.clock.now());
    const flow = { executionId: world.executionId, skill: 'sample', verdict: 'approve', next } as const;
    await openStage(served.runtime, { taskToken: 'a-token', flow });
    url = /http:\S+\/approvals\/\S+/.exec(world.runtime.mail.sent[0]?.text ?? '')?.[0] ?? '';
    browser = await chromium.launch({
      executablePath: chromiumPath,
      args: ['--no-sandbox', '--disable-background-networking'],
    });
  });

  afterAll(async () => {
    await browser?.close();
    server?.close();
    await endWorlds();
  });

  it('the form is refused from another site, is kept back until a choice is made, and decides with one', async () => {
    const context = await browser.newContext();
    context.setDefaultTimeout(10_000);
    const page = await context.newPage();
    await page.goto(url);
    const [cookie] = await context.cookies();
    expect(cookie).toMatchObject({ httpOnly: true, secure: true, sameSite: 'Strict', domain: '127.0.0.1', path: '/' });
    const nonce = await page.locator('input[name=nonce]').inputValue();

    const attacker = await context.newPage();
    await attacker.setContent(
      `<form method="post" action="${url}"><input name="nonce" value="${nonce}"><input name="choice" value="approve"></form>`,
    );
    const [refused] = await Promise.all([
      attacker.waitForResponse((response) => response.request().method() === 'POST'),
      attacker.evaluate('document.forms[0].submit()'),
    ]);
    expect(refused.status()).toBe(403);

    await page.getByRole('button', { name: 'Record my decision' }).click();
    expect(await page.title()).not.toContain('approved');
    expect((await stageOf(world)).outcome).toBe('open');

    await page.locator('label[for=approve]').click();
    await page.getByRole('button', { name: 'Record my decision' }).click();
    await page.getByRole('heading', { name: 'You approved.' }).waitFor();
    expect((await stageOf(world)).outcome).toBe('approved');
    expect(await context.cookies()).toEqual([]);
  });
});
