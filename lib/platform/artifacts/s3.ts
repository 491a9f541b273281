import { GetObjectCommand, NoSuchKey, PutObjectCommand, type S3Client, S3ServiceException } from '@aws-sdk/client-s3';
import { canonicalJson, digestOfBytes } from '../../core/digest.ts';
import type { ArtifactStore } from './artifact-store.ts';
import { checkedDocument, missingArtifact, nameOf } from './checked-document.ts';

/** Artifacts live below this prefix; other parts of the bucket hold other things. */
const PREFIX = 'artifacts/';

/** S3 says 412 when the object is there already, and 409 when somebody stores the same one at this moment. */
const isStoredAlready = (error: unknown): boolean =>
  error instanceof S3ServiceException && [409, 412].includes(error.$metadata.httpStatusCode ?? 0);

/** Artifacts in an S3 bucket. An object is written once: the write is conditional on its absence. */
export function s3ArtifactStore(client: S3Client, bucket: string): ArtifactStore {
  return {
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
      try {
        await client.send(command);
      } catch (error) {
        if (!isStoredAlready(error)) throw error;
      }
      return digest;
    },

    async get(digest) {
      const command = new GetObjectCommand({ Bucket: bucket, Key: `${PREFIX}${nameOf(digest)}.json` });
      try {
        const { Body } = await client.send(command);
        if (Body === undefined) throw missingArtifact(digest);
        return checkedDocument(await Body.transformToByteArray(), digest);
      } catch (error) {
        throw error instanceof NoSuchKey ? missingArtifact(digest, error) : error;
      }
    },
  };
}
