import {
  DeleteObjectCommand,
  GetObjectCommand,
  ListObjectVersionsCommand,
  NoSuchKey,
  PutObjectCommand,
  type S3Client,
  S3ServiceException,
} from '@aws-sdk/client-s3';
import { canonicalJson, type Digest, digestOfBytes } from '../../core/digest.ts';
import type { ArtifactStore } from './artifact-store.ts';
import { unavailable } from './artifacts-unavailable.ts';
import { checkedDocument, missingArtifact, nameOf } from './checked-document.ts';
import { Erased, erasedMarker } from './erased.ts';

/** Artifacts live below this prefix; other parts of the bucket hold other things. */
const PREFIX = 'artifacts/';

const keyOf = (digest: Digest): string => `${PREFIX}${nameOf(digest)}.json`;

/** How often a write is tried that met another write of the same object. */
const ATTEMPTS = 4;

const hasStatus = (error: unknown, status: number): boolean =>
  error instanceof S3ServiceException && error.$metadata.httpStatusCode === status;

/**
 * Stores an object unless it is there: S3 says 412 when it is, and 409 while somebody else is writing it.
 * @returns whether it was not there before.
 */
async function putOnce(client: S3Client, command: PutObjectCommand): Promise<boolean> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      await client.send(command);
      return true;
    } catch (error) {
      if (hasStatus(error, 412)) return false;
      if (!hasStatus(error, 409) || attempt === ATTEMPTS) throw error;
    }
  }
}

/** Reads artifacts from an S3 bucket. */
export function s3ArtifactReader(client: S3Client, bucket: string): Pick<ArtifactStore, 'get'> {
  return {
    async get(digest) {
      const command = new GetObjectCommand({ Bucket: bucket, Key: keyOf(digest) });
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
export function s3ArtifactStore(client: S3Client, bucket: string): Pick<ArtifactStore, 'get' | 'put'> {
  const reader = s3ArtifactReader(client, bucket);
  return {
    ...reader,

    async put(document) {
      const bytes = canonicalJson(document);
      const digest = digestOfBytes(bytes);
      const command = new PutObjectCommand({
        Bucket: bucket,
        Key: keyOf(digest),
        Body: bytes,
        ContentType: 'application/json',
        ChecksumSHA256: Buffer.from(digest.slice('sha256:'.length), 'hex').toString('base64'),
        IfNoneMatch: '*',
      });
      const isNew = await putOnce(client, command).catch((error: unknown) => {
        throw unavailable('the bucket', error);
      });
      // What is there already may be the marker of an erasure, which reading tells.
      if (!isNew) await reader.get(digest);
      return digest;
    },
  };
}

/** Deletes every version of an object but the current one, and every delete marker. */
async function deleteOldVersions(client: S3Client, bucket: string, key: string): Promise<void> {
  let from: { readonly KeyMarker?: string | undefined; readonly VersionIdMarker?: string | undefined } | undefined = {};
  while (from !== undefined) {
    const page: Awaited<ReturnType<typeof listVersions>> = await listVersions(client, bucket, key, from);
    const old = [...(page.Versions ?? []), ...(page.DeleteMarkers ?? [])].filter(
      ({ Key, IsLatest }) => Key === key && IsLatest !== true,
    );
    for (const { VersionId } of old) {
      if (VersionId !== undefined) await client.send(new DeleteObjectCommand({ Bucket: bucket, Key: key, VersionId }));
    }
    from =
      page.IsTruncated === true
        ? { KeyMarker: page.NextKeyMarker, VersionIdMarker: page.NextVersionIdMarker }
        : undefined;
  }
}

function listVersions(client: S3Client, bucket: string, key: string, from: object) {
  return client.send(new ListObjectVersionsCommand({ Bucket: bucket, Prefix: key, ...from }));
}

/**
 * Erases artifacts in an S3 bucket: the marker becomes the current version in one step, then every older version is deleted for
 * good. Where Object Lock holds a version, S3 refuses, and the erasure stays unfinished until the lock ends.
 */
export function s3ArtifactEraser(client: S3Client, bucket: string): Pick<ArtifactStore, 'erase'> {
  const reader = s3ArtifactReader(client, bucket);
  return {
    async erase(digest, erasure) {
      const Key = keyOf(digest);
      const isErased = await reader.get(digest).then(
        () => false,
        (error: unknown) => {
          if (error instanceof Erased) return true;
          throw error;
        },
      );
      try {
        if (!isErased) {
          const Body = canonicalJson(erasedMarker(digest, erasure));
          await client.send(new PutObjectCommand({ Bucket: bucket, Key, Body, ContentType: 'application/json' }));
        }
        await deleteOldVersions(client, bucket, Key);
      } catch (error) {
        throw unavailable('the bucket', error);
      }
    },
  };
}
