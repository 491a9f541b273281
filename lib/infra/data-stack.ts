import { Duration, RemovalPolicy, Stack, type StackProps } from 'aws-cdk-lib';
import { AttributeType, BillingMode, ProjectionType, Table, TableEncryption } from 'aws-cdk-lib/aws-dynamodb';
import { BlockPublicAccess, Bucket, BucketEncryption, type IBucket, ObjectOwnership } from 'aws-cdk-lib/aws-s3';
import type { Construct } from 'constructs';
import { addAnchors } from './anchors.ts';
import type { Environment } from './environments.ts';
import { addHelperLogs } from './helper-logs.ts';
import { addMailIdentity } from './mail-identity.ts';
import { placeOf } from './place.ts';
import { addSigningKey } from './signing-key.ts';

export interface DataStackProps extends StackProps {
  readonly environment: Environment;
}

/** What outlives every deployment: the table, the artifacts, and the identity that mail is sent from. */
export class DataStack extends Stack {
  constructor(scope: Construct, id: string, props: DataStackProps) {
    super(scope, id, props);
    const { environment } = props;
    const { data, retention } = environment.settings;
    const place = placeOf(this, environment);
    const removalPolicy = data.onStackDeletion === 'retain' ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY;

    const table = new Table(this, 'Table', {
      tableName: place.tableName,
      partitionKey: { name: 'pk', type: AttributeType.STRING },
      sortKey: { name: 'sk', type: AttributeType.STRING },
      billingMode: BillingMode.PAY_PER_REQUEST,
      encryption: TableEncryption.AWS_MANAGED,
      pointInTimeRecoverySpecification: {
        pointInTimeRecoveryEnabled: true,
        recoveryPeriodInDays: retention.tableRecoveryDays,
      },
      timeToLiveAttribute: 'expiresAt',
      deletionProtection: data.deletionProtection,
      removalPolicy,
    });
    for (const indexName of ['gsi1', 'gsi2'] as const)
      table.addGlobalSecondaryIndex({
        indexName,
        partitionKey: { name: `${indexName}pk`, type: AttributeType.STRING },
        sortKey: { name: `${indexName}sk`, type: AttributeType.STRING },
        projectionType: ProjectionType.ALL,
      });

    const closed = {
      encryption: BucketEncryption.S3_MANAGED,
      blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
      objectOwnership: ObjectOwnership.BUCKET_OWNER_ENFORCED,
      enforceSSL: true,
      removalPolicy,
      autoDeleteObjects: removalPolicy === RemovalPolicy.DESTROY,
    };
    const accessLog = new Bucket(this, 'AccessLog', {
      ...closed,
      lifecycleRules: [{ expiration: Duration.days(retention.logDays) }],
    });
    new Bucket(this, 'Artifacts', {
      ...closed,
      bucketName: place.bucketName,
      versioned: true,
      serverAccessLogsBucket: accessLog as IBucket,
      serverAccessLogsPrefix: 'artifacts/',
      // No rule ever deletes what is current: a policy that was stored years ago may be in force today.
      lifecycleRules: [
        {
          abortIncompleteMultipartUploadAfter: Duration.days(7),
          noncurrentVersionExpiration: Duration.days(retention.noncurrentVersionDays),
        },
      ],
    });

    addAnchors(this, { place, closed, accessLog: accessLog as IBucket, lockDays: data.anchorLockDays });
    addSigningKey(this, { place, removalPolicy, deletionDays: data.signingKeyDeletionDays });
    addMailIdentity(this, environment, place, removalPolicy);
    addHelperLogs(this, environment);
  }
}
