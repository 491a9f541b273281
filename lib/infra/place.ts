import type { Stack } from 'aws-cdk-lib';
import type { Severity } from './alarms/settings.ts';
import { addressIn } from './environment-settings.ts';
import type { Environment } from './environments.ts';
import { prefixOf, signingKeyAliasOf } from './names.ts';

/** Where things are in one environment's account and region, by name: ARNs that hold in every stack without an export. */
export interface Place {
  /** What every name here begins with, such as `countersign-dev`. */
  readonly prefix: string;
  readonly region: string;
  readonly tableName: string;
  readonly tableArn: string;
  readonly bucketName: string;
  readonly bucketArn: string;
  readonly anchorsBucketName: string;
  readonly anchorsBucketArn: string;
  /** By this the key that signs is asked for. */
  readonly signingKeyAlias: string;
  /** Every key of the account and region: what a condition on the alias narrows. */
  readonly anyKeyArn: string;
  /** The ARN of a state machine up to the skill's id. */
  readonly stateMachinePrefix: string;
  /** The ARN of an execution up to the skill's id. */
  readonly executionPrefix: string;
  /** The one address that mail is sent from. */
  readonly mailSender: string;
  readonly mailIdentityArn: string;
  readonly mailConfigurationSetName: string;
  readonly mailConfigurationSetArn: string;
  /** The topics that alarms ring, by severity. */
  readonly alarmTopics: { readonly [severity in Severity]: { readonly name: string; readonly arn: string } };
  readonly flagTokenSecretArn: string;
  /** None where no admin token is configured. */
  readonly flagAdminTokenSecretArn?: string;
  /** None where nothing is released. */
  readonly publisherSecretArn?: string;
}

/** The place of an environment, in the account and region of a stack. */
export function placeOf(stack: Stack, environment: Environment): Place {
  const prefix = prefixOf(environment.name);
  const arn = (service: string, resource: string) =>
    `arn:${stack.partition}:${service}:${stack.region}:${stack.account}:${resource}`;
  const { tokenSecretName, adminTokenSecretName } = environment.settings.unleash;
  const bucketName = `${prefix}-artifacts-${stack.account}-${stack.region}`;
  const anchorsBucketName = `${prefix}-anchors-${stack.account}-${stack.region}`;
  const tableName = prefix;
  const mailConfigurationSetName = prefix;
  const topic = (name: string) => ({ name, arn: arn('sns', name) });
  return {
    prefix,
    region: stack.region,
    tableName,
    tableArn: arn('dynamodb', `table/${tableName}`),
    bucketName,
    bucketArn: `arn:${stack.partition}:s3:::${bucketName}`,
    anchorsBucketName,
    anchorsBucketArn: `arn:${stack.partition}:s3:::${anchorsBucketName}`,
    signingKeyAlias: signingKeyAliasOf(environment.name),
    anyKeyArn: arn('kms', 'key/*'),
    stateMachinePrefix: arn('states', `stateMachine:${prefix}-`),
    executionPrefix: arn('states', `execution:${prefix}-`),
    mailSender: addressIn(environment.settings.mail.from),
    mailIdentityArn: arn('ses', `identity/${environment.settings.mail.domain}`),
    mailConfigurationSetName,
    mailConfigurationSetArn: arn('ses', `configuration-set/${mailConfigurationSetName}`),
    alarmTopics: { page: topic(`${prefix}-pages`), ticket: topic(`${prefix}-tickets`) },
    // Secrets Manager appends a hyphen and six characters to the name.
    flagTokenSecretArn: arn('secretsmanager', `secret:${tokenSecretName}-??????`),
    ...(adminTokenSecretName === undefined
      ? {}
      : { flagAdminTokenSecretArn: arn('secretsmanager', `secret:${adminTokenSecretName}-??????`) }),
    ...(environment.settings.publisher === undefined
      ? {}
      : { publisherSecretArn: arn('secretsmanager', `secret:${environment.settings.publisher.keySecretName}-??????`) }),
  };
}
