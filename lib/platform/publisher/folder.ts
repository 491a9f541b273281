import { randomUUID } from 'node:crypto';
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { canonicalJson } from '../../core/digest.ts';
import type { Instant } from '../../core/instant.ts';
import {
  checkedRelease,
  checkedWithdrawal,
  type Publisher,
  PublisherUnavailable,
  type Receipt,
  type Release,
  type Withdrawal,
} from './publisher.ts';

const isMissing = (error: unknown): boolean => (error as { code?: unknown }).code === 'ENOENT';

async function readJson<T>(file: string): Promise<T | undefined> {
  try {
    return JSON.parse(await readFile(file, 'utf8')) as T;
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}

/** Puts a file in its place; it appears whole or not at all. */
async function write(file: string, value: unknown): Promise<void> {
  await mkdir(dirname(file), { recursive: true, mode: 0o700 });
  const unfinished = `${file}.${randomUUID()}.tmp`;
  try {
    await writeFile(unfinished, canonicalJson(value), { mode: 0o600 });
    await rename(unfinished, file);
  } catch (error) {
    await rm(unfinished, { force: true });
    throw error;
  }
}

/** Runs one thing after the other: what is out is read before it is replaced. */
function inTurns(): <T>(run: () => Promise<T>) => Promise<T> {
  let last: Promise<unknown> = Promise.resolve();
  return (run) => {
    const mine = last.then(run, run);
    last = mine.catch(() => {});
    return mine;
  };
}

/**
 * Publishes into a folder of this machine: `CHANNEL/CONTENT.json` is what is out, `CHANNEL/.receipts/RELEASE.json` what was ever taken
 * over, `CHANNEL/.withdrawn/CONTENT.json` what was last taken down, by its digest and instant. The content is written first, so
 * that a crash in between leads to the same content again; of what is taken down the tombstone is.
 */
export function folderPublisher(folder: string, clock: { now(): Instant }): Publisher {
  const turn = inTurns();

  async function take(given: Release | Withdrawal): Promise<Receipt> {
    const { channel, contentId, releaseId, digest, sequence } = given;
    const receiptFile = join(folder, channel, '.receipts', `${releaseId}.json`);
    const contentFile = join(folder, channel, `${contentId}.json`);
    const tombstoneFile = join(folder, channel, '.withdrawn', `${contentId}.json`);
    try {
      const known = await readJson<Receipt>(receiptFile);
      if (known !== undefined) return known;
      const [out, gone] = [await readJson<Release>(contentFile), await readJson<Withdrawal>(tombstoneFile)];
      const late = Math.max(out?.sequence ?? 0, gone?.sequence ?? 0) > sequence;
      const result = late ? 'superseded' : 'kind' in given ? 'withdrawn' : 'published';
      if (result === 'published') await write(contentFile, given);
      if (result === 'withdrawn') {
        await write(tombstoneFile, given);
        await rm(contentFile, { force: true });
      }
      const schema = 'countersign/release-receipt/1';
      const receipt: Receipt = { schema, releaseId, digest, sequence, target: 'folder', result, at: clock.now() };
      await write(receiptFile, receipt);
      return receipt;
    } catch (error) {
      throw new PublisherUnavailable('The folder of what is published cannot be written.', [], { cause: error });
    }
  }

  const put = async (given: Release) => {
    const checked = checkedRelease(given);
    return turn(() => take(checked));
  };
  return {
    publish: put,
    republish: put,
    takeDown: async (given) => {
      const checked = checkedWithdrawal(given);
      return turn(() => take(checked));
    },
  };
}
