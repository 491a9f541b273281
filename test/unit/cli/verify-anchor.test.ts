import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { verify } from '../../../lib/cli/verify.ts';
import { digestOf } from '../../../lib/core/digest.ts';
import { InvalidInput } from '../../../lib/core/errors.ts';
import { anchorHeads } from '../../../lib/platform/audit/anchor.ts';
import { assembleEvidence } from '../../../lib/platform/evidence/packet.ts';
import { type StartedTable, startTable } from '../../support/dynamodb.ts';
import { ask, compute, started, startSystem } from '../executions/system.ts';
import { tinySkill } from '../executions/tiny-skill.ts';

const skill = tinySkill();
let store: StartedTable;
let folder: string;
let printed: string[];
const at = (name: string) => join(folder, name);

beforeAll(async () => {
  store = await startTable();
  folder = await mkdtemp(join(tmpdir(), 'countersign-verify-'));
  const runtime = await startSystem(store.table, skill);
  const executionId = await started(runtime, ask(skill, 1_000));
  await compute(runtime, executionId);
  const packet = await assembleEvidence(runtime, executionId);
  const first = await anchorHeads(runtime);
  runtime.clock.advance(24 * 3600);
  const second = await anchorHeads(runtime);
  const { digest: _, ...content } = structuredClone(packet);
  const events = content.chain.events.slice(0, -1);
  const cut = { ...content, chain: { length: events.length, head: events.at(-1)!.digest, events } };
  const signer = await runtime.signer();
  const manifests = await mkdtemp(at('manifests-'));
  await writeFile(at('whole.json'), JSON.stringify(packet));
  await writeFile(at('cut.json'), JSON.stringify({ ...cut, digest: digestOf(cut) }));
  await writeFile(at('manifest.json'), JSON.stringify(first));
  await writeFile(at('key.pem'), signer.publicKey);
  await writeFile(join(manifests, '2026-11-20.json'), JSON.stringify(first));
  await writeFile(join(manifests, '2026-11-21.json'), JSON.stringify(second));
  folderOfManifests = manifests;
});
let folderOfManifests: string;

afterAll(async () => {
  await store.close();
  await rm(folder, { recursive: true });
});
beforeEach(() => {
  printed = [];
  vi.spyOn(console, 'log').mockImplementation((line: string) => void printed.push(line));
});
afterEach(() => {
  vi.restoreAllMocks();
  process.exitCode = undefined;
});

describe('countersign verify --anchor MANIFEST --key PUBLIC', () => {
  test('without them, a packet cut off consistently cannot be told from a whole one', async () => {
    await verify(at('cut.json'), {});
    expect(process.exitCode).toBe(0);
  });

  test('with them, it can: exit code 1, and the first thing wrong is named', async () => {
    await verify(at('cut.json'), { anchor: at('manifest.json'), key: [at('key.pem')] });
    expect(process.exitCode).toBe(1);
    expect(printed.at(-1)).toContain('First: anchor: The chain has');
  });

  test('the whole one holds, against a manifest and against a folder of them', async () => {
    for (const anchor of [at('manifest.json'), folderOfManifests]) {
      await verify(at('whole.json'), { anchor, key: [at('key.pem')] });
      expect(process.exitCode).toBe(0);
      expect(printed.join('\n')).toContain('✓ anchor:');
    }
  });

  test.each([
    ['no key', { anchor: 'manifest.json' }],
    ['a manifest that is not there', { anchor: 'none.json', key: 'key.pem' }],
    ['a key that is not there', { anchor: 'manifest.json', key: 'none.pem' }],
  ])('%s is a mistake of the caller, told as one', async (_name, named) => {
    const { anchor, key } = named as { anchor?: string; key?: string };
    const options = {
      ...(anchor === undefined ? {} : { anchor: at(anchor) }),
      ...(key === undefined ? {} : { key: [at(key)] }),
    };
    await expect(verify(at('whole.json'), options)).rejects.toBeInstanceOf(InvalidInput);
  });
});
