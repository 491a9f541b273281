import { createPrivateKey, createPublicKey, generateKeyPairSync } from 'node:crypto';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { newSigningKey, pemSigner, signatureCheck } from '../../../lib/platform/audit/signer.ts';
import {
  type DsseEnvelope,
  preAuthenticationEncoding,
  signEnvelope,
  verifyEnvelope,
} from '../../../lib/platform/evidence/dsse.ts';

/**
 * The test vector of the DSSE protocol document, v1.0.0 (https://github.com/secure-systems-lab/dsse, `protocol.md`, "Test
 * Vectors"). Its signature is the raw concatenation of r and s.
 */
const VECTOR = {
  payloadType: 'http://example.com/HelloWorld',
  payload: 'hello world',
  pae: 'DSSEv1 29 http://example.com/HelloWorld 11 hello world',
  x: 46950820868899156662930047687818585632848591499744589407958293238635476079160n,
  y: 5640078356564379163099075877009565129882514886557779369047442380624545832820n,
  d: 97358161215184420915383655311931858321456579547487070936769975997791359926199n,
  base64: 'aGVsbG8gd29ybGQ=',
  sig: 'A3JqsQGtVsJ2O2xqrI5IcnXip5GToJ3F+FnZ+O88SjtR6rDAajabZKciJTfUiHqJPcIAriEGAHTVeCUjW2JIZA==',
};

const bytes32 = (number: bigint) => Buffer.from(number.toString(16).padStart(64, '0'), 'hex');
const jwk = {
  kty: 'EC',
  crv: 'P-256',
  x: bytes32(VECTOR.x).toString('base64url'),
  y: bytes32(VECTOR.y).toString('base64url'),
};
const publicKey = createPublicKey({ key: jwk, format: 'jwk' }).export({ type: 'spki', format: 'pem' }).toString();
const privateKey = createPrivateKey({ key: { ...jwk, d: bytes32(VECTOR.d).toString('base64url') }, format: 'jwk' })
  .export({ type: 'pkcs8', format: 'pem' })
  .toString();

/** The same signature as DER, as AWS KMS and openssl write it. */
function derOf(raw: Buffer): Buffer {
  const integer = (bytes: Buffer): Buffer => {
    const from = bytes.findIndex((byte) => byte !== 0);
    const short = bytes.subarray(from);
    const value = short[0]! >= 0x80 ? Buffer.concat([Buffer.of(0), short]) : short;
    return Buffer.concat([Buffer.of(0x02, value.length), value]);
  };
  const body = Buffer.concat([integer(raw.subarray(0, 32)), integer(raw.subarray(32))]);
  return Buffer.concat([Buffer.of(0x30, body.length), body]);
}

const text = (bytes: Uint8Array) => Buffer.from(bytes).toString('utf8');
const hello = Buffer.from(VECTOR.payload, 'utf8');

describe('the vector of the specification', () => {
  test('is encoded byte for byte', () => {
    expect(text(preAuthenticationEncoding(VECTOR.payloadType, hello))).toBe(VECTOR.pae);
  });

  test('has a signature that holds', () => {
    const sig = derOf(Buffer.from(VECTOR.sig, 'base64')).toString('base64');
    const envelope = { payload: VECTOR.base64, payloadType: VECTOR.payloadType, signatures: [{ sig }] };
    const checked = verifyEnvelope(envelope, VECTOR.payloadType, [signatureCheck(publicKey)]);
    expect(checked).toMatchObject({ ok: true });
    expect(checked.ok && text(checked.payload)).toBe(VECTOR.payload);
  });

  test('is signed by its own key in the same envelope, but for the nonce of the signature', async () => {
    const envelope = await signEnvelope(VECTOR.payloadType, hello, pemSigner(privateKey));
    expect(envelope).toMatchObject({ payload: VECTOR.base64, payloadType: VECTOR.payloadType });
    expect(verifyEnvelope(envelope, VECTOR.payloadType, [signatureCheck(publicKey)]).ok).toBe(true);
  });
});

describe('the encoding', () => {
  test('counts bytes, not letters', () => {
    expect(text(preAuthenticationEncoding('é', Buffer.from('ü', 'utf8')))).toBe('DSSEv1 2 é 2 ü');
    expect(text(preAuthenticationEncoding('', Buffer.alloc(0)))).toBe('DSSEv1 0  0 ');
  });

  test('is another one for every other pair', () => {
    const pair = fc.tuple(fc.string({ maxLength: 6 }), fc.string({ maxLength: 6 }));
    fc.assert(
      fc.property(pair, pair, ([type, body], [otherType, otherBody]) => {
        fc.pre(type !== otherType || body !== otherBody);
        const one = preAuthenticationEncoding(type, Buffer.from(body, 'utf8'));
        const other = preAuthenticationEncoding(otherType, Buffer.from(otherBody, 'utf8'));
        return text(one) !== text(other);
      }),
    );
  });
});

describe.each([
  ['Ed25519', pemSigner(newSigningKey())],
  [
    'ECDSA on P-256',
    pemSigner(
      generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    ),
  ],
])('an envelope signed with %s', (_name, signer) => {
  const TYPE = 'application/vnd.test+json';
  const key = signatureCheck(signer.publicKey);
  const other = signatureCheck(pemSigner(newSigningKey()).publicKey);
  const sealed = () => signEnvelope(TYPE, hello, signer);

  test('holds by one of the known keys, whatever its keyid claims', async () => {
    const envelope = await sealed();
    expect(verifyEnvelope(envelope, TYPE, [other, key])).toMatchObject({ ok: true, signedBy: { keyId: signer.keyId } });
    for (const keyid of [undefined, 'other', other.keyId]) {
      const { sig } = envelope.signatures[0]!;
      const signatures = [keyid === undefined ? { sig } : { keyid, sig }];
      expect(verifyEnvelope({ ...envelope, signatures }, TYPE, [other, key]).ok).toBe(true);
    }
  });

  test('holds by one of several signatures', async () => {
    const envelope = await sealed();
    const signatures = [{ keyid: 'elsewhere', sig: 'AAAA' }, ...envelope.signatures];
    expect(verifyEnvelope({ ...envelope, signatures }, TYPE, [key]).ok).toBe(true);
  });

  test('is read in either alphabet of base64', async () => {
    const payload = Buffer.from([0xfb, 0xff, 0xfe]);
    const envelope = await signEnvelope(TYPE, payload, signer);
    expect(envelope.payload).toBe('+//+');
    const url: DsseEnvelope = {
      ...envelope,
      payload: '-__-',
      signatures: envelope.signatures.map(({ keyid, sig }) => ({
        keyid: keyid!,
        sig: Buffer.from(sig, 'base64').toString('base64url'),
      })),
    };
    expect(verifyEnvelope(url, TYPE, [key])).toMatchObject({ ok: true });
  });

  test('is told apart: by whom it was not signed, and what does not hold', async () => {
    const envelope = await sealed();
    expect(verifyEnvelope(envelope, TYPE, [other])).toEqual({ ok: false, problem: 'unknown-key' });
    expect(verifyEnvelope(envelope, TYPE, [])).toEqual({ ok: false, problem: 'unknown-key' });
    const altered = { ...envelope, payload: Buffer.from('hello World', 'utf8').toString('base64') };
    expect(verifyEnvelope(altered, TYPE, [key])).toEqual({ ok: false, problem: 'wrong-signature' });
    // The type is signed as well.
    expect(verifyEnvelope({ ...envelope, payloadType: 'x' }, 'x', [key])).toMatchObject({ problem: 'wrong-signature' });
    expect(verifyEnvelope(envelope, 'x', [key])).toEqual({ ok: false, problem: 'other-type' });
  });

  test.each<[string, (envelope: DsseEnvelope) => unknown]>([
    ['nothing', () => null],
    ['no signature', (envelope) => ({ ...envelope, signatures: [] })],
    ['something more', (envelope) => ({ ...envelope, more: 1 })],
    ['a payload that is no base64', (envelope) => ({ ...envelope, payload: 'a b' })],
  ])('is malformed with %s', async (_what, change) => {
    expect(verifyEnvelope(change(await sealed()), TYPE, [key])).toEqual({ ok: false, problem: 'malformed' });
  });
});
