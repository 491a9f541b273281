import * as fc from 'fast-check';
import { createTransport } from 'nodemailer';
import { describe, expect, test } from 'vitest';
import { mimeMessage } from '../../lib/platform/mail/mime.ts';

const FROM = 'Countersign <countersign@example.com>';
const mail = { to: 'ada@example.com', subject: 'Published', text: 'It is.\n', html: '<p>It is.</p>' };

interface Parsed {
  readonly headers: ReadonlyMap<string, string>;
  readonly body: string;
}

/** Headers and body of a message or part (RFC 5322), folded lines joined. */
function parsed(message: string): Parsed {
  const end = message.indexOf('\r\n\r\n');
  const lines = message
    .slice(0, end)
    .replace(/\r\n(?=[ \t])/g, '')
    .split('\r\n');
  const headers = new Map(
    lines.map((line) => [line.slice(0, line.indexOf(':')).toLowerCase(), line.slice(line.indexOf(':') + 2)]),
  );
  return { headers, body: message.slice(end + 4) };
}

/** A header's text with its encoded words decoded; white space between two of them does not count (RFC 2047, section 6.2). */
function decoded(value: string): string {
  return value
    .replace(/\?=[ \t]+(?==\?)/g, '?=')
    .replace(/=\?UTF-8\?B\?([^?]*)\?=/g, (_word, text: string) => Buffer.from(text, 'base64').toString('utf8'));
}

function partsOf(message: string): Parsed[] {
  const { headers, body } = parsed(message);
  const boundary = /boundary="([^"]+)"/.exec(headers.get('content-type') ?? '')?.[1];
  return body
    .split(`--${boundary}`)
    .slice(1, -1)
    .map((part) => parsed(part.replace(/^\r\n/, '')));
}

const textOf = ({ body }: Parsed) => Buffer.from(body, 'base64').toString('utf8').replaceAll('\r\n', '\n');

describe('a mail as a message', () => {
  const line = fc.string({ unit: 'grapheme', maxLength: 200 });

  test('gives back subject, text and HTML of any script, in lines of ASCII that are short enough', () => {
    fc.assert(
      fc.property(line, fc.string({ unit: 'grapheme' }), fc.string({ unit: 'grapheme' }), (subject, text, html) => {
        const plain = text.replaceAll('\r', '');
        const message = mimeMessage({ ...mail, subject, text: plain, html: html.replaceAll('\r', '') }, FROM);
        expect(message).toMatch(/^[\x20-\x7e\r\n]*$/);
        expect(message).not.toMatch(/[^\r]\n|\r[^\n]/);
        for (const each of message.split('\r\n')) expect(each.length).toBeLessThanOrEqual(998);
        expect(decoded(parsed(message).headers.get('subject') ?? '')).toBe(subject);
        expect(partsOf(message).map(textOf)).toEqual([plain, html.replaceAll('\r', '')]);
      }),
    );
  });

  test('lets nothing begin a header of its own', () => {
    fc.assert(
      fc.property(line, line, (before, after) => {
        const value = `${before}\r\nBcc: thief@example.com\r\n\r\n${after}`;
        const message = mimeMessage({ ...mail, subject: value, headers: { 'X-Note': value } }, FROM);
        const { headers } = parsed(message);
        expect([...headers.keys()]).toEqual(['from', 'to', 'subject', 'x-note', 'mime-version', 'content-type']);
        expect(decoded(headers.get('x-note') ?? '')).toBe(value);
      }),
    );
    expect(() => mimeMessage({ ...mail, headers: { 'X: y\r\nBcc': 'z' } }, FROM)).toThrow(RangeError);
    expect(() => mimeMessage({ ...mail, to: 'ada@example.com\r\nBcc: thief@example.com' }, FROM)).toThrow(RangeError);
  });

  test('says the same as nodemailer, which writes the mails of the local system', async () => {
    const given = {
      ...mail,
      to: 'Ada Müller <ada@example.com>',
      subject: 'Für Sie: „Rabatt“ =?x?= 日本',
      headers: { 'Auto-Submitted': 'auto-generated' },
    };
    const transport = createTransport({ streamTransport: true, buffer: true, newline: 'windows' });
    const { message } = await transport.sendMail({ ...given, from: FROM, encoding: 'base64' });
    const [theirs, ours] = [String(message), mimeMessage(given, FROM)].map(parsed);
    for (const name of ['from', 'subject', 'auto-submitted', 'mime-version'])
      expect(decoded(ours?.headers.get(name) ?? ''), name).toBe(decodedEither(theirs?.headers.get(name) ?? ''));
    expect(decoded(ours?.headers.get('to') ?? '')).toBe('Ada Müller <ada@example.com>');
    expect(ours?.headers.get('content-type')).toMatch(/^multipart\/alternative;/);
    expect(theirs?.headers.get('content-type')).toMatch(/^multipart\/alternative;/);
  });
});

/** Also words in the other encoding of RFC 2047, which nodemailer prefers. */
function decodedEither(value: string): string {
  const bytes = (text: string) =>
    Buffer.from(
      text
        .replaceAll('_', ' ')
        .replace(/=([0-9A-F]{2})/g, (_m, hex: string) => String.fromCharCode(Number.parseInt(hex, 16))),
      'latin1',
    );
  const joined = value.replace(/\?=[ \t]+(?==\?)/g, '?=');
  return decoded(joined.replace(/=\?UTF-8\?Q\?([^?]*)\?=/g, (_word, text: string) => bytes(text).toString('utf8')));
}
