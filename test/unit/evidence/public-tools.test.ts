import { spawnSync } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readRecordings } from '../../../lib/cli/recordings.ts';
import { newSigningKey, pemSigner, type Signer } from '../../../lib/platform/audit/signer.ts';
import { documentOf } from '../../../lib/platform/evidence/finding.ts';
import { assembleEvidence } from '../../../lib/platform/evidence/packet.ts';
import type { EvidencePacket } from '../../../lib/platform/evidence/packet-schema.ts';
import { publish } from '../../../lib/platform/executions/publish.ts';
import { type StartedTable, startTable } from '../../support/dynamodb.ts';
import { missingTools } from '../../support/public-tools.ts';
import type { TestRuntime } from '../../support/runtime.ts';
import { slowTest } from '../../support/slow.ts';
import { approveAll, ask, compute, started, startSystem } from '../executions/system.ts';
import { tinySkill } from '../executions/tiny-skill.ts';

const page = readFileSync(join(import.meta.dirname, '../../../docs/verifying-evidence.md'), 'utf8');
/** The commands of the page, all of them and in its order. */
const commands = [...page.matchAll(/^```sh\n(.*?)^```$/gms)].map(([, text]) => text).join('\n');

const skill = tinySkill();
const folder = mkdtempSync(join(tmpdir(), 'countersign-stranger-'));
let store: StartedTable;
let packets: EvidencePacket[];

const p256 = pemSigner(
  generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
);
const ed25519 = pemSigner(newSigningKey());

async function publishedBy(system: TestRuntime, signer: Signer): Promise<EvidencePacket> {
  const runtime = { ...system, signer: async () => signer };
  const executionId = await started(runtime, ask(skill, 1_000));
  await publish(runtime, await approveAll(runtime, await compute(runtime, executionId)));
  return assembleEvidence(runtime, executionId);
}

beforeAll(async () => {
  store = await startTable();
  const system = await startSystem(store.table, skill);
  packets = [await publishedBy(system, p256), await publishedBy(system, ed25519)];
});
afterAll(async () => {
  await store.close();
  rmSync(folder, { recursive: true });
});

/** What the commands of the page come to, run by bash as they stand there. */
function run(packet: unknown, key: string) {
  writeFileSync(join(folder, 'packet.json'), JSON.stringify(packet));
  writeFileSync(join(folder, 'key.pem'), key);
  // Debian's bash reads the machine's start-up files when its input is a socket, which a pipe of Node is.
  const { status, stdout, stderr } = spawnSync('bash', ['--norc', '--noprofile', '-euo', 'pipefail', '-c', commands], {
    cwd: folder,
    encoding: 'utf8',
  });
  return { status, stdout, stderr };
}

test('the page holds commands for signature, statement, documents and chain', () => {
  for (const part of ['openssl pkeyutl -verify', '.predicate', 'diff stated.txt computed.txt', '.chain.events'])
    expect(commands).toContain(part);
});

describe.skipIf(missingTools.length > 0)('a stranger with the commands of docs/verifying-evidence.md', () => {
  test.each([
    ['ECDSA on P-256', 0, p256],
    ['Ed25519', 1, ed25519],
  ] as const)('finds that a packet signed with %s holds', (_name, index, signer) => {
    const { status, stdout, stderr } = run(packets[index], signer.publicKey);
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(stdout).toContain('Signature Verified Successfully');
    expect(stdout).toContain(packets[index]!.executionId);
    expect(stdout).toContain(signer.keyId.slice(7));
  });

  test('finds a foreign key', () => {
    const { status, stdout } = run(packets[0], ed25519.publicKey);
    expect(status).not.toBe(0);
    expect(stdout).not.toContain('Verified Successfully');
  });

  slowTest.each<[string, (packet: EvidencePacket) => void]>([
    [
      'a statement that was edited',
      (packet) => {
        const envelope = documentOf(packet, 'statement') as { payload: string };
        const text = Buffer.from(envelope.payload, 'base64').toString('utf8').replace('"published"', '"rejected"');
        envelope.payload = Buffer.from(text, 'utf8').toString('base64');
      },
    ],
    [
      'a document that was edited',
      (packet) => {
        const card = documentOf(packet, 'execution-scorecard') as { measures: { decisions: number } };
        card.measures.decisions = 9;
      },
    ],
    [
      'an input that was edited',
      (packet) => {
        const request = documentOf(packet, 'request') as { input: { discount: number } };
        request.input.discount = 1;
      },
    ],
    [
      'an event that was edited',
      (packet) => {
        packet.chain.events[1]!.actor = 'somebody';
      },
    ],
    [
      'a chain that was cut off',
      (packet) => {
        packet.chain.events.pop();
      },
    ],
    [
      'another outcome on record',
      (packet) => {
        packet.record.outcome = 'rejected';
      },
    ],
    [
      'the statement of another execution',
      (packet) => {
        packet.executionId = 'ex-other';
      },
    ],
  ])('finds %s', (_what, tamper) => {
    const packet = structuredClone(packets[0]!);
    tamper(packet);
    expect(run(packet, p256.publicKey).status).not.toBe(0);
  });

  slowTest('computes the digest of every document in the recorded executions', { timeout: 60_000 }, () => {
    const recorded = readRecordings().map(({ packet }) => packet as EvidencePacket);
    expect(recorded.length).toBeGreaterThanOrEqual(10);
    for (const { artifacts } of recorded) {
      writeFileSync(join(folder, 'packet.json'), JSON.stringify({ artifacts }));
      const script = artifacts
        .map((_, i) => `jq -jcS '.artifacts[${i}].document' packet.json | openssl dgst -sha256 -r | cut -d ' ' -f 1`)
        .join('\n');
      const { stdout } = spawnSync('bash', ['-c', script], { cwd: folder, encoding: 'utf8' });
      expect(stdout.trim().split('\n')).toEqual(artifacts.map(({ digest }) => digest.slice('sha256:'.length)));
    }
  });
});
