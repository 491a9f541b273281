import type { S3Client } from '@aws-sdk/client-s3';
import { GetSecretValueCommand, type SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { NotFound } from '../../core/errors.ts';
import type { Anchors } from '../audit/anchor-store.ts';
import { s3AnchorStore } from '../audit/s3-anchor-store.ts';
import { secretSigner } from '../audit/signer.ts';

/**
 * The bucket with Object Lock that manifests go to, and the key from the secret that signs them.
 * @throws NotFound when this function was told of neither, or the secret holds no text.
 */
export async function awsAnchors(
  clients: { readonly s3: S3Client; readonly secrets: SecretsManagerClient },
  bucket: string | undefined,
  secretName: string | undefined,
): Promise<Anchors> {
  if (bucket === undefined || secretName === undefined) throw new NotFound('This function was given no anchors.');
  const { SecretString } = await clients.secrets.send(new GetSecretValueCommand({ SecretId: secretName }));
  if (SecretString === undefined) throw new NotFound('The secret of the signing key holds no text.');
  return { store: s3AnchorStore(clients.s3, bucket), signer: secretSigner(SecretString) };
}
