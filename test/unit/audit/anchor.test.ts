import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { digestOf } from '../../../lib/core/digest.ts';
import { anchorHeads } from '../../../lib/platform/audit/anchor.ts';
import { appendAudit } from '../../../lib/platform/audit/append.ts';
import { grownChains } from '../../../lib/platform/audit/grown-chains.ts';
import { type AnchorManifest, checkManifests, MANIFEST_START } from '../../../lib/platform/audit/manifest.ts';
import { newSigningKey, pemSigner, type Signer } from '../../../lib/platform/audit/signer.ts';
import { completenessOf } from '../../../lib/platform/evidence/completeness.ts';
import { assembleEvidence } from '../../../lib/platform/evidence/packet.ts';
import type { EvidencePacket } from '../../../lib/platform/evidence/packet-schema.ts';
import { verifyEvidence } from '../../../lib/platform/evidence/verify.ts';
import { engineVersions } from '../../../lib/platform/executions/engine-versions.ts';
import { withEvent } from '../../../lib/platform/executions/events.ts';
import { changeExecution } from '../../../lib/platform/executions/execution-store.ts';
import { publish } from '../../../lib/platform/executions/publish.ts';
import { recover } from '../../../lib/platform/executions/recover.ts';
import { type StartedTable, startTable } from '../../support/dynamodb.ts';
import { type MemoryAnchors, type TestRuntime, testRuntime } from '../../support/runtime.ts';
import { approveAll, ask, compute, flowOf, started, startSystem } from '../executions/system.ts';
import { tinySkill } from '../executions/tiny-skill.ts';

const skill = tinySkill();
const DAY = 24 * 3600;

let store: StartedTable;
let runtime: TestRuntime;
let anchors: MemoryAnchors;
let signer: Signer;

beforeAll(async () => {
  store = await startTable();
  runtime = await startSystem(store.table, skill);
  anchors = await runtime.anchors();
  signer = await runtime.signer();
});
afterAll(() => store.close());

const check = (manifests: readonly unknown[]) => checkManifests(manifests, [signer.publicKey]);

describe('anchoring', () => {
  let first: AnchorManifest;
  let second: AnchorManifest;
  let executionId: string;
  let published: EvidencePacket;

  beforeAll(async () => {
    executionId = await started(runtime, ask(skill, 1_000));
    await publish(runtime, await approveAll(runtime, await compute(runtime, executionId)));
    published = await assembleEvidence(runtime, executionId);
    first = (await anchorHeads(runtime))!;
    runtime.clock.advance(DAY);
    second = (await anchorHeads(runtime))!;
  });

  test('names every chain that grew, with its length and head', () => {
    expect(first.executions).toEqual([{ executionId, length: published.chain.length, head: published.chain.head }]);
    expect(first).toMatchObject({ day: '2026-11-20', previous: MANIFEST_START, environment: 'test' });
  });

  test('is chained day by day, signed, and says so also when nothing grew', () => {
    expect(second).toMatchObject({ day: '2026-11-21', previous: first.digest, executions: [] });
    expect(check([first, second])).toMatchObject({ ok: true });
  });

  test('is done once a day; what grows later stands in the next day’s manifest', async () => {
    const later = await started(runtime, ask(skill, 1_000));
    await appendAudit(runtime, later);
    expect(await anchorHeads(runtime)).toBeUndefined();
    runtime.clock.advance(DAY);
    const third = await anchorHeads(runtime);
    expect(third?.executions.map((one) => one.executionId)).toEqual([later]);
    expect((await grownChains(runtime)).notes).toEqual([]);
  });

  test('a run that crashed before it struck its notes anchors them once more, and one that was too slow strikes none', async () => {
    const again = await started(runtime, ask(skill, 1_000));
    await appendAudit(runtime, again);
    runtime.clock.advance(DAY);
    const slow = { ...runtime, anchors: async () => faster };
    const faster = {
      last: () => anchors.last(),
      keepKey: () => anchors.keepKey(),
      putNew: async (): Promise<'exists'> => 'exists',
    };
    expect(await anchorHeads(slow)).toBeUndefined();
    expect((await grownChains(runtime)).chains.map((one) => one.executionId)).toEqual([again]);
    const crashing = {
      ...runtime,
      table: Object.assign(Object.create(runtime.table), {
        queryAll: runtime.table.queryAll.bind(runtime.table),
        delete: () => Promise.reject(new Error('The process died.')),
      }),
    };
    await expect(anchorHeads(crashing)).rejects.toThrow('The process died.');
    runtime.clock.advance(DAY);
    expect((await anchorHeads(runtime))?.executions.map((one) => one.executionId)).toEqual([again]);
    expect(check(anchors.manifests)).toMatchObject({ ok: true });
  });

  test('an append that crashed before it struck its debt leaves a note all the same', async () => {
    const crashed = await started(runtime, ask(skill, 1_000));
    await changeExecution(runtime, crashed, (record) => withEvent(record, 'one', runtime.clock.now(), {}));
    const dying = {
      ...runtime,
      table: Object.assign(Object.create(runtime.table), {
        get: runtime.table.get.bind(runtime.table),
        queryAll: runtime.table.queryAll.bind(runtime.table),
        putNew: runtime.table.putNew.bind(runtime.table),
        put: runtime.table.put.bind(runtime.table),
        putVersion: () => Promise.reject(new Error('The process died.')),
      }),
    };
    await expect(appendAudit(dying, crashed)).rejects.toThrow('The process died.');
    expect((await grownChains(runtime)).chains).toEqual([expect.objectContaining({ executionId: crashed, length: 2 })]);
  });

  describe('manifests that were tampered with do not hold', () => {
    const forged = (change: Partial<AnchorManifest>): AnchorManifest => {
      const { digest: _, signature, ...content } = { ...first, ...change };
      return { ...content, digest: digestOf(content), signature };
    };

    test.each<[string, () => unknown[], string]>([
      ['an entry was taken out', () => [{ ...first, executions: [] }], 'was altered'],
      ['and its digest was made anew', () => [forged({ executions: [] })], 'signature of the manifest'],
      ['a day is missing', () => [first, anchors.manifests[2]], 'does not follow'],
      ['it is no manifest', () => [{ schema: 'countersign/anchor-manifest/1' }], 'does not fit'],
    ])('%s', (_name, manifests, problem) => {
      expect(check(manifests())).toEqual({ ok: false, problem: expect.stringContaining(problem) });
    });

    test('it was signed by somebody else', () => {
      const other = pemSigner(newSigningKey());
      expect(checkManifests([first], [other.publicKey])).toEqual({
        ok: false,
        problem: expect.stringContaining('another key'),
      });
    });
  });

  describe('evidence with an anchor', () => {
    const verify = (packet: unknown, manifests: readonly unknown[]) =>
      verifyEvidence(packet, {
        skills: [skill],
        versions: engineVersions,
        anchors: { manifests, publicKeys: [signer.publicKey] },
      });

    /** What a cheat would hand on: the last event cut off, every figure that tells of it made to fit. */
    function truncated(packet: EvidencePacket): EvidencePacket {
      const { digest: _, ...content } = structuredClone(packet);
      const events = content.chain.events.slice(0, -1);
      const chain = { length: events.length, head: events.at(-1)!.digest, events };
      const cut = { ...content, chain };
      return { ...cut, digest: digestOf(cut) };
    }

    test('holds, and the anchor is among the checks', async () => {
      const report = await verify(published, [first]);
      expect(report).toMatchObject({ ok: true });
      expect(report.checks).toContainEqual(expect.objectContaining({ check: 'anchor', result: 'pass' }));
    });

    test('A34: a packet cut off so that nothing in it contradicts itself passes alone, and fails against the anchor', async () => {
      // An execution whose last event is one that no count in the packet demands.
      const running = await started(runtime, ask(skill, 1_000));
      await compute(runtime, running);
      const whole = await assembleEvidence(runtime, running);
      runtime.clock.advance(DAY);
      const manifest = await anchorHeads(runtime);
      const cut = truncated(whole);
      expect(cut.completeness).toEqual(completenessOf(cut));
      expect((await verifyEvidence(cut, { skills: [skill], versions: engineVersions })).ok).toBe(true);
      const report = await verify(cut, [manifest]);
      expect(report.firstFailure).toMatchObject({ check: 'anchor', detail: expect.stringContaining('cut off') });
      expect((await verify(whole, [manifest])).ok).toBe(true);
    });

    test('what grew after the anchor is no fault, another chain of the same length is one', async () => {
      const running = await started(runtime, ask(skill, 1_000));
      await compute(runtime, running);
      runtime.clock.advance(DAY);
      const manifest = (await anchorHeads(runtime))!;
      await recover(runtime, { ...flowOf(runtime, running), fault: { Error: 'X' } });
      expect((await verify(await assembleEvidence(runtime, running), [manifest])).ok).toBe(true);

      const twin = await startTable();
      const elsewhere = await startSystem(twin.table, skill);
      const other = testRuntime({ ...elsewhere, table: twin.table });
      const foreign = await started(other, ask(skill, 1_000));
      await compute(other, foreign);
      const packet = JSON.parse(JSON.stringify(await assembleEvidence(other, foreign)).replaceAll(foreign, running));
      expect((await verify(packet, [manifest])).checks).toContainEqual(
        expect.objectContaining({ check: 'anchor', result: 'fail', detail: expect.stringContaining('anchored') }),
      );
      await twin.close();
    });

    test('a manifest that does not name the execution is not taken for one that does', async () => {
      expect((await verify(published, [second])).firstFailure).toMatchObject({ check: 'anchor' });
    });
  });
});
