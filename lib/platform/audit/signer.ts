import {
  createHash,
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
  sign,
  verify,
} from 'node:crypto';
import { type Digest, digestOfBytes } from '../../core/digest.ts';
import { InvalidInput } from '../../core/errors.ts';

/** Signs manifests. The private key stays behind this port. */
export interface Signer {
  /** SHA-256 over the public key's SubjectPublicKeyInfo (DER). */
  readonly keyId: Digest;
  /** The public key, as PEM (SubjectPublicKeyInfo). */
  readonly publicKey: string;
  /** The Ed25519 signature (RFC 8032) over a text's UTF-8 bytes. */
  sign(text: string): Promise<Uint8Array>;
}

/** What precedes the 32 bytes of an Ed25519 private key in PKCS #8 (RFC 8410, section 7). */
const PKCS8_PREFIX = Buffer.from('302e020100300506032b657004220420', 'hex');

function keyIdOf(publicKey: KeyObject): Digest {
  return digestOfBytes(publicKey.export({ type: 'spki', format: 'der' }));
}

function signerOf(privateKey: KeyObject): Signer {
  const publicKey = createPublicKey(privateKey);
  return {
    keyId: keyIdOf(publicKey),
    publicKey: publicKey.export({ type: 'spki', format: 'pem' }).toString(),
    sign: async (text) => sign(null, Buffer.from(text, 'utf8'), privateKey),
  };
}

function readEd25519(read: () => KeyObject, what: string): KeyObject {
  const mend = 'Give an Ed25519 key as PEM, as `openssl genpkey -algorithm ed25519` writes it.';
  try {
    const key = read();
    if (key.asymmetricKeyType === 'ed25519') return key;
  } catch (cause) {
    const message = `${what} cannot be read.`;
    throw new InvalidInput(message, [{ pointer: '', code: 'unreadable-key', message, mend }], { cause });
  }
  const message = `${what} is not an Ed25519 key.`;
  throw new InvalidInput(message, [{ pointer: '', code: 'wrong-key', message, mend }]);
}

/** A new private key, as PEM (PKCS #8). */
export function newSigningKey(): string {
  return generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
}

/**
 * A signer with a private key in PEM (PKCS #8).
 * @throws InvalidInput when it is no Ed25519 key.
 */
export function pemSigner(pem: string): Signer {
  return signerOf(readEd25519(() => createPrivateKey(pem), 'The signing key'));
}

/**
 * A signer whose key is the SHA-256 of a random secret: a secret that the cloud generated as text becomes a key without
 * anybody having to carry one there.
 * @throws InvalidInput when the secret is too short to be random enough.
 */
export function secretSigner(secret: string): Signer {
  if (secret.length < 43) throw new InvalidInput('The secret of the signing key is shorter than 43 characters.');
  const seed = createHash('sha256').update(secret, 'utf8').digest();
  const der = Buffer.concat([PKCS8_PREFIX, seed]);
  return signerOf(createPrivateKey({ key: der, format: 'der', type: 'pkcs8' }));
}

/** A public key that signatures are checked with. */
export interface SignatureCheck {
  readonly keyId: Digest;
  holds(text: string, signature: Uint8Array): boolean;
}

/**
 * Reads a public key in PEM.
 * @throws InvalidInput when it is no Ed25519 key.
 */
export function signatureCheck(pem: string): SignatureCheck {
  const key = readEd25519(() => createPublicKey(pem), 'The public key');
  return {
    keyId: keyIdOf(key),
    holds: (text, signature) => verify(null, Buffer.from(text, 'utf8'), key, signature),
  };
}
