import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { NotFound } from '../core/errors.ts';
import { SIGNING_KEY_FILE } from '../local/signer.ts';
import { type PublicKey, pemSigner } from '../platform/audit/signer.ts';
import { type EnvironmentOptions, openEnvironment } from './environment.ts';
import { say, sayJson } from './say.ts';

/** The key of a local system, whether it runs or not. */
function localKey(state: string): PublicKey {
  const file = join(resolve(state), SIGNING_KEY_FILE);
  if (existsSync(file)) return pemSigner(readFileSync(file, 'utf8'));
  throw new NotFound(`There is no key in ${resolve(state)}. It is made when the local system first signs: npm start.`);
}

async function deployedKey(options: EnvironmentOptions): Promise<PublicKey> {
  const { runtime } = await openEnvironment(options);
  return runtime.signer();
}

/**
 * `countersign keys`: the public key that an environment signs evidence with, as PEM, so that `> key.pem` makes the file that
 * `countersign verify --key` and openssl take. What else there is to say goes to the standard error.
 * @throws NotFound when the environment has no key; what openEnvironment throws.
 */
export async function keys(options: EnvironmentOptions & { readonly json?: boolean }): Promise<void> {
  const { keyId, algorithm, publicKey } =
    options.env === 'local' ? localKey(options.state) : await deployedKey(options);
  if (options.json === true) return sayJson({ keyId, algorithm, publicKey });
  console.error(`${algorithm}, ${keyId}`);
  say(publicKey.trimEnd());
}
