import { Match } from 'aws-cdk-lib/assertions';
import { describe, expect, test } from 'vitest';
import { normalised, rawTemplate, stacksOf, templateOf } from './support/templates.ts';

const prod = stacksOf('prod');
const template = templateOf(prod, '-data');

describe('the stack of the data', () => {
  test('has a table on demand, encrypted, recoverable, protected, expiring by expiresAt', () => {
    template.hasResource('AWS::DynamoDB::Table', {
      DeletionPolicy: 'Retain',
      UpdateReplacePolicy: 'Retain',
      Properties: {
        TableName: 'countersign-prod',
        BillingMode: 'PAY_PER_REQUEST',
        DeletionProtectionEnabled: true,
        KeySchema: [
          { AttributeName: 'pk', KeyType: 'HASH' },
          { AttributeName: 'sk', KeyType: 'RANGE' },
        ],
        GlobalSecondaryIndexes: ['gsi1', 'gsi2'].map((IndexName) => ({
          IndexName,
          Projection: { ProjectionType: 'ALL' },
        })),
        PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
        SSESpecification: { SSEEnabled: true },
        TimeToLiveSpecification: { AttributeName: 'expiresAt', Enabled: true },
      },
    });
  });

  test('keeps artifacts in a versioned bucket of which nothing is public, and logs who read it', () => {
    template.allResourcesProperties('AWS::S3::Bucket', {
      PublicAccessBlockConfiguration: {
        BlockPublicAcls: true,
        BlockPublicPolicy: true,
        IgnorePublicAcls: true,
        RestrictPublicBuckets: true,
      },
    });
    template.hasResource('AWS::S3::Bucket', {
      DeletionPolicy: 'Retain',
      Properties: {
        VersioningConfiguration: { Status: 'Enabled' },
        LoggingConfiguration: { LogFilePrefix: 'artifacts/' },
      },
    });
  });

  test('locks each signed manifest for years where the environment says so', () => {
    template.hasResourceProperties('AWS::S3::Bucket', {
      BucketName: { 'Fn::Join': ['', Match.arrayWith([Match.stringLikeRegexp('countersign-prod-anchors-')])] },
      ObjectLockEnabled: true,
      ObjectLockConfiguration: { Rule: { DefaultRetention: { Mode: 'COMPLIANCE', Days: 3653 } } },
      VersioningConfiguration: { Status: 'Enabled' },
    });
    const locked = Object.values(templateOf(stacksOf('dev'), '-data').findResources('AWS::S3::Bucket')).filter(
      ({ Properties }) => Properties.ObjectLockConfiguration !== undefined,
    );
    expect(locked).toEqual([]);
  });

  test('has a key that signs and never leaves AWS KMS, kept as long as the environment says', () => {
    template.hasResource('AWS::KMS::Key', {
      DeletionPolicy: 'Retain',
      UpdateReplacePolicy: 'Retain',
      Properties: { KeySpec: 'ECC_NIST_P256', KeyUsage: 'SIGN_VERIFY', PendingWindowInDays: 30 },
    });
    template.hasResourceProperties('AWS::KMS::Alias', { AliasName: 'alias/countersign-prod-signing' });
    template.resourceCountIs('AWS::SecretsManager::Secret', 0);
    const dev = templateOf(stacksOf('dev'), '-data');
    dev.hasResource('AWS::KMS::Key', { DeletionPolicy: 'Delete', Properties: { PendingWindowInDays: 7 } });
  });

  test('takes no request without TLS', () => {
    const policies = Object.values(template.findResources('AWS::S3::BucketPolicy'));
    expect(policies).toHaveLength(3);
    for (const policy of policies)
      expect(policy.Properties.PolicyDocument.Statement).toContainEqual(
        expect.objectContaining({
          Effect: 'Deny',
          Action: 's3:*',
          Condition: { Bool: { 'aws:SecureTransport': 'false' } },
        }),
      );
  });

  test('sends mail by a configuration set that tracks neither clicks nor opens', () => {
    template.hasResourceProperties('AWS::SES::EmailIdentity', {
      EmailIdentity: 'countersign.example.com',
      ConfigurationSetAttributes: { ConfigurationSetName: { Ref: 'MailConfiguration5CD4B050' } },
    });
    const [destination] = Object.values(template.findResources('AWS::SES::ConfigurationSetEventDestination'));
    expect(destination!.Properties.EventDestination.MatchingEventTypes).toEqual(['bounce', 'complaint', 'reject']);
    template.resourceCountIs('AWS::SES::ConfigurationSetEventDestination', 1);
    const [set] = Object.values(template.findResources('AWS::SES::ConfigurationSet'));
    expect(set!.Properties).not.toHaveProperty('TrackingOptions');
  });

  test('is emptied and deleted with its stack only where the environment says so', () => {
    const dev = templateOf(stacksOf('dev'), '-data');
    dev.hasResource('AWS::DynamoDB::Table', { DeletionPolicy: 'Delete' });
    dev.resourceCountIs('Custom::S3AutoDeleteObjects', 3);
    template.resourceCountIs('Custom::S3AutoDeleteObjects', 0);
  });

  test('stays as it was', () => {
    expect(normalised(rawTemplate(prod, '-data'))).toMatchSnapshot();
  });
});
