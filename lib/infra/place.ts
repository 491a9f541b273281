import type { Stack } from 'aws-cdk-lib';
import type { Environment } from './environments.ts';
import { prefixOf } from './names.ts';

/** Where things are in one environment's account and region, by name: ARNs that hold in every stack without an export. */
export interface Place {
  readonly tableName: string;
  readonly tableArn: string;
  readonly bucketName: string;
  readonly bucketArn: string;
  readonly anchorsBucketName: string;
  readonly anchorsBucketArn: string;
  readonly anchorKeySecretName: string;
  readonly anchorKeySecretArn: string;
  /** The ARN of a state machine up to the skill's id. */
  readonly stateMachinePrefix: string;
  /** The ARN of an execution up to the skill's id. */
  readonly executionPrefix: string;
  readonly mailIdentityArn: string;
  readonly mailConfigurationSetName: string;
  readonly mailConfigurationSetArn: string;
  readonly alarmTopicName: string;
  readonly alarmTopicArn: string;
  readonly flagTokenSecretArn: string;
  /** None where no admin token is configured. */
  readonly flagAdminTokenSecretArn?: string;
}

/** The place of an environment, in the account and region of a stack. */
export function placeOf(stack: Stack, environment: Environment): Place {
  const prefix = prefixOf(environment.name);
  const arn = (service: string, resource: string) =>
    `arn:${stack.partition}:${service}:${stack.region}:${stack.account}:${resource}`;
  const { tokenSecretName, adminTokenSecretName } = environment.settings.unleash;
  const bucketName = `${prefix}-artifacts-${stack.account}-${stack.region}`;
  const anchorsBucketName = `${prefix}-anchors-${stack.account}-${stack.region}`;
  const anchorKeySecretName = `${prefix}/anchor-key`;
  const tableName = prefix;
  const mailConfigurationSetName = prefix;
  const alarmTopicName = `${prefix}-alarms`;
  return {
    tableName,
    tableArn: arn('dynamodb', `table/${tableName}`),
    bucketName,
    bucketArn: `arn:${stack.partition}:s3:::${bucketName}`,
    anchorsBucketName,
    anchorsBucketArn: `arn:${stack.partition}:s3:::${anchorsBucketName}`,
    anchorKeySecretName,
    anchorKeySecretArn: arn('secretsmanager', `secret:${anchorKeySecretName}-??????`),
    stateMachinePrefix: arn('states', `stateMachine:${prefix}-`),
    executionPrefix: arn('states', `execution:${prefix}-`),
    mailIdentityArn: arn('ses', `identity/${environment.settings.mail.domain}`),
    mailConfigurationSetName,
    mailConfigurationSetArn: arn('ses', `configuration-set/${mailConfigurationSetName}`),
    alarmTopicName,
    alarmTopicArn: arn('sns', alarmTopicName),
    // Secrets Manager appends a hyphen and six characters to the name.
    flagTokenSecretArn: arn('secretsmanager', `secret:${tokenSecretName}-??????`),
    ...(adminTokenSecretName === undefined
      ? {}
      : { flagAdminTokenSecretArn: arn('secretsmanager', `secret:${adminTokenSecretName}-??????`) }),
  };
}
