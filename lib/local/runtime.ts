import { randomBytes } from 'node:crypto';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { SFNClient } from '@aws-sdk/client-sfn';
import { instantAt } from '../core/instant.ts';
import { folderArtifactStore } from '../platform/artifacts/folder.ts';
import { folderAnchorStore } from '../platform/audit/folder-anchor-store.ts';
import { stepFunctionsStateMachines } from '../platform/aws/state-machines.ts';
import type { FlagAdmin } from '../platform/flags/admin-client.ts';
import type { FlagSource } from '../platform/flags/fetch-snapshot.ts';
import { lastSnapshot } from '../platform/flags/snapshot-store.ts';
import { unleashFlagControl } from '../platform/flags/unleash-flag-control.ts';
import { notingRefusals } from '../platform/mail/mail-failures.ts';
import { smtpMailSender } from '../platform/mail/smtp.ts';
import { folderPublisher } from '../platform/publisher/folder.ts';
import type { Runtime } from '../platform/runtime.ts';
import type { Settings } from '../platform/settings.ts';
import type { AnySkill } from '../platform/skill/define-skill.ts';
import { Table } from '../platform/store/table.ts';
import type { LocalClock } from './clock.ts';
import { localSigner } from './signer.ts';
import { LOCAL_PLACE } from './synthesized-system.ts';

/** The SDK insists on credentials; the local servers look at none. */
const CLIENT = { region: LOCAL_PLACE.region, credentials: { accessKeyId: 'local', secretAccessKey: 'local' } };

/** A DynamoDB client for the server on this machine. */
export function localDynamoDb(endpoint: string): DynamoDBClient {
  return new DynamoDBClient({ ...CLIENT, endpoint });
}

/** The ports of the local system: the AWS adapters where a local server speaks the protocol, others where none does. */
export function localRuntime(options: {
  readonly settings: Settings;
  readonly skills: readonly AnySkill[];
  readonly clock: LocalClock;
  readonly dynamoDbUrl: string;
  readonly statesUrl: string;
  readonly smtpPort: number;
  readonly artifactsFolder: string;
  readonly flagSource: FlagSource;
  /** Without it, a rollback leaves the flags to people. */
  readonly flagAdmin?: FlagAdmin;
  /** Where signed manifests go. */
  readonly anchorsFolder: string;
  /** Where approved content is released to; without it nothing is released. */
  readonly publishedFolder?: string;
  /** The file with the key that signs. */
  readonly signingKeyFile: string;
}): Runtime {
  const { settings, skills, flagAdmin, publishedFolder } = options;
  const clock = { now: () => instantAt(options.clock.now()) };
  const table = new Table(localDynamoDb(options.dynamoDbUrl), settings.table);
  return {
    settings,
    skills,
    clock,
    random: { bytes: (count) => randomBytes(count) },
    table,
    artifacts: folderArtifactStore(options.artifactsFolder),
    mail: notingRefusals(smtpMailSender({ host: '127.0.0.1', port: options.smtpPort, from: settings.mailFrom }), {
      table,
      clock,
    }),
    states: stepFunctionsStateMachines(
      new SFNClient({ ...CLIENT, endpoint: options.statesUrl }),
      settings.stateMachinePrefix,
    ),
    flags: { snapshot: () => lastSnapshot(table), source: async () => options.flagSource },
    ...(flagAdmin === undefined
      ? {}
      : { flagAdmin: unleashFlagControl(async () => flagAdmin, settings.unleash?.environment ?? '') }),
    anchors: async () => folderAnchorStore(options.anchorsFolder),
    signer: () => localSigner(options.signingKeyFile),
    ...(publishedFolder === undefined ? {} : { publisher: async () => folderPublisher(publishedFolder, clock) }),
  };
}
