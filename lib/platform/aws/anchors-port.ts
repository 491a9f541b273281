import { S3Client } from '@aws-sdk/client-s3';
import { awsAnchors } from './anchors.ts';
import type { Port } from './place.ts';

/** Anchors the heads of audit chains. */
export const anchorsPort: Port = ({ variables, client }) => ({
  anchors: async () => awsAnchors(client(S3Client), variables.COUNTERSIGN_ANCHORS_BUCKET),
});
