import { type AddressInfo, createServer, type Socket } from 'node:net';
import { SESv2Client } from '@aws-sdk/client-sesv2';
import { describe, expect, test } from 'vitest';
import { deliverAs, messageIdOf } from '../../lib/platform/mail/deliver-as.ts';
import { MailNotAccepted } from '../../lib/platform/mail/mail-not-accepted.ts';
import type { MailSender } from '../../lib/platform/mail/mail-sender.ts';
import { sesMailSender } from '../../lib/platform/mail/ses.ts';
import { smtpMailSender } from '../../lib/platform/mail/smtp.ts';
import { testSettings } from '../support/runtime.ts';
import { clientTo, startLoopback } from './loopback.ts';

const FROM = 'Countersign <countersign@example.com>';

/** What a transport does with the mails that it is handed. */
type Behaviour = 'accept' | 'refuse' | 'busy';

interface Subject {
  readonly sender: MailSender;
  /** The raw mails that arrived. */
  readonly received: string[];
  close(): Promise<void>;
}

/** As much of an SMTP server (RFC 5321) as takes one mail after the other. */
async function smtpSubject(behaviour: Behaviour): Promise<Subject> {
  const received: string[] = [];
  const sockets = new Set<Socket>();
  const toRecipient = { accept: '250 ok', refuse: '550 no such mailbox', busy: '451 try again later' }[behaviour];
  const server = createServer((socket) => {
    sockets.add(socket);
    let text = '';
    let inData = false;
    socket.write('220 test\r\n');
    socket.on('error', () => {});
    socket.on('data', (chunk: Buffer) => {
      text += chunk.toString('utf8');
      for (;;) {
        const end = text.indexOf(inData ? '\r\n.\r\n' : '\r\n');
        if (end < 0) return;
        const line = text.slice(0, end);
        text = text.slice(end + (inData ? 5 : 2));
        if (inData) {
          received.push(line);
          inData = false;
          socket.write('250 taken\r\n');
        } else if (/^DATA/i.test(line)) {
          inData = true;
          socket.write('354 go on\r\n');
        } else if (/^RCPT/i.test(line)) socket.write(`${toRecipient}\r\n`);
        else if (/^QUIT/i.test(line)) socket.end('221 bye\r\n');
        else socket.write('250 ok\r\n');
      }
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    sender: smtpMailSender({ host: '127.0.0.1', port, from: FROM }),
    received,
    close: () => {
      for (const socket of sockets) socket.destroy();
      return new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}

/** As much of the SES API v2 as sends one raw mail. */
async function sesSubject(behaviour: Behaviour): Promise<Subject> {
  const received: string[] = [];
  const server = await startLoopback(({ body }) => {
    const failure = { refuse: [400, 'MessageRejected'], busy: [429, 'TooManyRequestsException'] } as const;
    if (behaviour !== 'accept') {
      const [status, type] = failure[behaviour];
      return { status, headers: { 'x-amzn-errortype': type }, body: JSON.stringify({ message: 'no' }) };
    }
    const { Content } = JSON.parse(body.toString()) as { Content: { Raw: { Data: string } } };
    received.push(Buffer.from(Content.Raw.Data, 'base64').toString('utf8'));
    return { status: 200, body: JSON.stringify({ MessageId: 'ses-1' }) };
  });
  const client = new SESv2Client({ ...clientTo(server.url), maxAttempts: 1 });
  return {
    sender: sesMailSender(client, FROM),
    received,
    async close() {
      client.destroy();
      await server.close();
    },
  };
}

const mail = {
  to: 'ada@example.com',
  subject: 'Published: Discount for Müller',
  text: 'It is published.\n',
  html: '<p>It is published.</p>',
  headers: { 'Auto-Submitted': 'auto-generated' },
};

describe.each([
  ['SMTP', smtpSubject],
  ['Amazon SES', sesSubject],
])('mail over %s', (_name, start) => {
  async function with_<T>(behaviour: Behaviour, work: (subject: Subject) => Promise<T>): Promise<T> {
    const subject = await start(behaviour);
    try {
      return await work(subject);
    } finally {
      await subject.close();
    }
  }

  test('carries text, HTML, headers and the name of the mail', async () => {
    await with_('accept', async ({ sender, received }) => {
      const runtime = { mail: sender, settings: testSettings };
      await deliverAs(runtime, { executionId: 'ex-1', mailId: 'outcome' }, mail);
      await deliverAs(runtime, { executionId: 'ex-1', mailId: 'outcome' }, mail);
      const [first, second] = received;
      expect(first).toMatch(/^Message-ID: <ex-1\.outcome@example\.com>\r?$/im);
      expect(second).toMatch(/^Message-ID: <ex-1\.outcome@example\.com>\r?$/im);
      expect(first).toMatch(/^From: Countersign <countersign@example\.com>\r?$/m);
      expect(first).toMatch(/^To: ada@example\.com\r?$/m);
      expect(first).toMatch(/^Auto-Submitted: auto-generated\r?$/m);
      expect(first).toContain('text/plain');
      expect(first).toContain('text/html');
    });
  });

  test.each([
    ['refuse', true],
    ['busy', false],
  ] as const)('a transport that says %s: MailNotAccepted, permanent is %s', async (behaviour, permanent) => {
    await with_(behaviour, async ({ sender, received }) => {
      const error = await sender.send(mail).catch((thrown: unknown) => thrown);
      expect(error).toBeInstanceOf(MailNotAccepted);
      expect(error).toMatchObject({ code: 'MailNotAccepted', permanent });
      // The words of the error are logged; the mail's reader is not to be found there.
      expect((error as Error).message).not.toContain('ada@example.com');
      expect(received).toEqual([]);
    });
  });

  test('a transport out of reach: MailNotAccepted, and worth another try', async () => {
    const subject = await start('accept');
    await subject.close();
    const error = await subject.sender.send(mail).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: 'MailNotAccepted', permanent: false });
  });
});

test('a line break in a name cannot add a header', () => {
  expect(messageIdOf({ executionId: 'ex-1', mailId: 'a\r\nBcc: x@y' }, FROM)).toBe('<ex-1.a--Bcc--x-y@example.com>');
});
