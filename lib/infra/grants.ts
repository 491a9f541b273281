import { PolicyStatement, type Role } from 'aws-cdk-lib/aws-iam';
import { acknowledgeWildcard } from './acknowledge.ts';
import type { Grant } from './functions.ts';
import { LIVE_ALIAS } from './names.ts';
import type { Place } from './place.ts';

/** Actions on resources; where a resource is a wildcard, why it has to be. */
interface Right {
  readonly actions: readonly string[];
  readonly resources: readonly string[];
  readonly conditions?: { readonly [operator: string]: { readonly [key: string]: string } };
  readonly wildcardBecause?: string;
}

const READ_ITEMS = ['dynamodb:GetItem', 'dynamodb:Query'];

const ANY_ARTIFACT = 'Artifacts are named by their digest: any of them may be meant.';
const ANY_ANCHOR = 'Manifests are named by their day, keys by their digest.';
const ANY_KEY = 'The key that the alias stands for; the condition lets no other alias or key be asked for.';
const ANY_VERSION = 'Secrets Manager appends a hyphen and six characters of its own to the name.';
const ANY_SKILL = 'Every skill of this environment has a state machine under this prefix.';
const ANY_EXECUTION = 'Executions are named at run time, under the state machines of this environment.';

function readSecret(arn: string): Right {
  return { actions: ['secretsmanager:GetSecretValue'], resources: [arn], wildcardBecause: ANY_VERSION };
}

function rightsOf(grant: Grant, place: Place): readonly Right[] {
  const items = [place.tableArn, `${place.tableArn}/index/gsi1`, `${place.tableArn}/index/gsi2`];
  const objects = [`${place.bucketArn}/artifacts/*`];
  const machines = [`${place.stateMachinePrefix}*`];
  const readArtifacts: Right[] = [
    { actions: ['s3:GetObject'], resources: objects, wildcardBecause: ANY_ARTIFACT },
    // Without it S3 answers 403 for an object that is missing, which could not be told from a lost right.
    { actions: ['s3:ListBucket'], resources: [place.bucketArn] },
  ];
  switch (grant) {
    case 'table:read':
      return [{ actions: READ_ITEMS, resources: items }];
    case 'table:write':
      return [
        { actions: READ_ITEMS, resources: items },
        { actions: ['dynamodb:PutItem'], resources: [place.tableArn] },
      ];
    case 'table:delete':
      return [{ actions: ['dynamodb:DeleteItem'], resources: [place.tableArn] }];
    case 'table:count':
      return [{ actions: ['dynamodb:UpdateItem'], resources: [place.tableArn] }];
    case 'artifacts:read':
      return readArtifacts;
    case 'artifacts:write':
      return [...readArtifacts, { actions: ['s3:PutObject'], resources: objects, wildcardBecause: ANY_ARTIFACT }];
    case 'artifacts:erase':
      return [
        {
          actions: ['s3:DeleteObjectVersion', 's3:PutObject'],
          resources: objects,
          wildcardBecause: ANY_ARTIFACT,
        },
        { actions: ['s3:ListBucketVersions'], resources: [place.bucketArn] },
      ];
    case 'mail:send':
      // Mail goes out as a whole MIME message, for which SES asks for the second action.
      return [
        {
          actions: ['ses:SendEmail', 'ses:SendRawEmail'],
          resources: [place.mailIdentityArn, place.mailConfigurationSetArn],
          // The domain has one sender here, whatever else is allowed to be sent from it.
          conditions: { StringEquals: { 'ses:FromAddress': place.mailSender } },
        },
      ];
    case 'states:start':
      return [
        {
          actions: ['states:StartExecution'],
          resources: machines,
          // Step Functions authorizes an alias by its state machine's ARN; the qualifier is a condition key.
          conditions: { StringEquals: { 'states:StateMachineQualifier': LIVE_ALIAS } },
          wildcardBecause: ANY_SKILL,
        },
      ];
    case 'states:signal':
      return [{ actions: ['states:SendTaskSuccess'], resources: machines, wildcardBecause: ANY_SKILL }];
    case 'states:describe':
      return [
        {
          actions: ['states:DescribeExecution'],
          resources: [`${place.executionPrefix}*`],
          wildcardBecause: ANY_EXECUTION,
        },
      ];
    case 'states:history':
      return [
        {
          // The history is asked for without the data that executions carried, so no token is read.
          actions: ['states:DescribeStateMachineForExecution', 'states:GetExecutionHistory'],
          resources: [`${place.executionPrefix}*`],
          wildcardBecause: ANY_EXECUTION,
        },
      ];
    case 'anchors:write':
      return [
        {
          actions: ['s3:GetObject', 's3:PutObject'],
          resources: [`${place.anchorsBucketArn}/anchors/*`, `${place.anchorsBucketArn}/keys/*`],
          wildcardBecause: ANY_ANCHOR,
        },
        { actions: ['s3:ListBucket'], resources: [place.anchorsBucketArn] },
      ];
    case 'evidence:sign':
      return [
        {
          actions: ['kms:GetPublicKey', 'kms:Sign'],
          resources: [place.anyKeyArn],
          // A key's ARN is not known before it exists; the alias is, and the functions ask for the key by it alone.
          conditions: { StringEquals: { 'kms:RequestAlias': place.signingKeyAlias } },
          wildcardBecause: ANY_KEY,
        },
      ];
    case 'flag-admin:use':
      return place.flagAdminTokenSecretArn === undefined ? [] : [readSecret(place.flagAdminTokenSecretArn)];
    case 'publisher:use':
      return place.publisherSecretArn === undefined ? [] : [readSecret(place.publisherSecretArn)];
    case 'flag-token:read':
      return [readSecret(place.flagTokenSecretArn)];
  }
}

/** Gives a role what the grants come to, and acknowledges the wildcards among it. */
export function giveGrants(role: Role, grants: readonly Grant[], place: Place): void {
  for (const right of grants.flatMap((grant) => rightsOf(grant, place))) {
    role.addToPolicy(
      new PolicyStatement({
        actions: [...right.actions],
        resources: [...right.resources],
        ...(right.conditions === undefined ? {} : { conditions: right.conditions }),
      }),
    );
    if (right.wildcardBecause !== undefined)
      for (const resource of right.resources) acknowledgeWildcard(role, resource, right.wildcardBecause);
  }
}
