import { GetObjectCommand, NoSuchKey, PutObjectCommand, type S3Client, S3ServiceException } from '@aws-sdk/client-s3';
import { canonicalJson, digestOfBytes } from '../../core/digest.ts';
import type { ArtifactStore } from './artifact-store.ts';
import { unavailable } from './artifacts-unavailable.ts';
import { checkedDocument, missingArtifact, nameOf } from './checked-document.ts';

/** Artifacts live below this prefix; other parts of the bucket hold other things. */
const PREFIX = 'artifacts/';

/** How often a write is tried that met another write of the same object. */
const ATTEMPTS = 4;

const hasStatus = (error: unknown, status: number): boolean =>
  error instanceof S3ServiceException && error.$metadata.httpStatusCode === status;

/** Stores an object unless it is there: S3 says 412 when it is, and 409 while somebody else is writing it. */
async function putOnce(client: S3Client, command: PutObjectCommand): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      await client.send(command);
      return;
    } catch (error) {
      if (hasStatus(error, 412)) return;
      if (!hasStatus(error, 409) || attempt === ATTEMPTS) throw error;
    }
  }
}

/** Reads artifacts from an S3 bucket. */
export function s3ArtifactReader(client: S3Client, bucket: string): Pick<ArtifactStore, 'get'> {
  return {
    async get(digest) {
      const command = new GetObjectCommand({ Bucket: bucket, Key: `${PREFIX}${nameOf(digest)}.json` });
      try {
        const { Body } = await client.send(command);
        if (Body === undefined) throw missingArtifact(digest);
        return checkedDocument(await Body.transformToByteArray(), digest);
      } catch (error) {
        throw error instanceof NoSuchKey ? missingArtifact(digest, error) : unavailable('the bucket', error);
      }
    },
  };
}

/** Artifacts in an S3 bucket. An object is written once: the write is conditional on its absence. */
export function s3ArtifactStore(client: S3Client, bucket: string): ArtifactStore {
  return {
    ...s3ArtifactReader(client, bucket),

    async put(document) {
      const bytes = canonicalJson(document);
      const digest = digestOfBytes(bytes);
      const command = new PutObjectCommand({
        Bucket: bucket,
        Key: `${PREFIX}${nameOf(digest)}.json`,
        Body: bytes,
        ContentType: 'application/json',
        ChecksumSHA256: Buffer.from(digest.slice('sha256:'.length), 'hex').toString('base64'),
        IfNoneMatch: '*',
      });
      await putOnce(client, command).catch((error: unknown) => {
        throw unavailable('the bucket', error);
      });
      return digest;
    },
  };
}
