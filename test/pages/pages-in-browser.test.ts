import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { chromiumPath, hasChromium } from '../support/chromium.ts';
import { runsSlowTests } from '../support/slow.ts';
import { hostileSamples, withTexts } from '../unit/pages/hostile.ts';
import { pages } from '../unit/pages/rendered.ts';
import * as views from './fixtures.ts';
import { elementsOf, lowContrast, structureProblems } from './in-page.ts';
import { type PageServer, servePages } from './page-server.ts';

const pathOf = (name: string): string => `/${name.replaceAll(' ', '-')}`;
const served = new Map(pages.map(({ name, render }) => [pathOf(name), render((view) => view)]));
// The forms post to the address in the fixtures; the answer is a page that is known to be harmless.
served.set('/approve/k3v9', served.get('/decision') ?? '');

describe.skipIf(!hasChromium)(`pages in a real browser (${chromiumPath})`, () => {
  let browser: Browser;
  let server: PageServer;
  let context: BrowserContext;

  beforeAll(async () => {
    server = await servePages(served);
    browser = await chromium.launch({
      executablePath: chromiumPath,
      args: ['--no-sandbox', '--disable-background-networking', '--disable-gpu'],
    });
  });
  afterAll(async () => {
    await browser?.close();
    await server?.close();
  });
  afterEach(async () => {
    await context?.close();
    server.seen.length = 0;
  });

  const open = async (name: string, options: { width?: number; dark?: boolean } = {}): Promise<Page> => {
    context = await browser.newContext({
      viewport: { width: options.width ?? 1280, height: 800 },
      colorScheme: options.dark === true ? 'dark' : 'light',
    });
    const page = await context.newPage();
    await page.goto(`${server.origin}${pathOf(name)}`);
    return page;
  };

  // CI looks at every page; a developer's machine at the layouts that differ most.
  const looked = runsSlowTests ? pages : pages.filter((_page, index) => index % 3 === 0);

  for (const { name } of looked) {
    it(`${name}: fits 320 pixels, keeps the policy, asks for nothing else, and is sound and readable`, async () => {
      context = await browser.newContext({ viewport: { width: 320, height: 700 } });
      const page = await context.newPage();
      const complaints: string[] = [];
      const asked: string[] = [];
      page.on('console', (message) => complaints.push(message.text()));
      page.on('pageerror', (error) => complaints.push(error.message));
      page.on('request', (request) => asked.push(new URL(request.url()).pathname));
      const response = await page.goto(`${server.origin}${pathOf(name)}`);
      expect(response?.status()).toBe(200);
      expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(320);
      // The style applies, so the hash in the policy is the style's.
      expect(await page.evaluate('getComputedStyle(document.body).marginTop')).toBe('0px');
      expect(await page.evaluate(structureProblems)).toEqual([]);
      for (const colorScheme of ['light', 'dark'] as const) {
        await page.emulateMedia({ colorScheme });
        const { checked, failures } = await page.evaluate<{ checked: number; failures: string[] }>(lowContrast);
        expect(checked).toBeGreaterThan(3);
        expect(failures, colorScheme).toEqual([]);
      }
      expect(complaints).toEqual([]);
      expect(asked).toEqual([pathOf(name)]);
    });
  }

  it('the contrast check sees a text that is too pale', async () => {
    const page = await open('approval');
    // The policy allows no other style, and none by attribute; the object model is not its matter.
    await page.evaluate("document.querySelector('.lead').style.color = '#bbb'");
    const { failures } = await page.evaluate<{ failures: string[] }>(lowContrast);
    expect(failures.join()).toMatch(/^bdi/);
  });

  it('a scanner that submits the form as found sends no choice', async () => {
    const page = await open('approval');
    await Promise.all([
      page.waitForURL('**/approve/k3v9'),
      page.evaluate("HTMLFormElement.prototype.submit.call(document.querySelector('form'))"),
    ]);
    const post = server.seen.find(({ method }) => method === 'POST');
    expect(post?.fields.get('nonce')).toBe('n-5f0b2c7e9a');
    expect(post?.fields.has('choice')).toBe(false);
  });

  it('a click on the button without a choice sends nothing', async () => {
    const page = await open('approval');
    await page.click('button');
    expect(await page.evaluate("document.querySelector('form').checkValidity()")).toBe(false);
    expect(server.seen.map(({ method }) => method)).toEqual(['GET']);
  });

  it('the keyboard alone completes the form, with the focus in sight; the post names this origin', async () => {
    const page = await open('approval');
    const focused = (): Promise<string> =>
      page.evaluate('document.activeElement.id || document.activeElement.localName');
    const outlined = (selector: string): Promise<string> =>
      page.evaluate(`getComputedStyle(document.querySelector('${selector}')).outlineStyle`);
    await page.keyboard.press('Tab');
    expect(await focused()).toBe('approve');
    expect(await outlined('.option:has(#approve)')).toBe('solid');
    await page.keyboard.press('ArrowDown');
    expect(await focused()).toBe('reject');
    expect(await page.isChecked('#reject')).toBe(true);
    await page.keyboard.press('Tab');
    expect(await focused()).toBe('comment');
    expect(await outlined('#comment')).toBe('solid');
    await page.keyboard.type('Too thin.');
    await page.keyboard.press('Tab');
    expect(await focused()).toBe('button');
    expect(await outlined('button')).toBe('solid');
    await Promise.all([page.waitForURL('**/approve/k3v9'), page.keyboard.press('Enter')]);
    const post = server.seen.find(({ method }) => method === 'POST');
    expect(Object.fromEntries(post?.fields ?? [])).toEqual({
      nonce: 'n-5f0b2c7e9a',
      choice: 'reject',
      comment: 'Too thin.',
    });
    expect(post?.origin).toBe(server.origin);
    expect(post?.referer).toBe(`${server.origin}/approval`);
  });

  it('prints dark ink on white paper, whatever the scheme, without the button', async () => {
    const page = await open('approval', { dark: true });
    await page.emulateMedia({ media: 'print', colorScheme: 'dark' });
    expect(await page.evaluate('getComputedStyle(document.body).backgroundColor')).toBe('rgb(255, 255, 255)');
    expect((await page.evaluate<{ failures: string[] }>(lowContrast)).failures).toEqual([]);
    expect(await page.isVisible('button')).toBe(false);
  });

  it('the whole card of a choice can be tapped', async () => {
    const page = await open('approval', { width: 320 });
    const card = page.locator('.option:has(#request-changes)');
    await card.scrollIntoViewIfNeeded();
    const { x, y, width, height } = (await card.boundingBox())!;
    await page.mouse.click(x + width - 4, y + height - 4);
    expect(await page.isChecked('#request-changes')).toBe(true);
  });

  it('an error leads to its field and keeps what was written', async () => {
    const page = await open('fullApproval', { width: 320 });
    expect(await page.title()).toMatch(/^Not recorded yet/);
    await page.click('.problem a');
    expect(await page.evaluate("document.getElementById('comment').matches(':target')")).toBe(true);
    expect(await page.inputValue('#comment')).toMatch(/^The margin is /);
  });

  const codePath = (at: number): string =>
    views.codeViews.map(({ code }, one) => `code ${one + 1} ${code.notice}`)[at] ?? '';

  it('a code is typed and recorded by the keyboard alone; the Enter key records, and asks for no other code', async () => {
    const page = await open(codePath(0), { width: 320 });
    await page.keyboard.press('Tab');
    expect(await page.evaluate('document.activeElement.id')).toBe('code');
    expect(await page.evaluate("getComputedStyle(document.querySelector('#code')).outlineStyle")).toBe('solid');
    await page.keyboard.type('12a456');
    await page.keyboard.press('Enter');
    expect(server.seen.map(({ method }) => method)).toEqual(['GET']);
    await page.fill('#code', '123 456');
    await Promise.all([page.waitForURL('**/approve/k3v9'), page.keyboard.press('Enter')]);
    const post = server.seen.find(({ method }) => method === 'POST');
    expect(Object.fromEntries(post?.fields ?? [])).toEqual({
      nonce: 'n-5f0b2c7e9a',
      choice: 'request-changes',
      comment: 'Shorten the payment time.\r\n45 days would do.',
      code: '123 456',
    });
    expect(post?.origin).toBe(server.origin);
  });

  it('another code is asked for without entering one', async () => {
    const page = await open(codePath(0));
    await Promise.all([page.waitForURL('**/approve/k3v9'), page.click('button[name=again]')]);
    const post = server.seen.find(({ method }) => method === 'POST');
    expect(post?.fields.get('again')).toBe('yes');
    expect(post?.fields.get('choice')).toBe('request-changes');
  });

  it('a wrong code leads to its field', async () => {
    const page = await open(codePath(2), { width: 320 });
    await page.click('.problem a');
    expect(await page.evaluate("document.getElementById('code').matches(':target')")).toBe(true);
    expect(await page.getAttribute('#code', 'aria-invalid')).toBe('true');
  });

  it('texts of attackers build the same elements as plain ones, by the parser of a browser', async () => {
    const page = await open('unknown link');
    const elements = (html: string): Promise<string[]> => page.evaluate(elementsOf(html));
    for (const { render } of pages) {
      const expected = await elements(render((view) => withTexts(view, () => 'plain')));
      let turn = 0;
      const next = (): string => hostileSamples[turn++ % hostileSamples.length] ?? '';
      expect(await elements(render((view) => withTexts(view, next)))).toEqual(expected);
    }
  });
});
