import { expect, test } from 'vitest';
import { digestOf } from '../../lib/core/digest.ts';
import { loadDirectory } from '../../lib/core/directory/load.ts';
import { IntegrityError, NotFound } from '../../lib/core/errors.ts';
import { readDirectory } from '../../lib/platform/configuration/directory-store.ts';
import { skills } from '../../skills/registry.ts';

const reference = skills[0]!.referenceDirectory() as { readonly version: unknown };

/** A store that counts how often each document is asked for. */
function countingStore(documents: readonly unknown[]) {
  const byDigest = new Map(documents.map((document) => [digestOf(document), document]));
  const reads = new Map<string, number>();
  const artifacts = {
    async put() {
      throw new Error('Nothing is stored here.');
    },
    async erase() {
      throw new Error('Nothing is erased here.');
    },
    async get(digest: string) {
      reads.set(digest, (reads.get(digest) ?? 0) + 1);
      const document = byDigest.get(digest as never);
      if (document === undefined) throw new NotFound('There is no such artifact.');
      return document;
    },
  };
  return { artifacts, reads, digests: [...byDigest.keys()] };
}

/** Snapshots as they are stored: in the form that loading gives them. */
const numbered = (count: number) =>
  Array.from({ length: count }, (_unused, index) => loadDirectory({ ...reference, version: `v${index}` }).snapshot);

test('a directory is read once by a warm function, and another store is another memory', async () => {
  const { artifacts, reads, digests } = countingStore(numbered(1));
  const [digest] = digests;
  const first = await readDirectory({ artifacts }, digest!);
  expect(await readDirectory({ artifacts }, digest!)).toBe(first);
  expect(reads.get(digest!)).toBe(1);
  await expect(readDirectory(countingStore([]) as never, digest!)).rejects.toBeInstanceOf(NotFound);
});

test('only the newest two are kept', async () => {
  const { artifacts, reads, digests } = countingStore(numbered(3));
  for (const digest of digests) await readDirectory({ artifacts }, digest);
  for (const digest of digests.toReversed()) await readDirectory({ artifacts }, digest);
  expect(digests.map((digest) => reads.get(digest))).toEqual([2, 1, 1]);
});

test('a directory that is not what its digest says is refused each time, and never kept', async () => {
  const [right, wrong] = numbered(2);
  const artifacts = { ...countingStore([]).artifacts, get: async () => wrong };
  for (const _attempt of [1, 2])
    await expect(readDirectory({ artifacts }, digestOf(right))).rejects.toBeInstanceOf(IntegrityError);
});
