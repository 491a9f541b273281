import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { S3Client } from '@aws-sdk/client-s3';
import * as fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Digest, digestOf } from '../../lib/core/digest.ts';
import { IntegrityError, NotFound } from '../../lib/core/errors.ts';
import type { ArtifactStore } from '../../lib/platform/artifacts/artifact-store.ts';
import { folderArtifactStore } from '../../lib/platform/artifacts/folder.ts';
import { s3ArtifactStore } from '../../lib/platform/artifacts/s3.ts';
import { type Answer, type Asked, clientTo, startLoopback } from './loopback.ts';

/** An adapter under test, and a way to damage what it stored. */
interface Subject {
  readonly store: ArtifactStore;
  damage(digest: Digest): Promise<void>;
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
    close: () => rm(folder, { recursive: true }),
  };
}

/** As much of S3 as is used: conditional writes, reads, and the errors that go with them. */
function s3Answers(objects: Map<string, Buffer>) {
  const error = (status: number, code: string): Answer => ({
    status,
    headers: { 'content-type': 'application/xml' },
    body: `<?xml version="1.0" encoding="UTF-8"?><Error><Code>${code}</Code><Message>${code}</Message></Error>`,
  });
  return ({ method, path, headers, body }: Asked): Answer => {
    const key = path.split('?')[0]!;
    if (method === 'PUT') {
      if (headers['if-none-match'] !== '*') return error(400, 'InvalidRequest');
      if (objects.has(key)) return error(412, 'PreconditionFailed');
      objects.set(key, body);
      return { status: 200 };
    }
    const found = objects.get(key);
    return found === undefined ? error(404, 'NoSuchKey') : { status: 200, body: found };
  };
}

async function s3Subject(): Promise<Subject> {
  const objects = new Map<string, Buffer>();
  const server = await startLoopback(s3Answers(objects));
  const client = new S3Client({ ...clientTo(server.url), forcePathStyle: true });
  return {
    store: s3ArtifactStore(client, 'artifacts'),
    async damage(digest) {
      const digits = digest.slice(7);
      const key = `/artifacts/artifacts/${digits.slice(0, 2)}/${digits}.json`;
      objects.set(key, Buffer.from(objects.get(key)!.toString().replace('1', '2')));
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
