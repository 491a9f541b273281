import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { S3Client } from '@aws-sdk/client-s3';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { AnchorStore } from '../../lib/platform/audit/anchor-store.ts';
import { folderAnchorStore } from '../../lib/platform/audit/folder-anchor-store.ts';
import { type AnchorManifest, MANIFEST_START, sealManifest } from '../../lib/platform/audit/manifest.ts';
import { s3AnchorStore } from '../../lib/platform/audit/s3-anchor-store.ts';
import { newSigningKey, pemSigner } from '../../lib/platform/audit/signer.ts';
import { type Answer, type Asked, clientTo, startLoopback } from './loopback.ts';

const signer = pemSigner(newSigningKey());

const manifestOf = (day: string, previous: string = MANIFEST_START): Promise<AnchorManifest> =>
  sealManifest({ environment: 'test', day, at: `${day}T00:10:00.000Z`, previous, executions: [] }, signer);

interface Subject {
  readonly store: AnchorStore;
  /** What is stored, by name. */
  names(): Promise<readonly string[]>;
  damage(day: string): Promise<void>;
  close(): Promise<void>;
}

async function folderSubject(): Promise<Subject> {
  const folder = await mkdtemp(join(tmpdir(), 'countersign-anchors-'));
  return {
    store: folderAnchorStore(folder),
    names: async () => (await readdir(folder, { recursive: true })).filter((name) => name.includes('.')).toSorted(),
    async damage(day) {
      const file = join(folder, `${day}.json`);
      const text = (await readFile(file, 'utf8')).replace('"test"', '"prod"');
      await rm(file);
      await writeFile(file, text);
    },
    close: () => rm(folder, { recursive: true, force: true }),
  };
}

/** As much of S3 as is used; a page of a listing holds two keys. */
function s3Answers(objects: Map<string, string>) {
  const fault = (status: number, code: string): Answer => ({
    status,
    headers: { 'content-type': 'application/xml' },
    body: `<?xml version="1.0" encoding="UTF-8"?><Error><Code>${code}</Code></Error>`,
  });
  return ({ method, path, headers, body }: Asked): Answer => {
    const url = new URL(path, 'http://s3');
    const key = url.pathname.replace('/bucket/', '');
    if (method === 'PUT') {
      // Object Lock takes nothing without a checksum, and nothing here may ever be overwritten.
      if (headers['if-none-match'] !== '*' || headers['x-amz-checksum-sha256'] === undefined)
        return fault(400, 'InvalidRequest');
      if (objects.has(key)) return fault(412, 'PreconditionFailed');
      objects.set(key, body.toString('utf8'));
      return { status: 200 };
    }
    if (url.searchParams.get('list-type') !== '2') return { status: 200, body: objects.get(key) ?? '' };
    const keys = [...objects.keys()].filter((one) => one.startsWith(url.searchParams.get('prefix') ?? '')).sort();
    const from = Number(url.searchParams.get('continuation-token') ?? 0);
    const more = from + 2 < keys.length;
    const contents = keys.slice(from, from + 2).map((one) => `<Contents><Key>${one}</Key></Contents>`);
    const next = more ? `<NextContinuationToken>${from + 2}</NextContinuationToken>` : '';
    return {
      status: 200,
      headers: { 'content-type': 'application/xml' },
      body: `<?xml version="1.0"?><ListBucketResult><IsTruncated>${more}</IsTruncated>${next}${contents.join('')}</ListBucketResult>`,
    };
  };
}

async function s3Subject(): Promise<Subject> {
  const objects = new Map<string, string>();
  const server = await startLoopback(s3Answers(objects));
  const client = new S3Client({ ...clientTo(server.url), forcePathStyle: true });
  return {
    store: s3AnchorStore(client, 'bucket'),
    names: async () => [...objects.keys()].map((key) => key.replace('anchors/', '')).toSorted(),
    damage: async (day) => {
      const key = `anchors/${day}.json`;
      objects.set(key, objects.get(key)!.replace('"test"', '"prod"'));
    },
    async close() {
      client.destroy();
      await server.close();
    },
  };
}

describe.each([
  ['a folder', folderSubject],
  ['S3', s3Subject],
])('manifests in %s', (_name, start) => {
  let subject: Subject;
  beforeEach(async () => {
    subject = await start();
  });
  afterEach(() => subject.close());

  test('the newest is the one of the latest day, however many there are', async () => {
    expect(await subject.store.last()).toBeUndefined();
    const days = ['2026-11-20', '2026-12-01', '2027-01-01', '2026-11-21', '2026-11-30'];
    for (const day of days) expect(await subject.store.putNew(await manifestOf(day))).toBe('stored');
    expect(await subject.store.last()).toEqual(await manifestOf('2027-01-01'));
  });

  test('a day has one manifest, and nobody replaces it', async () => {
    const first = await manifestOf('2026-11-20');
    expect(await subject.store.putNew(first)).toBe('stored');
    expect(await subject.store.putNew(await manifestOf('2026-11-20', first.digest))).toBe('exists');
    expect(await subject.store.last()).toEqual(first);
  });

  test('the public key lies beside them, once', async () => {
    await subject.store.keepKey(signer);
    await subject.store.keepKey(signer);
    expect(await subject.names()).toEqual([`keys/${signer.keyId.slice(7)}.pem`]);
    expect(await subject.store.last()).toBeUndefined();
  });

  test('nothing is chained to a damaged one', async () => {
    await subject.store.putNew(await manifestOf('2026-11-20'));
    await subject.damage('2026-11-20');
    await expect(subject.store.last()).rejects.toMatchObject({ code: 'IntegrityError' });
  });
});

describe('anchors on one machine', () => {
  test('are written once, and for nobody else to read', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'countersign-anchors-'));
    await folderAnchorStore(join(folder, 'anchors')).putNew(await manifestOf('2026-11-20'));
    expect((await stat(join(folder, 'anchors', '2026-11-20.json'))).mode & 0o777).toBe(0o400);
    await rm(folder, { recursive: true });
  });
});
