import { mkdir, readdir, stat, writeFile } from 'node:fs/promises';
import { get } from 'node:http';
import { join } from 'node:path';
import { createTransport, type SendMailOptions } from 'nodemailer';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ServiceFailed } from '../../../lib/local/services/errors.ts';
import { listMessages, waitForMessage } from '../../../lib/local/services/inbox.ts';
import { type Mail, startMail } from '../../../lib/local/services/mail.ts';
import { whenOver } from './processes.ts';
import { REFUSALS, refusalsOf } from './request.ts';
import { temporaryDirectory } from './temporary-directory.ts';

async function send(mail: Mail, message: SendMailOptions) {
  const transport = createTransport(mail.smtpUrl);
  try {
    await transport.sendMail({ from: 'Countersign <no-reply@countersign.test>', ...message });
  } finally {
    transport.close();
  }
}

describe('the mail server', () => {
  let mail: Mail;
  beforeAll(async () => {
    mail = await startMail({ smtpPort: 0, webPort: 0 });
  });
  afterAll(() => mail.close());

  it('shows what it got: addresses, subject, both bodies, headers', async () => {
    await send(mail, {
      to: 'Åsa Öberg <asa@example.test>',
      subject: 'Discount for Zürich – due 17:00',
      text: 'Please decide: http://127.0.0.1:4610/a.b',
      html: '<p>Please <a href="http://127.0.0.1:4610/a.b">decide</a></p>',
      headers: { 'X-Countersign-Execution': 'execution-1' },
    });
    const message = await waitForMessage(mail.inboxUrl, ({ subject }) => subject.startsWith('Discount'));
    expect(message).toMatchObject({
      from: [{ address: 'no-reply@countersign.test', name: 'Countersign' }],
      to: [{ address: 'asa@example.test', name: 'Åsa Öberg' }],
      subject: 'Discount for Zürich – due 17:00',
      headers: { 'x-countersign-execution': 'execution-1' },
    });
    expect(message.text.trim()).toBe('Please decide: http://127.0.0.1:4610/a.b');
    expect(message.html).toContain('<a href="http://127.0.0.1:4610/a.b">decide</a>');
    expect(await mail.messages()).toContainEqual(message);
  });

  it('waits for a mail that is on its way, and says when none comes', async () => {
    const awaited = waitForMessage(mail.inboxUrl, ({ subject }) => subject === 'Later');
    await send(mail, { to: 'a@example.test', subject: 'Later', text: 'later' });
    expect((await awaited).text.trim()).toBe('later');
    await expect(waitForMessage(mail.inboxUrl, () => false, { withinMs: 0 })).rejects.toBeInstanceOf(ServiceFailed);
  });

  it('keeps the inbox to itself: own names only, no other site, no web socket of another site', async () => {
    expect(await refusalsOf(mail.inboxUrl)).toEqual(REFUSALS);
    expect(await refusalsOf(mail.inboxUrl, '/email')).toEqual(REFUSALS);
    const socket = (headers: Record<string, string>) =>
      new Promise<string>((resolve) => {
        const upgrade = { connection: 'Upgrade', upgrade: 'websocket', 'sec-websocket-version': '13' };
        const request = get(`${mail.inboxUrl}/socket.io/?EIO=3&transport=websocket`, {
          headers: { ...upgrade, 'sec-websocket-key': 'AAAAAAAAAAAAAAAAAAAAAA==', ...headers },
          agent: false,
        });
        request.on('upgrade', (_response, upgraded) => {
          upgraded.destroy();
          resolve('open');
        });
        request.on('error', () => resolve('refused'));
      });
    expect(await socket({ origin: mail.inboxUrl })).toBe('open');
    expect(await socket({ origin: 'https://evil.test' })).toBe('refused');
    expect(await socket({ host: 'evil.test' })).toBe('refused');
  });

  it('passes no mail on', async () => {
    await send(mail, { to: 'a@example.test', subject: 'Stay', text: 'here' });
    const { id } = await waitForMessage(mail.inboxUrl, ({ subject }) => subject === 'Stay');
    const relay = await fetch(`${mail.inboxUrl}/email/${id}/relay/someone@example.test`, { method: 'POST' });
    expect(relay.status).toBe(500);
    const configuration = await fetch(`${mail.inboxUrl}/config`);
    expect(await configuration.json()).toMatchObject({ isOutgoingEnabled: false });
  });

  it('loads nothing from elsewhere: neither the page nor a mail that asks for it', async () => {
    const page = await fetch(mail.inboxUrl);
    expect(await page.text()).not.toMatch(/(src|href)="(https?:)?\/\//);
    expect(page.headers.get('content-security-policy')).not.toMatch(/https?:|\*/);
    await send(mail, { to: 'a@example.test', subject: 'Pixel', html: '<img src="https://evil.test/pixel.gif">' });
    const { id } = await waitForMessage(mail.inboxUrl, ({ subject }) => subject === 'Pixel');
    const shown = await fetch(`${mail.inboxUrl}/email/${id}/html`);
    expect(shown.headers.get('content-security-policy')).toMatch(/^default-src 'none'; .*img-src 'self' data:;/);
  });

  it('fails with a clear error when a port is taken', async () => {
    const port = Number(new URL(mail.inboxUrl).port);
    await expect(startMail({ smtpPort: 0, webPort: port })).rejects.toThrow(/EADDRINUSE/);
    const smtpPort = Number(new URL(mail.smtpUrl).port);
    await expect(startMail({ smtpPort, webPort: 0 })).rejects.toThrow(/EADDRINUSE/);
  });
});

describe('the mail server on a directory', () => {
  it('keeps mails over a stop and over kill -9, in their order, whatever else lies there', async () => {
    const directory = join(await temporaryDirectory(), 'mail');
    let mail = await startMail({ smtpPort: 0, webPort: 0, directory });
    try {
      expect((await stat(directory)).mode & 0o777).toBe(0o700);
      for (const [index, subject] of ['one', 'two'].entries()) {
        await send(mail, {
          to: 'a@example.test',
          subject,
          text: subject,
          date: new Date(Date.UTC(2026, 10, 20, index)),
        });
        await waitForMessage(mail.inboxUrl, (message) => message.subject === subject);
      }
      await mail.close();

      mail = await startMail({ smtpPort: 0, webPort: 0, directory });
      expect((await mail.messages()).map(({ subject }) => subject)).toEqual(['one', 'two']);
      await send(mail, {
        to: 'a@example.test',
        subject: 'three',
        text: 'three',
        date: new Date(Date.UTC(2026, 10, 21)),
      });
      await waitForMessage(mail.inboxUrl, (message) => message.subject === 'three');
      process.kill(mail.pid, 'SIGKILL');
      await whenOver(mail.pid);

      await writeFile(join(directory, 'torn.eml'), '');
      await mkdir(join(directory, 'attachments'));
      mail = await startMail({ smtpPort: 0, webPort: 0, directory });
      const subjects = (await mail.messages()).map(({ subject }) => subject);
      expect(subjects.filter((subject) => subject !== '')).toEqual(['one', 'two', 'three']);
      expect((await readdir(directory)).length).toBeGreaterThan(3);
    } finally {
      await mail.close();
    }
    await expect(listMessages(mail.inboxUrl)).rejects.toBeInstanceOf(ServiceFailed);
  });
});
