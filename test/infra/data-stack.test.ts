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

  test('takes no request without TLS', () => {
    const policies = Object.values(template.findResources('AWS::S3::BucketPolicy'));
    expect(policies).toHaveLength(2);
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
    template.resourceCountIs('AWS::SES::ConfigurationSetEventDestination', 0);
    const [set] = Object.values(template.findResources('AWS::SES::ConfigurationSet'));
    expect(set!.Properties).not.toHaveProperty('TrackingOptions');
  });

  test('is emptied and deleted with its stack only where the environment says so', () => {
    const dev = templateOf(stacksOf('dev'), '-data');
    dev.hasResource('AWS::DynamoDB::Table', { DeletionPolicy: 'Delete' });
    dev.resourceCountIs('Custom::S3AutoDeleteObjects', 2);
    template.resourceCountIs('Custom::S3AutoDeleteObjects', 0);
  });

  test('stays as it was', () => {
    expect(normalised(rawTemplate(prod, '-data'))).toMatchSnapshot();
  });
});
