import { randomUUID } from 'node:crypto';
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { canonicalJson } from '../../core/digest.ts';
import type { Instant } from '../../core/instant.ts';
import {
  type Publisher,
  PublisherUnavailable,
  type Receipt,
  type Release,
  ReleaseRefused,
  release,
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

/**
 * Publishes into a folder of this machine: `CHANNEL/CONTENT.json` is what is out, `CHANNEL/.receipts/RELEASE.json` what was ever taken
 * over. The content is written first, so that a crash in between leads to the same content again.
 */
export function folderPublisher(folder: string, clock: { now(): Instant }): Publisher {
  async function put(given: Release): Promise<Receipt> {
    const checked = release.safeParse(given);
    if (!checked.success) throw new ReleaseRefused('The release does not have the form of one.');
    const { channel, contentId, releaseId, digest, sequence } = checked.data;
    const receiptFile = join(folder, channel, '.receipts', `${releaseId}.json`);
    const contentFile = join(folder, channel, `${contentId}.json`);
    try {
      const known = await readJson<Receipt>(receiptFile);
      if (known !== undefined) return known;
      const out = await readJson<Release>(contentFile);
      const result = out !== undefined && out.sequence > sequence ? 'superseded' : 'published';
      if (result === 'published') await write(contentFile, checked.data);
      const schema = 'countersign/release-receipt/1';
      const receipt: Receipt = { schema, releaseId, digest, sequence, target: 'folder', result, at: clock.now() };
      await write(receiptFile, receipt);
      return receipt;
    } catch (error) {
      throw new PublisherUnavailable('The folder of what is published cannot be written.', [], { cause: error });
    }
  }
  return { publish: put, republish: put };
}
