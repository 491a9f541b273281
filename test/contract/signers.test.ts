import { createHash, createPublicKey, generateKeyPairSync } from 'node:crypto';
import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { KMSClient } from '@aws-sdk/client-kms';
import * as fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { digestOfBytes } from '../../lib/core/digest.ts';
import { InvalidInput } from '../../lib/core/errors.ts';
import { localSigner } from '../../lib/local/signer.ts';
import { newSigningKey, pemSigner, type Signer, signatureCheck } from '../../lib/platform/audit/signer.ts';
import { kmsSigner } from '../../lib/platform/aws/kms-signer.ts';
import { awsPlace } from '../../lib/platform/aws/place.ts';
import { fixedRetries } from '../../lib/platform/aws/retry-strategy.ts';
import { SIGNING_KEY_VARIABLE, signerPort } from '../../lib/platform/aws/signer-port.ts';
import { type FakeKms, startFakeKms } from './fake-kms.ts';
import { clientTo } from './loopback.ts';

const ALIAS = 'alias/countersign-test-signing';
const RETRIES = { retryStrategy: fixedRetries([1, 1, 1]), maxAttempts: 4 };

interface Subject {
  readonly signer: () => Promise<Signer>;
  close(): Promise<void>;
}

async function fileSubject(): Promise<Subject> {
  const folder = await mkdtemp(join(tmpdir(), 'countersign-signer-'));
  return {
    signer: () => localSigner(join(folder, 'key.pem')),
    close: () => rm(folder, { recursive: true, force: true }),
  };
}

async function p256Subject(): Promise<Subject> {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const signer = pemSigner(privateKey.export({ type: 'pkcs8', format: 'pem' }).toString());
  return { signer: async () => signer, close: async () => {} };
}

async function kmsSubject(): Promise<Subject> {
  const kms = await startFakeKms(ALIAS);
  const client = new KMSClient({ ...clientTo(kms.url), ...RETRIES });
  return {
    signer: kmsSigner(client, ALIAS),
    async close() {
      client.destroy();
      await kms.close();
    },
  };
}

describe.each([
  ['a key in a file', fileSubject, 'Ed25519'],
  ['a P-256 key as PEM', p256Subject, 'ECDSA-P256-SHA256'],
  ['a key in AWS KMS', kmsSubject, 'ECDSA-P256-SHA256'],
] as const)('%s', (_name, start, algorithm) => {
  let subject: Subject;
  let signer: Signer;
  beforeEach(async () => {
    subject = await start();
    signer = await subject.signer();
  });
  afterEach(() => subject.close());

  test('is named by the digest of its public key, and says how it signs', () => {
    const der = createPublicKey(signer.publicKey).export({ type: 'spki', format: 'der' });
    expect(signer.keyId).toBe(digestOfBytes(der));
    expect(signer.algorithm).toBe(algorithm);
    expect(signatureCheck(signer.publicKey)).toMatchObject({ keyId: signer.keyId, algorithm });
  });

  test.each([0, 1, 4096, 4097, 100_000])('signs %i bytes so that its public key alone shows it', async (length) => {
    const bytes = Buffer.alloc(length, 7);
    const signature = await signer.sign(bytes);
    const check = signatureCheck(signer.publicKey);
    expect(check.holds(bytes, signature)).toBe(true);
    expect(check.holds(Buffer.concat([bytes, Buffer.of(0)]), signature)).toBe(false);
    expect(signatureCheck(pemSigner(newSigningKey()).publicKey).holds(bytes, signature)).toBe(false);
  });

  test('whatever bit of a signature is changed, it no longer holds, and no rubbish does', async () => {
    const bytes = Buffer.from('heads', 'utf8');
    const signature = await signer.sign(bytes);
    const check = signatureCheck(signer.publicKey);
    for (let bit = 0; bit < signature.byteLength * 8; bit += 1) {
      const changed = Buffer.from(signature);
      changed[bit >> 3] = (changed[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      expect(check.holds(bytes, changed), `bit ${bit}`).toBe(false);
    }
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 100 }), (rubbish) => !check.holds(bytes, rubbish)),
      { numRuns: 200 },
    );
  });

  test('is the same one when it is asked for again, also at once', async () => {
    const [one, other] = await Promise.all([subject.signer(), subject.signer()]);
    expect([one.keyId, other.keyId]).toEqual([signer.keyId, signer.keyId]);
  });
});

describe('a key in a file', () => {
  test('is made once, for its owner only', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'countersign-signer-'));
    const file = join(folder, 'key.pem');
    const [first, second] = await Promise.all([localSigner(file), localSigner(file)]);
    expect(second.keyId).toBe(first.keyId);
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    await rm(folder, { recursive: true });
  });
});

describe('keys of another kind', () => {
  test.each([
    ['P-384', generateKeyPairSync('ec', { namedCurve: 'P-384' })],
    ['RSA', generateKeyPairSync('rsa', { modulusLength: 2048 })],
    ['X25519', generateKeyPairSync('x25519')],
  ])('%s are refused', (_name, { privateKey, publicKey }) => {
    expect(() => pemSigner(privateKey.export({ type: 'pkcs8', format: 'pem' }).toString())).toThrow(InvalidInput);
    expect(() => signatureCheck(publicKey.export({ type: 'spki', format: 'pem' }).toString())).toThrow(InvalidInput);
  });

  test('and so is rubbish', () => {
    expect(() => pemSigner('rubbish')).toThrow(InvalidInput);
    expect(() => signatureCheck('rubbish')).toThrow(InvalidInput);
  });
});

describe('the adapter for AWS KMS', () => {
  let kms: FakeKms;
  let client: KMSClient;
  beforeEach(async () => {
    kms = await startFakeKms(ALIAS);
    client = new KMSClient({ ...clientTo(kms.url), ...RETRIES });
  });
  afterEach(async () => {
    client.destroy();
    await kms.close();
  });
  const operations = () => kms.calls.map(({ operation }) => operation);
  const bytes = Buffer.from('heads', 'utf8');

  test('asks for the public key once, and sends small messages whole, large ones as digests', async () => {
    const signer = kmsSigner(client, ALIAS);
    await (await signer()).sign(Buffer.alloc(4096));
    await (await signer()).sign(Buffer.alloc(4097));
    expect(operations()).toEqual(['GetPublicKey', 'Sign', 'Sign']);
    const digest = createHash('sha256').update(Buffer.alloc(4097)).digest('base64');
    expect(kms.calls.slice(1).map(({ input }) => input)).toEqual([
      {
        KeyId: ALIAS,
        SigningAlgorithm: 'ECDSA_SHA_256',
        MessageType: 'RAW',
        Message: Buffer.alloc(4096).toString('base64'),
      },
      { KeyId: ALIAS, SigningAlgorithm: 'ECDSA_SHA_256', MessageType: 'DIGEST', Message: digest },
    ]);
  });

  test('asks nobody before it is needed', () => {
    kmsSigner(client, ALIAS);
    expect(operations()).toEqual([]);
  });

  test.each([
    ['a fault of the service', { status: 500, type: 'KMSInternalException' }],
    ['a dependency that timed out', { status: 500, type: 'DependencyTimeoutException' }],
    ['throttling', { status: 400, type: 'ThrottlingException' }],
    ['a connection that breaks', 'break'],
  ] as const)('comes again after %s, three times at most', async (_name, failure) => {
    const signer = await kmsSigner(client, ALIAS)();
    kms.failNext(3, failure);
    expect(signatureCheck(signer.publicKey).holds(bytes, await signer.sign(bytes))).toBe(true);
    expect(operations()).toEqual(['GetPublicKey', 'Sign', 'Sign', 'Sign', 'Sign']);
    kms.failNext(4, failure);
    await expect(signer.sign(bytes)).rejects.toThrow();
    expect(operations()).toHaveLength(9);
    await signer.sign(bytes);
  });

  test.each(['AccessDeniedException', 'KMSInvalidStateException', 'DisabledException', 'NotFoundException'])(
    'gives up at once on %s',
    async (type) => {
      const signer = await kmsSigner(client, ALIAS)();
      kms.failNext(1, { status: 400, type });
      await expect(signer.sign(bytes)).rejects.toMatchObject({ name: type });
      expect(operations()).toEqual(['GetPublicKey', 'Sign']);
    },
  );

  test('does not keep a public key that it could not get', async () => {
    const signer = kmsSigner(client, ALIAS);
    kms.failNext(1, { status: 400, type: 'AccessDeniedException' });
    await expect(signer()).rejects.toMatchObject({ name: 'AccessDeniedException' });
    await (await signer()).sign(bytes);
    expect(operations()).toEqual(['GetPublicKey', 'GetPublicKey', 'Sign']);
  });

  test('hands out no signature by another key than the one it names; the next use takes the new one', async () => {
    const port = kmsSigner(client, ALIAS);
    const before = await port();
    kms.changeKey();
    await expect(before.sign(bytes)).rejects.toMatchObject({ code: 'Conflict' });
    const after = await port();
    expect(after.keyId).not.toBe(before.keyId);
    expect(signatureCheck(after.publicKey).holds(bytes, await after.sign(bytes))).toBe(true);
  });

  test('refuses a key of another spec', async () => {
    kms.changeKey('P-384');
    await expect(kmsSigner(client, ALIAS)()).rejects.toBeInstanceOf(InvalidInput);
  });

  test('does not wait for a service that never answers', { timeout: 30_000 }, async () => {
    const variables = {
      COUNTERSIGN_ENVIRONMENT: 'test',
      COUNTERSIGN_TABLE: 'table',
      COUNTERSIGN_ARTIFACTS_BUCKET: 'bucket',
      COUNTERSIGN_BASE_URL: 'http://127.0.0.1',
      COUNTERSIGN_MAIL_FROM: 'a@example.com',
      COUNTERSIGN_OVERSIGHT_ADDRESS: 'o@example.com',
      COUNTERSIGN_STATE_MACHINE_PREFIX: 'arn:aws:states:eu-central-1:000000000000:stateMachine:x-',
      COUNTERSIGN_MAXIMUM_BODY_BYTES: '1000',
      [SIGNING_KEY_VARIABLE]: ALIAS,
    };
    const place = awsPlace(variables);
    const patient = {
      ...place,
      // The port's own client, but for where it calls and how often.
      client: <Client>(kind: new (configuration: never) => Client): Client =>
        new kind({ ...clientTo(kms.url), ...RETRIES, maxAttempts: 1, retryStrategy: fixedRetries([]) } as never),
    };
    const { signer } = signerPort(patient, {} as never);
    const before = performance.now();
    kms.failNext(1, 'silence');
    await expect(signer!()).rejects.toMatchObject({ name: 'TimeoutError' });
    expect(performance.now() - before).toBeLessThan(4_000);
    await (await signer!()).sign(bytes);
  });
});
