import type { S3Client } from '@aws-sdk/client-s3';
import { NotFound } from '../../core/errors.ts';
import type { AnchorStore } from '../audit/anchor-store.ts';
import { s3AnchorStore } from '../audit/s3-anchor-store.ts';

/**
 * The bucket with Object Lock that manifests go to.
 * @throws NotFound when this function was told of none.
 */
export function awsAnchors(s3: S3Client, bucket: string | undefined): AnchorStore {
  if (bucket === undefined) throw new NotFound('This function was given no anchors.');
  return s3AnchorStore(s3, bucket);
}
