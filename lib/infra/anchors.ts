import { Duration } from 'aws-cdk-lib';
import { Bucket, type BucketProps, type IBucket, ObjectLockRetention } from 'aws-cdk-lib/aws-s3';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import type { Construct } from 'constructs';
import { acknowledge } from './acknowledge.ts';
import type { Place } from './place.ts';

export interface AnchorsProps {
  readonly place: Place;
  /** What every bucket of this environment has in common. */
  readonly closed: BucketProps;
  readonly accessLog: IBucket;
  /** How long nobody can delete a manifest; without it, it is not locked. */
  readonly lockDays: number | undefined;
}

/** Where signed manifests of the audit chains' heads are kept, and the secret that their signing key is made of. */
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
  const secret = new Secret(scope, 'AnchorKey', {
    secretName: place.anchorKeySecretName,
    description: 'Its SHA-256 is the Ed25519 key that signs the daily manifests of audit heads.',
    // 64 letters and digits are more than 256 random bits.
    generateSecretString: { passwordLength: 64, excludePunctuation: true },
    ...(closed.removalPolicy === undefined ? {} : { removalPolicy: closed.removalPolicy }),
  });
  acknowledge(
    secret,
    'AwsSolutions-SMG4',
    'A signing key that changed by itself would leave verifiers without the key that they know; it is changed by hand.',
  );
}
