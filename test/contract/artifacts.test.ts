import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { S3Client } from '@aws-sdk/client-s3';
import * as fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Digest, digestOf } from '../../lib/core/digest.ts';
import { IntegrityError, NotFound } from '../../lib/core/errors.ts';
import type { ArtifactStore } from '../../lib/platform/artifacts/artifact-store.ts';
import { ArtifactsUnavailable } from '../../lib/platform/artifacts/artifacts-unavailable.ts';
import { Erased } from '../../lib/platform/artifacts/erased.ts';
import { folderArtifactStore } from '../../lib/platform/artifacts/folder.ts';
import { s3ArtifactEraser, s3ArtifactStore } from '../../lib/platform/artifacts/s3.ts';
import { type StoredVersion, s3Answers } from './fake-s3.ts';
import { clientTo, startLoopback } from './loopback.ts';

/** An adapter under test, ways to damage and to lose what it stored, and everything that it still holds of it. */
interface Subject {
  readonly store: ArtifactStore;
  damage(digest: Digest): Promise<void>;
  lose(digest: Digest): Promise<void>;
  held(): Promise<string>;
  close(): Promise<void>;
}

async function folderSubject(): Promise<Subject> {
  const folder = await mkdtemp(join(tmpdir(), 'countersign-artifacts-'));
  return {
    store: folderArtifactStore(folder),
    async damage(digest) {
      const digits = digest.slice(7);
      const file = join(folder, digits.slice(0, 2), `${digits}.json`);
      await writeFile(file, (await readFile(file, 'utf8')).replace('1', '2'));
    },
    lose(digest) {
      const digits = digest.slice(7);
      return rm(join(folder, digits.slice(0, 2), `${digits}.json`));
    },
    async held() {
      const files = await readdir(folder, { recursive: true, withFileTypes: true });
      const found = files.filter((file) => file.isFile()).map(({ parentPath, name }) => join(parentPath, name));
      return (await Promise.all(found.map((file) => readFile(file, 'utf8')))).join('\n');
    },
    close: () => rm(folder, { recursive: true }),
  };
}

const keyIn = (digest: Digest): string => `/artifacts/artifacts/${digest.slice(7, 9)}/${digest.slice(7)}.json`;

async function s3Subject(): Promise<Subject> {
  const objects = new Map<string, StoredVersion[]>();
  const server = await startLoopback(s3Answers(objects));
  const client = new S3Client({ ...clientTo(server.url), forcePathStyle: true });
  return {
    store: { ...s3ArtifactStore(client, 'artifacts'), ...s3ArtifactEraser(client, 'artifacts') },
    async damage(digest) {
      const [version] = objects.get(keyIn(digest))!;
      version!.body = Buffer.from(version!.body.toString().replace('1', '2'));
    },
    async lose(digest) {
      objects.delete(keyIn(digest));
    },
    held: async () => [...objects.values()].flatMap((all) => all.map(({ body }) => body.toString())).join('\n'),
    async close() {
      client.destroy();
      await server.close();
    },
  };
}

describe.each([
  ['a folder', folderSubject],
  ['S3', s3Subject],
])('artifacts in %s', (_name, start) => {
  let subject: Subject;
  beforeAll(async () => {
    subject = await start();
  });
  afterAll(() => subject.close());

  test('what is stored under its digest is read back', async () => {
    await fc.assert(
      fc.asyncProperty(fc.jsonValue(), async (document) => {
        const digest = await subject.store.put(document);
        expect(digest).toBe(digestOf(document));
        expect(digestOf(await subject.store.get(digest))).toBe(digest);
      }),
      { numRuns: 30 },
    );
  });

  test('the order of keys does not make another artifact, and storing again is harmless', async () => {
    const first = await subject.store.put({ a: 1, b: ['ä', '€'] });
    expect(await subject.store.put({ b: ['ä', '€'], a: 1 })).toBe(first);
    expect(await subject.store.get(first)).toEqual({ a: 1, b: ['ä', '€'] });
  });

  test('many at once store one artifact', async () => {
    const digests = await Promise.all(Array.from({ length: 10 }, () => subject.store.put({ many: 1 })));
    expect(new Set(digests).size).toBe(1);
    expect(await subject.store.get(digests[0]!)).toEqual({ many: 1 });
  });

  test('what was never stored is not found', async () => {
    await expect(subject.store.get(digestOf('never'))).rejects.toBeInstanceOf(NotFound);
  });

  test('damaged bytes are noticed', async () => {
    const digest = await subject.store.put({ amount: 1, of: 'damage' });
    await subject.damage(digest);
    await expect(subject.store.get(digest)).rejects.toBeInstanceOf(IntegrityError);
  });

  test('what was erased names its record, is held nowhere, and does not come back', async () => {
    const digest = await subject.store.put({ telephone: '+44 20 7946 0958' });
    const kept = await subject.store.put({ telephone: 'of somebody else' });
    const erasure = await subject.store.put({ record: 'of the erasure' });
    await subject.store.erase(digest, erasure);
    await expect(subject.store.get(digest)).rejects.toMatchObject({ code: 'Erased', digest, erasure });
    await expect(subject.store.put({ telephone: '+44 20 7946 0958' })).rejects.toBeInstanceOf(Erased);
    await expect(subject.store.get(digest)).rejects.toBeInstanceOf(Erased);
    expect(await subject.held()).not.toContain('20 7946 0958');
    expect(await subject.store.get(kept)).toEqual({ telephone: 'of somebody else' });
  });

  test('erasing again is harmless, and the first record stays', async () => {
    const digest = await subject.store.put({ erased: 'twice' });
    const [first, second] = [await subject.store.put({ record: 1 }), await subject.store.put({ record: 2 })];
    await subject.store.erase(digest, first);
    await subject.store.erase(digest, second);
    await expect(subject.store.get(digest)).rejects.toMatchObject({ erasure: first });
  });

  test('what is simply gone, or damaged, never becomes an erasure', async () => {
    const erasure = await subject.store.put({ record: 3 });
    const digest = await subject.store.put({ lost: true });
    await subject.lose(digest);
    await expect(subject.store.erase(digest, erasure)).rejects.toBeInstanceOf(NotFound);
    await expect(subject.store.get(digest)).rejects.toBeInstanceOf(NotFound);
    const damaged = await subject.store.put({ amount: 1, of: 'damage before an erasure' });
    await subject.damage(damaged);
    await expect(subject.store.erase(damaged, erasure)).rejects.toBeInstanceOf(IntegrityError);
  });

  test('a document that looks like the marker of an erasure is a document', async () => {
    const marker = { schema: 'countersign/erased-artifact/1', digest: digestOf(1), erasure: digestOf(2) };
    expect(await subject.store.get(await subject.store.put(marker))).toEqual(marker);
  });
});

test('an erasure from S3 that a lock or a crash broke off is finished when it is asked for again', async () => {
  const objects = new Map<string, StoredVersion[]>();
  let locked = true;
  const server = await startLoopback(s3Answers(objects, () => locked));
  const client = new S3Client({ ...clientTo(server.url), forcePathStyle: true, maxAttempts: 1 });
  const store = { ...s3ArtifactStore(client, 'artifacts'), ...s3ArtifactEraser(client, 'artifacts') };
  const digest = await store.put({ name: 'Jane' });
  const key = keyIn(digest);
  // Copies that an earlier restore or replication put there.
  for (const copy of ['a', 'b', 'c']) objects.get(key)!.unshift({ id: copy, body: Buffer.from('{"name":"Jane"}') });
  const near = `${key}.copy`;
  objects.set(near, [
    { id: 'n1', body: Buffer.from('1') },
    { id: 'n2', body: Buffer.from('2') },
  ]);
  await expect(store.erase(digest, digestOf('record'))).rejects.toBeInstanceOf(ArtifactsUnavailable);
  // Nobody reads it any more, though the store still has it.
  await expect(store.get(digest)).rejects.toBeInstanceOf(Erased);
  expect(objects.get(key)).toHaveLength(5);
  locked = false;
  await store.erase(digest, digestOf('another record'));
  expect(objects.get(key)).toHaveLength(1);
  expect(objects.get(near)).toHaveLength(2);
  await expect(store.get(digest)).rejects.toMatchObject({ erasure: digestOf('record') });
  client.destroy();
  await server.close();
});

test('a write to S3 that meets another one of the same object is tried again', async () => {
  const answers = [409, 409, 200];
  const server = await startLoopback(() => ({ status: answers.shift() ?? 500 }));
  const client = new S3Client({ ...clientTo(server.url), forcePathStyle: true, maxAttempts: 1 });
  expect(await s3ArtifactStore(client, 'artifacts').put({ x: 1 })).toBe(digestOf({ x: 1 }));
  expect(server.asked).toHaveLength(3);
  client.destroy();
  await server.close();
});

test('a name that is no digest never becomes a path', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'countersign-artifacts-'));
  const store = folderArtifactStore(join(folder, 'inside'));
  await writeFile(join(folder, 'secret.json'), '{}');
  await expect(store.get('sha256:../secret' as Digest)).rejects.toBeInstanceOf(NotFound);
  await store.put({ x: 1 });
  const files = await readdir(join(folder, 'inside'), { recursive: true });
  expect(files.filter((name) => name.endsWith('.tmp'))).toEqual([]);
  await rm(folder, { recursive: true });
});
