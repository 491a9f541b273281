import { readFile } from 'node:fs/promises';
import type { Anchors } from '../platform/audit/anchor-store.ts';
import { folderAnchorStore } from '../platform/audit/folder-anchor-store.ts';
import { newSigningKey, pemSigner } from '../platform/audit/signer.ts';
import { createFile } from './services/private-files.ts';

/** Manifests in a folder, signed with a key in a file that only its owner can read; the key is made at first use. */
export async function localAnchors(folder: string, keyFile: string): Promise<Anchors> {
  await createFile(keyFile, newSigningKey());
  return { store: folderAnchorStore(folder), signer: pemSigner(await readFile(keyFile, 'utf8')) };
}
