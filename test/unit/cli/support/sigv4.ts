import { createHash, createHmac } from 'node:crypto';
import type { Asked } from '../../../contract/loopback.ts';

/**
 * AWS Signature Version 4 as its specification describes it (Create a signed AWS API request, IAM User Guide), written from the
 * text for the side that checks: from the bytes of a request as they arrived, without the library that signs.
 */
export interface Keys {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
}

export interface Expected {
  readonly keys: Keys;
  readonly region: string;
  readonly service: string;
  readonly now: Date;
}

const sha256 = (data: string | Buffer): string => createHash('sha256').update(data).digest('hex');
const hmac = (key: string | Buffer, data: string): Buffer => createHmac('sha256', key).update(data).digest();

/** Everything but the unreserved characters of RFC 3986, byte by byte, in upper-case hexadecimal. */
function uriEncode(text: string): string {
  return [...Buffer.from(text, 'utf8')]
    .map((byte) => {
      const character = String.fromCharCode(byte);
      return /[A-Za-z0-9\-._~]/.test(character) ? character : `%${byte.toString(16).toUpperCase().padStart(2, '0')}`;
    })
    .join('');
}

/** The path as it arrived, each segment encoded once more: the rule for every service but S3. */
const canonicalUri = (path: string): string => path.split('/').map(uriEncode).join('/') || '/';

/** Names and values encoded, sorted by code point; a plus sign stands for itself. */
function canonicalQuery(query: string): string {
  if (query === '') return '';
  return query
    .split('&')
    .map((pair) => {
      const [name = '', ...value] = pair.split('=');
      return [name, value.join('=')].map((part) => uriEncode(decodeURIComponent(part)));
    })
    .sort(([a = '', x = ''], [b = '', y = '']) => (a === b ? (x < y ? -1 : 1) : a < b ? -1 : 1))
    .map(([name, value]) => `${name}=${value}`)
    .join('&');
}

/** The signature of a request whose signed headers are given. */
export function signatureOf(
  request: {
    readonly method: string;
    readonly path: string;
    readonly headers: Readonly<Record<string, string>>;
    readonly body: string | Buffer;
  },
  how: {
    readonly signedHeaders: readonly string[];
    readonly date: string;
    readonly region: string;
    readonly service: string;
  },
  secret: string,
): string {
  const [path = '', query = ''] = request.path.split(/\?(.*)/s);
  const headers = how.signedHeaders.map(
    (name) => `${name}:${(request.headers[name] ?? '').trim().replace(/ +/g, ' ')}\n`,
  );
  const canonical = [
    request.method,
    canonicalUri(path),
    canonicalQuery(query),
    headers.join(''),
    how.signedHeaders.join(';'),
    sha256(request.body),
  ].join('\n');
  const day = how.date.slice(0, 8);
  const scope = `${day}/${how.region}/${how.service}/aws4_request`;
  const toSign = ['AWS4-HMAC-SHA256', how.date, scope, sha256(canonical)].join('\n');
  const key = [how.region, how.service, 'aws4_request'].reduce(hmac, hmac(`AWS4${secret}`, day));
  return hmac(key, toSign).toString('hex');
}

const FIVE_MINUTES_MS = 300_000;

function instantOf(text: string): number {
  const parts = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(text);
  if (parts === null) return Number.NaN;
  return Date.parse(`${parts[1]}-${parts[2]}-${parts[3]}T${parts[4]}:${parts[5]}:${parts[6]}Z`);
}

/** Why a request is refused; `undefined` when its signature holds for these keys, here and now. */
export function wrongWith(asked: Asked, { keys, region, service, now }: Expected): string | undefined {
  const headers = asked.headers as Record<string, string>;
  const { authorization = '', 'x-amz-date': date = '' } = headers;
  const parts =
    /^AWS4-HMAC-SHA256 Credential=([^/]+)\/(\d{8})\/([^/]+)\/([^/]+)\/aws4_request, ?SignedHeaders=([^,]+), ?Signature=([0-9a-f]{64})$/.exec(
      authorization,
    );
  if (parts === null) return 'not signed';
  const [, accessKeyId, day, signedRegion, signedService, signedNames = '', signature] = parts;
  if (accessKeyId !== keys.accessKeyId) return 'unknown key';
  if (signedRegion !== region || signedService !== service || day !== date.slice(0, 8)) return 'other scope';
  if (!(Math.abs(instantOf(date) - now.getTime()) <= FIVE_MINUTES_MS)) return 'other time';
  if (headers['x-amz-security-token'] !== keys.sessionToken) return 'other session';
  const signedHeaders = signedNames.split(';');
  if (signedHeaders.join() !== [...signedHeaders].sort().join()) return 'headers not sorted';
  const mustBeSigned = Object.keys(headers).filter(
    (name) =>
      name === 'host' || name === 'content-type' || name.startsWith('x-amz-') || name.startsWith('countersign-'),
  );
  const bare = [...mustBeSigned, ...('idempotency-key' in headers ? ['idempotency-key'] : [])].find(
    (name) => !signedHeaders.includes(name),
  );
  if (bare !== undefined) return `${bare} not signed`;
  const right = signatureOf({ ...asked, headers }, { signedHeaders, date, region, service }, keys.secretAccessKey);
  return right === signature ? undefined : 'wrong signature';
}
