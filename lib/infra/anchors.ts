import { Duration } from 'aws-cdk-lib';
import { Bucket, type BucketProps, type IBucket, ObjectLockRetention } from 'aws-cdk-lib/aws-s3';
import type { Construct } from 'constructs';
import type { Place } from './place.ts';

export interface AnchorsProps {
  readonly place: Place;
  /** What every bucket of this environment has in common. */
  readonly closed: BucketProps;
  readonly accessLog: IBucket;
  /** How long nobody can delete a manifest; without it, it is not locked. */
  readonly lockDays: number | undefined;
}

/** Where signed manifests of the audit chains' heads are kept. */
export function addAnchors(scope: Construct, { place, closed, accessLog, lockDays }: AnchorsProps): void {
  new Bucket(scope, 'Anchors', {
    ...closed,
    bucketName: place.anchorsBucketName,
    versioned: true,
    serverAccessLogsBucket: accessLog,
    serverAccessLogsPrefix: 'anchors/',
    ...(lockDays === undefined
      ? {}
      : { objectLockDefaultRetention: ObjectLockRetention.compliance(Duration.days(lockDays)) }),
  });
}
