import { readFile } from 'node:fs/promises';
import { newSigningKey, pemSigner, type Signer } from '../platform/audit/signer.ts';
import { createFile } from './services/private-files.ts';

/** The name of the key's file in the state directory. */
export const SIGNING_KEY_FILE = 'signing-key.pem';

/** Signs with a key in a file that only its owner can read; the key is made at first use. */
export async function localSigner(keyFile: string): Promise<Signer> {
  await createFile(keyFile, newSigningKey());
  return pemSigner(await readFile(keyFile, 'utf8'));
}
