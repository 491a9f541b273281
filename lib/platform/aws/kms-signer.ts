import { createHash } from 'node:crypto';
import { GetPublicKeyCommand, type KMSClient, SignCommand } from '@aws-sdk/client-kms';
import { Conflict, InvalidInput, NotFound } from '../../core/errors.ts';
import { derSignatureCheck, type SignatureCheck, type Signer } from '../audit/signer.ts';

/** The largest message that KMS takes whole (API reference of `Sign`, `Message`); of larger ones it takes the digest. */
const LARGEST_MESSAGE_BYTES = 4096;

/** What AWS KMS calls ECDSA with SHA-256, which a key of the spec `ECC_NIST_P256` signs with. */
const SIGNING_ALGORITHM = 'ECDSA_SHA_256';

/** A whole message where it is small enough, or its digest: the signature is the same kind either way. */
function messageOf(bytes: Uint8Array) {
  return bytes.byteLength <= LARGEST_MESSAGE_BYTES
    ? ({ Message: bytes, MessageType: 'RAW' } as const)
    : ({ Message: createHash('sha256').update(bytes).digest(), MessageType: 'DIGEST' } as const);
}

async function readPublicKey(client: KMSClient, keyId: string): Promise<SignatureCheck> {
  const { PublicKey } = await client.send(new GetPublicKeyCommand({ KeyId: keyId }));
  if (PublicKey === undefined) throw new NotFound(`AWS KMS answered no public key for ${keyId}.`);
  const key = derSignatureCheck(PublicKey);
  if (key.algorithm === 'ECDSA-P256-SHA256') return key;
  const message = `The key ${keyId} is no key for ECDSA on P-256.`;
  const mend = 'Use an asymmetric key of the spec ECC_NIST_P256 for signing and verifying.';
  throw new InvalidInput(message, [{ pointer: '', code: 'wrong-key', message, mend }]);
}

/**
 * Signs with an asymmetric key in AWS KMS (`ECC_NIST_P256`), which never leaves the service. The public key is asked for once,
 * at first use, and kept; an answer that failed is not. Each signature is checked before it is handed out: when an alias was
 * pointed to another key since, that shows at once and the next use asks for the public key anew.
 * @param keyId the key's id, ARN, or alias.
 * @returns the port: it throws what the SDK throws, NotFound without a public key, InvalidInput for another kind of key.
 * Signing throws what the SDK throws, and Conflict when the key was changed.
 */
export function kmsSigner(client: KMSClient, keyId: string): () => Promise<Signer> {
  let known: Promise<SignatureCheck> | undefined;
  const publicKey = (): Promise<SignatureCheck> => {
    known ??= readPublicKey(client, keyId).catch((error: unknown) => {
      known = undefined;
      throw error;
    });
    return known;
  };
  return async () => {
    const key = await publicKey();
    return {
      keyId: key.keyId,
      publicKey: key.publicKey,
      algorithm: key.algorithm,
      async sign(bytes) {
        const command = new SignCommand({ KeyId: keyId, SigningAlgorithm: SIGNING_ALGORITHM, ...messageOf(bytes) });
        const { Signature } = await client.send(command);
        if (Signature !== undefined && key.holds(bytes, Signature)) return Signature;
        known = undefined;
        throw new Conflict(
          `AWS KMS did not sign with the key that ${keyId} was when its public key was read; try again.`,
        );
      },
    };
  };
}
