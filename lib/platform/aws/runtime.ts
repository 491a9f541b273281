import { randomBytes } from 'node:crypto';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { S3Client } from '@aws-sdk/client-s3';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { SESv2Client } from '@aws-sdk/client-sesv2';
import { SFNClient } from '@aws-sdk/client-sfn';
import { instantAt } from '../../core/instant.ts';
import { s3ArtifactStore } from '../artifacts/s3.ts';
import { lastSnapshot } from '../flags/snapshot-store.ts';
import { notingRefusals } from '../mail/mail-failures.ts';
import { sesMailSender } from '../mail/ses.ts';
import type { Runtime } from '../runtime.ts';
import { readSettings } from '../settings.ts';
import type { AnySkill } from '../skill/define-skill.ts';
import { Table } from '../store/table.ts';
import { awsAnchors } from './anchors.ts';
import { FLAG_ADMIN_SECRET_VARIABLE, flagAdminOf } from './flag-admin.ts';
import { flagSource } from './flag-source.ts';
import { fixedRetries, RETRY_DELAYS_MS } from './retry-strategy.ts';
import { stepFunctionsStateMachines } from './state-machines.ts';

/**
 * The ports of a function in AWS, from its environment variables. The SDK's own variables apply as well: with
 * `AWS_ENDPOINT_URL_<SERVICE>` the same clients talk to servers elsewhere.
 * @throws InvalidInput naming every variable that is missing or malformed.
 */
export function awsRuntime(
  skills: readonly AnySkill[],
  variables: Record<string, string | undefined> = process.env,
): Runtime {
  const settings = readSettings(variables);
  const client = { retryStrategy: fixedRetries(), maxAttempts: RETRY_DELAYS_MS.length + 1 };
  const table = new Table(new DynamoDBClient(client), settings.table);
  const secrets = new SecretsManagerClient(client);
  const s3 = new S3Client(client);
  const clock = { now: () => instantAt(Date.now()) };
  return {
    settings,
    skills,
    clock,
    random: { bytes: (count) => randomBytes(count) },
    table,
    artifacts: s3ArtifactStore(s3, settings.artifactsBucket),
    mail: notingRefusals(sesMailSender(new SESv2Client(client), settings.mailFrom), { table, clock }),
    states: stepFunctionsStateMachines(new SFNClient(client), settings.stateMachinePrefix),
    flags: {
      snapshot: () => lastSnapshot(table),
      source: () => flagSource(secrets, settings.unleash?.url, variables.COUNTERSIGN_UNLEASH_TOKEN_SECRET),
    },
    ...flagAdminOf(secrets, settings, variables[FLAG_ADMIN_SECRET_VARIABLE]),
    anchors: () =>
      awsAnchors({ s3, secrets }, variables.COUNTERSIGN_ANCHORS_BUCKET, variables.COUNTERSIGN_ANCHOR_KEY_SECRET),
  };
}
