import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { LoadedDirectory } from '../core/directory/loaded.ts';
import { NotFound } from '../core/errors.ts';
import type { Instant } from '../core/instant.ts';
import { folderArtifactStore } from '../platform/artifacts/folder.ts';
import { newSigningKey, pemSigner } from '../platform/audit/signer.ts';
import { snapshotOf } from '../platform/flags/snapshot.ts';
import { STICKY_PROPERTY } from '../platform/flags/stickiness.ts';
import type { Runtime } from '../platform/runtime.ts';
import type { Settings } from '../platform/settings.ts';
import type { AnySkill } from '../platform/skill/define-skill.ts';
import { Table } from '../platform/store/table.ts';
import { localDynamoDb } from './runtime.ts';
import { startDynamoDb } from './services/dynamodb.ts';
import { ensureTable } from './services/ensure-table.ts';
import { synthesizedSystem } from './synthesized-system.ts';

/** A system of one skill that is thrown away. */
export interface ScratchRuntime {
  readonly runtime: Runtime;
  close(): Promise<void>;
}

const SETTINGS: Settings = {
  environment: 'scratch',
  table: 'scratch',
  artifactsBucket: 'scratch',
  baseUrl: 'http://127.0.0.1',
  mailFrom: 'Countersign <countersign@localhost.invalid>',
  oversightAddress: 'oversight@localhost.invalid',
  stateMachinePrefix: 'arn:aws:states:local:000000000000:stateMachine:scratch-',
  maximumBodyBytes: 1_048_576,
};

/** The flag, on for every account. */
function flagOn(skill: AnySkill, at: Instant) {
  const parameters = { rollout: '100', stickiness: STICKY_PROPERTY, groupId: skill.flag };
  const strategies = [{ name: 'flexibleRollout', parameters, variants: [] }];
  return snapshotOf({ features: [{ name: skill.flag, enabled: true, strategies }] }, at);
}

/**
 * An empty system for one skill with a configuration and a directory of its own: the table's real server in memory,
 * artifacts in a temporary folder, a clock that stands. Nobody is mailed and no state machine runs; whoever uses it calls the
 * steps.
 */
export async function scratchRuntime(options: {
  readonly skill: AnySkill;
  readonly configuration: unknown;
  readonly directory: LoadedDirectory;
  readonly instant: Instant;
}): Promise<ScratchRuntime> {
  const { configuration, directory, instant } = options;
  const skill: AnySkill = {
    ...options.skill,
    baselineConfiguration: () => configuration,
    referenceDirectory: () => directory.snapshot,
  };
  const folder = await mkdtemp(join(tmpdir(), 'countersign-scratch-'));
  const server = await startDynamoDb({ port: 0 });
  const client = localDynamoDb(server.url);
  const close = async (): Promise<void> => {
    client.destroy();
    await server.close();
    await rm(folder, { recursive: true, force: true });
  };
  try {
    const [table] = synthesizedSystem([options.skill]).tables;
    if (table === undefined) throw new Error('The synthesized system has no table.');
    await ensureTable(client, table);
    const { TableName: tableName = SETTINGS.table } = table;
    const snapshot = flagOn(skill, instant);
    const signer = pemSigner(newSigningKey());
    const runtime: Runtime = {
      settings: SETTINGS,
      skills: [skill],
      clock: { now: () => instant },
      random: { bytes: (count) => randomBytes(count) },
      table: new Table(client, tableName),
      artifacts: folderArtifactStore(folder),
      mail: { send: async () => ({ messageId: '<scratch@localhost.invalid>' }) },
      states: {
        start: async () => {},
        succeedTask: async () => 'gone',
        describe: async () => undefined,
        journey: async () => undefined,
      },
      flags: { snapshot: async () => snapshot, source: async () => undefined },
      anchors: async () => {
        throw new NotFound('A scratch system anchors nothing.');
      },
      signer: async () => signer,
    };
    return { runtime, close };
  } catch (error) {
    await close();
    throw error;
  }
}
