import type { Mail } from './mail-sender.ts';

/** Longest encoded word (RFC 2047, section 2), and how much of it `=?UTF-8?B?` and `?=` take. */
const ENCODED_WORD = 75;
const AROUND_WORD = 12;
/** Longest line of encoded text (RFC 2045, section 6.8). */
const LINE = 76;

/** A header line has 998 characters at most (RFC 5322, section 2.1.1), its name among them. */
const LONGEST_HEADER = 900;

const PLAIN = /^[\x20-\x7e]*$/;
const HEADER_NAME = /^[!-9;-~]+$/;

/** Text in pieces of at most so many bytes of UTF-8, none of which splits a character. */
function pieces(text: string, bytes: number): string[] {
  const found: string[] = [];
  let piece = '';
  for (const character of text) {
    if (Buffer.byteLength(piece + character) > bytes) {
      found.push(piece);
      piece = '';
    }
    piece += character;
  }
  return [...found, piece];
}

/** Unstructured text of a header: as it is, or as encoded words, folded between them (RFC 2047). */
function encodedText(text: string): string {
  // What looks like an encoded word already would be read as one.
  if (PLAIN.test(text) && text.length <= LONGEST_HEADER && !text.includes('=?')) return text;
  const bytes = Math.floor((ENCODED_WORD - AROUND_WORD) / 4) * 3;
  return pieces(text, bytes)
    .map((piece) => `=?UTF-8?B?${Buffer.from(piece).toString('base64')}?=`)
    .join('\r\n ');
}

/**
 * An address, with its display name as encoded words where it needs them (RFC 5322, section 3.4).
 * @throws RangeError when the address itself is outside of ASCII.
 */
export function encodedAddress(address: string): string {
  if (PLAIN.test(address)) return address;
  const [, name = '', spec] = /^(.*?)\s*(<[^<>]*>)$/.exec(address) ?? [];
  if (spec === undefined || !PLAIN.test(spec))
    throw new RangeError('A mail address outside of ASCII cannot be written.');
  return `${encodedText(name.replace(/^"(.*)"$/, '$1'))} ${spec}`;
}

/** One header line; its value is encoded, so it breaks only where it is folded. */
function header(name: string, value: string): string {
  if (!HEADER_NAME.test(name)) throw new RangeError(`The header ${JSON.stringify(name)} cannot be written.`);
  return `${name}: ${value}`;
}

function textPart(type: string, text: string): string {
  const body = Buffer.from(text.replace(/\r?\n/g, '\r\n'))
    .toString('base64')
    .replace(new RegExp(`.{${LINE}}(?=.)`, 'g'), '$&\r\n');
  return `Content-Type: ${type}; charset=utf-8\r\nContent-Transfer-Encoding: base64\r\n\r\n${body}\r\n`;
}

/**
 * A mail as the message that goes over the wire: text and HTML as alternatives, everything in ASCII (RFC 5322, 2045 to 2047).
 * The same mail gives the same bytes. Whoever transports it adds `Date`.
 * @throws RangeError for a header whose name is none, or an address outside of ASCII.
 */
export function mimeMessage(mail: Mail, from: string): string {
  // Base64 has no hyphen, so no part can hold the boundary.
  const boundary = 'countersign-alternatives-';
  const alternatives = [textPart('text/plain', mail.text), textPart('text/html', mail.html)];
  return [
    header('From', encodedAddress(from)),
    header('To', encodedAddress(mail.to)),
    header('Subject', encodedText(mail.subject)),
    ...Object.entries(mail.headers ?? {}).map(([name, value]) => header(name, encodedText(value))),
    'MIME-Version: 1.0',
    `Content-Type: multipart/alternative; boundary="${boundary}"`,
    '',
    ...alternatives.map((part) => `--${boundary}\r\n${part}`),
    `--${boundary}--`,
    '',
  ].join('\r\n');
}
