import { createHash } from 'node:crypto';
import {
  GetObjectCommand,
  PutObjectCommand,
  paginateListObjectsV2,
  type S3Client,
  S3ServiceException,
} from '@aws-sdk/client-s3';
import { NotFound } from '../../core/errors.ts';
import { type AnchorStore, keyFileName, readManifest, writeManifest } from './anchor-store.ts';

const MANIFESTS = 'anchors/';
const KEYS = 'keys/';

/** Manifests in an S3 bucket whose Object Lock keeps every object as it was written; the retention is the bucket's. */
export function s3AnchorStore(client: S3Client, bucket: string): AnchorStore {
  async function put(key: string, text: string, type: string): Promise<'stored' | 'exists'> {
    try {
      await client.send(
        new PutObjectCommand({
          Bucket: bucket,
          Key: key,
          Body: text,
          ContentType: type,
          // A bucket with Object Lock takes no object without a checksum.
          ChecksumSHA256: createHash('sha256').update(text, 'utf8').digest('base64'),
          IfNoneMatch: '*',
        }),
      );
      return 'stored';
    } catch (error) {
      if (error instanceof S3ServiceException && error.$metadata.httpStatusCode === 412) return 'exists';
      throw error;
    }
  }

  return {
    async last() {
      // Keys are listed in order of text, which is the order of days.
      let newest: string | undefined;
      for await (const page of paginateListObjectsV2({ client }, { Bucket: bucket, Prefix: MANIFESTS }))
        newest = page.Contents?.at(-1)?.Key ?? newest;
      if (newest === undefined) return undefined;
      const { Body } = await client.send(new GetObjectCommand({ Bucket: bucket, Key: newest }));
      if (Body === undefined) throw new NotFound(`The manifest ${newest} is gone.`);
      return readManifest(await Body.transformToString('utf8'));
    },
    putNew: (manifest) => put(`${MANIFESTS}${manifest.day}.json`, writeManifest(manifest), 'application/json'),
    async keepKey(signer) {
      await put(`${KEYS}${keyFileName(signer)}`, signer.publicKey, 'application/x-pem-file');
    },
  };
}
