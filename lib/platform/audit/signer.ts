import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject, sign, verify } from 'node:crypto';
import { type Digest, digestOfBytes } from '../../core/digest.ts';
import { InvalidInput } from '../../core/errors.ts';

/** Ed25519 (RFC 8032), or ECDSA over NIST P-256 with SHA-256 (FIPS 186-5) as AWS KMS makes it. */
export const signatureAlgorithms = ['Ed25519', 'ECDSA-P256-SHA256'] as const;
export type SignatureAlgorithm = (typeof signatureAlgorithms)[number];

/** A public key as it is handed on. */
export interface PublicKey {
  /** SHA-256 over the public key's SubjectPublicKeyInfo (DER). */
  readonly keyId: Digest;
  /** The public key, as PEM (SubjectPublicKeyInfo). */
  readonly publicKey: string;
  readonly algorithm: SignatureAlgorithm;
}

/** Signs manifests and statements. The private key stays behind this port. */
export interface Signer extends PublicKey {
  /** The signature over the bytes: 64 bytes for Ed25519; DER (`ECDSA-Sig-Value`, RFC 3279) for ECDSA. */
  sign(bytes: Uint8Array): Promise<Uint8Array>;
}

/** A public key that signatures are checked with. */
export interface SignatureCheck extends PublicKey {
  holds(bytes: Uint8Array, signature: Uint8Array): boolean;
}

/** What `node:crypto` calls the hash of an algorithm; Ed25519 brings its own. */
const HASH: Readonly<Record<SignatureAlgorithm, string | null>> = { Ed25519: null, 'ECDSA-P256-SHA256': 'sha256' };

function algorithmOf({ asymmetricKeyType, asymmetricKeyDetails }: KeyObject): SignatureAlgorithm | undefined {
  if (asymmetricKeyType === 'ed25519') return 'Ed25519';
  // OpenSSL's name for NIST P-256.
  if (asymmetricKeyType === 'ec' && asymmetricKeyDetails?.namedCurve === 'prime256v1') return 'ECDSA-P256-SHA256';
  return undefined;
}

function readKey(read: () => KeyObject, what: string): { key: KeyObject; algorithm: SignatureAlgorithm } {
  const mend = 'Give an Ed25519 or a P-256 key as PEM, as `openssl genpkey -algorithm ed25519` writes it.';
  let key: KeyObject;
  try {
    key = read();
  } catch (cause) {
    const message = `${what} cannot be read.`;
    throw new InvalidInput(message, [{ pointer: '', code: 'unreadable-key', message, mend }], { cause });
  }
  const algorithm = algorithmOf(key);
  if (algorithm !== undefined) return { key, algorithm };
  const message = `${what} is neither an Ed25519 nor a P-256 key.`;
  throw new InvalidInput(message, [{ pointer: '', code: 'wrong-key', message, mend }]);
}

function checkOf(key: KeyObject, algorithm: SignatureAlgorithm): SignatureCheck {
  return {
    keyId: digestOfBytes(key.export({ type: 'spki', format: 'der' })),
    publicKey: key.export({ type: 'spki', format: 'pem' }).toString(),
    algorithm,
    // A signature that is no DER at all makes `verify` answer false, as a wrong one does.
    holds: (bytes, signature) => verify(HASH[algorithm], bytes, { key, dsaEncoding: 'der' }, signature),
  };
}

/** A new Ed25519 private key, as PEM (PKCS #8). */
export function newSigningKey(): string {
  return generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
}

/**
 * A signer with a private key in PEM (PKCS #8): Ed25519, or ECDSA on P-256.
 * @throws InvalidInput when it is another kind of key, or none.
 */
export function pemSigner(pem: string): Signer {
  const { key, algorithm } = readKey(() => createPrivateKey(pem), 'The signing key');
  const { keyId, publicKey } = checkOf(createPublicKey(key), algorithm);
  return {
    keyId,
    publicKey,
    algorithm,
    sign: async (bytes) => sign(HASH[algorithm], bytes, { key, dsaEncoding: 'der' }),
  };
}

/**
 * Reads a public key in PEM (SubjectPublicKeyInfo); how signatures are checked follows from its kind.
 * @throws InvalidInput when it is neither Ed25519 nor P-256, or no public key at all.
 */
export function signatureCheck(pem: string): SignatureCheck {
  const { key, algorithm } = readKey(() => createPublicKey(pem), 'The public key');
  return checkOf(key, algorithm);
}

/**
 * Reads a public key in DER (SubjectPublicKeyInfo), as AWS KMS answers it.
 * @throws InvalidInput when it is neither Ed25519 nor P-256, or no public key at all.
 */
export function derSignatureCheck(der: Uint8Array): SignatureCheck {
  const read = (): KeyObject => createPublicKey({ key: Buffer.from(der), format: 'der', type: 'spki' });
  const { key, algorithm } = readKey(read, 'The public key');
  return checkOf(key, algorithm);
}
