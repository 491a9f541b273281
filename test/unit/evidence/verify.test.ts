import * as fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { digestOf } from '../../../lib/core/digest.ts';
import { decideSeat } from '../../../lib/platform/approvals/decide-seat.ts';
import { openOversight } from '../../../lib/platform/approvals/oversight.ts';
import { changeStage, readStages } from '../../../lib/platform/approvals/stage-store.ts';
import { sealEvent } from '../../../lib/platform/audit/chain.ts';
import { assembleEvidence } from '../../../lib/platform/evidence/packet.ts';
import type { EvidencePacket } from '../../../lib/platform/evidence/packet-schema.ts';
import { verifyEvidence } from '../../../lib/platform/evidence/verify.ts';
import { block } from '../../../lib/platform/executions/block.ts';
import { conclude } from '../../../lib/platform/executions/conclude.ts';
import { engineVersions } from '../../../lib/platform/executions/engine-versions.ts';
import { publish } from '../../../lib/platform/executions/publish.ts';
import { recover } from '../../../lib/platform/executions/recover.ts';
import { type StartedTable, startTable } from '../../support/dynamodb.ts';
import type { TestRuntime } from '../../support/runtime.ts';
import { approveAll, ask, compute, decideStage, flowOf, started, startSystem } from '../executions/system.ts';
import { tinyResult, tinySkill } from '../executions/tiny-skill.ts';

const skill = tinySkill();
const verifier = { skills: [skill], versions: engineVersions };

let store: StartedTable;
let runtime: TestRuntime;
let published: EvidencePacket;

beforeAll(async () => {
  store = await startTable();
  runtime = await startSystem(store.table, skill);
  const executionId = await started(runtime, ask(skill, 1_000));
  await publish(runtime, await approveAll(runtime, await compute(runtime, executionId)));
  published = await assembleEvidence(runtime, executionId);
});
afterAll(() => store.close());

/** The packet as somebody who can write JSON, but not forge digests elsewhere, hands it on: sealed anew. */
function resealed(packet: EvidencePacket): EvidencePacket {
  const { digest: _, ...content } = packet;
  return { ...content, digest: digestOf(content) };
}

const copy = (): EvidencePacket => structuredClone(published);

async function firstFailure(packet: unknown): Promise<string | undefined> {
  const report = await verifyEvidence(packet, verifier);
  expect(report.ok).toBe(report.firstFailure === undefined);
  return report.firstFailure?.check;
}

describe('a packet that holds', () => {
  test('of a published execution passes every check and is executed again', async () => {
    const keys = [(await runtime.signer()).publicKey];
    const report = await verifyEvidence(published, { ...verifier, keys });
    expect(report).toMatchObject({ ok: true });
    expect(report.checks.map(({ result }) => result)).toEqual(report.checks.map(() => 'pass'));
    expect(report.checks.map(({ check }) => check)).toContain('re-execution');
  });

  test('survives being written and read', async () => {
    expect((await verifyEvidence(JSON.parse(JSON.stringify(published)), verifier)).ok).toBe(true);
  });

  test.each(['rejected', 'blocked', 'rolled-back', 'running'])('so does one that is %s', async (kind) => {
    const executionId = await started(runtime, ask(skill, kind === 'blocked' ? 9_000 : 1_000));
    if (kind === 'rolled-back') await recover(runtime, { ...flowOf(runtime, executionId), fault: { Error: 'X' } });
    else {
      const flow = await compute(runtime, executionId);
      if (kind === 'blocked') await block(runtime, flow);
      if (kind === 'rejected') await conclude(runtime, await decideStage(runtime, flow, { 'lead.1': 'reject' }));
    }
    const packet = await assembleEvidence(runtime, executionId);
    const report = await verifyEvidence(packet, verifier);
    expect(report.firstFailure).toBeUndefined();
    expect(packet.completeness.ended).toBe(kind !== 'running');
  });

  test('so does one that was escalated and closed by oversight; its result is known not to repeat', async () => {
    let calls = 0;
    const restless = tinySkill({
      execute: ({ input, configuration }) => {
        calls += 1;
        return { ...tinyResult(input, configuration), workUnits: calls };
      },
    });
    const other = await startTable();
    const system = await startSystem(other.table, restless);
    const executionId = await started(system, ask(restless, 100));
    const flow = await compute(system, executionId);
    await openOversight(system, { taskToken: 'oversight-token', flow });
    await changeStage(system, executionId, 0, (stage) =>
      decideSeat(stage, stage.levels[0]!.seats[0]!.seatId, {
        decisionId: 'd',
        action: 'close',
        comment: 'Known.',
        at: system.clock.now(),
        round: stage.round,
        assurance: 'link',
        termsDigest: stage.termsDigest,
      }),
    );
    await block(system, { ...flow, verdict: 'closed-by-oversight' });
    const packet = await assembleEvidence(system, executionId);
    await other.close();
    const report = await verifyEvidence(packet, { ...verifier, skills: [restless] });
    expect(report.firstFailure).toBeUndefined();
    expect(report.checks.at(-1)).toMatchObject({ result: 'not-re-executed' });
    expect(packet.record.outcome).toBe('blocked');
    expect(packet.stages).toMatchObject([{ kind: 'oversight', outcome: 'closed-by-oversight' }]);
  });

  test('other versions are "not re-executed", not wrong', async () => {
    const report = await verifyEvidence(published, {
      ...verifier,
      versions: (one) => ({ ...engineVersions(one), timeZoneData: '1999z' }),
    });
    expect(report.ok).toBe(true);
    expect(report.checks.at(-1)).toMatchObject({ check: 're-execution', result: 'not-re-executed' });
    const without = await verifyEvidence(published, { ...verifier, skills: [] });
    expect(without.checks.at(-1)).toMatchObject({ result: 'not-re-executed' });
  });

  test('holds no token, link or secret', async () => {
    const text = JSON.stringify(published);
    expect(text).not.toMatch(/taskToken|secretHash|liveLinks|linkId|pending/);
    const stages = await readStages(runtime, published.executionId);
    for (const { linkId } of stages.flatMap(({ levels }) =>
      levels.flatMap(({ seats }) => seats.flatMap((s) => s.liveLinks)),
    ))
      expect(text).not.toContain(linkId);
  });
});

describe('what is wrong is named first', () => {
  test('an artifact with a mutated byte', async () => {
    const packet = copy();
    const result = packet.artifacts.find(({ role }) => role === 'result')!;
    (result.document as { risk: { score: number } }).risk.score += 1;
    const report = await verifyEvidence(resealed(packet), verifier);
    expect(report.firstFailure).toMatchObject({ check: 'artifacts' });
    expect(report.firstFailure?.detail).toContain('result');
  });

  test('a dropped event, with length and head made to fit', async () => {
    const packet = copy();
    packet.chain.events.splice(2, 1);
    packet.chain.length -= 1;
    const report = await verifyEvidence(resealed(packet), verifier);
    expect(report.firstFailure?.check).toBe('chain');
    expect(report.firstFailure?.detail).toContain('Event 3');
  });

  test('reordered events', async () => {
    const packet = copy();
    packet.chain.events.reverse();
    expect(await firstFailure(resealed(packet))).toBe('chain');
  });

  test('a truncated tail: by the length, by the head, and by what must have happened', async () => {
    const packet = copy();
    packet.chain.events.pop();
    expect(await firstFailure(resealed(packet))).toBe('chain-length');
    packet.chain.length -= 1;
    expect(await firstFailure(resealed(packet))).toBe('chain-head');
    packet.chain.head = packet.chain.events.at(-1)!.digest;
    expect(await firstFailure(resealed(packet))).toBe('record');
  });

  test('a decision swapped with another, at the seats', async () => {
    const packet = copy();
    const [first, second] = packet.stages[1]!.levels[0]!.seats;
    [first!.decision, second!.decision] = [second!.decision, first!.decision];
    expect(await firstFailure(resealed(packet))).toBe('decisions');
  });

  test('a decision turned round everywhere but in the chain', async () => {
    const packet = copy();
    packet.stages[0]!.levels[0]!.seats[0]!.decision!.action = 'reject';
    expect(await firstFailure(resealed(packet))).toBe('decisions');
  });

  test('a publication whose approval never happened, with a chain forged to agree', async () => {
    const packet = copy();
    const seat = packet.stages[1]!.levels[0]!.seats[1]!;
    seat.standing = 'open';
    delete seat.decision;
    const kept = packet.chain.events.filter(
      ({ type, data }) => !(type === 'decision-recorded' && data.seatId === seat.seatId),
    );
    const forged: typeof kept = [];
    for (const { digest: _, ...event } of kept)
      forged.push(sealEvent({ ...event, seq: forged.length + 1, previous: forged.at(-1)?.digest ?? event.previous }));
    packet.chain = { events: forged, length: forged.length, head: forged.at(-1)!.digest };
    const report = await verifyEvidence(resealed(packet), verifier);
    expect(report.firstFailure?.check).toBe('decisions');
    const checks = report.checks.filter(({ result }) => result === 'fail').map(({ check }) => check);
    expect(checks).toContain('outcome');
  });

  test('a decision by link alone where the plan asks for a mailed code', async () => {
    const strict = tinySkill({
      execute: ({ input, configuration }) => {
        const result = tinyResult(input, configuration);
        for (const { levels } of result.plan?.stages ?? []) for (const level of levels) level.assurance = 'mail-code';
        return result;
      },
    });
    const other = await startTable();
    const system = await startSystem(other.table, strict);
    const executionId = await started(system, ask(strict, 1_000));
    const flow = await compute(system, executionId);
    // The desk itself takes no such decision, so it is forged into every place where decisions stand.
    expect((await decideStage(system, flow, { 'lead.1': 'approve' })).verdict).toBe('approve');
    expect((await readStages(system, executionId))[0]?.levels[0]?.seats[0]?.decision).toBeUndefined();
    await decideStage(system, flow, { 'lead.1': 'reject' }, 'mail-code');
    await conclude(system, { ...flow, verdict: 'rejected' });
    const honest = await assembleEvidence(system, executionId);
    await other.close();
    const withStrict = { ...verifier, skills: [strict] };
    expect((await verifyEvidence(honest, withStrict)).firstFailure).toBeUndefined();
    expect(honest.stages[0]!.levels[0]!.seats[0]!.decision!.assurance).toBe('mail-code');

    const weakened = (packet: EvidencePacket, levelToo: boolean): EvidencePacket => {
      const forged = structuredClone(packet);
      const level = forged.stages[0]!.levels[0]!;
      level.seats[0]!.decision!.assurance = 'link';
      if (levelToo) level.assurance = 'link';
      return resealed(forged);
    };
    for (const [levelToo, says] of [
      [false, 'decided by "link"'],
      [true, "not with the plan's"],
    ] as const) {
      const report = await verifyEvidence(weakened(honest, levelToo), withStrict);
      const assurance = report.checks.find(({ check }) => check === 'assurance');
      expect(assurance?.result).toBe('fail');
      expect(assurance?.detail).toContain(says);
    }
  });

  test('a record that claims another requester', async () => {
    const packet = copy();
    packet.record.requester.personId = 'lena';
    expect(await firstFailure(resealed(packet))).toBe('record');
  });

  test('an engine that computes something else today', async () => {
    const other = tinySkill({
      execute: ({ input, configuration }) => ({ ...tinyResult(input, configuration), workUnits: 11 }),
    });
    const report = await verifyEvidence(published, { ...verifier, skills: [other] });
    expect(report.firstFailure).toMatchObject({ check: 're-execution' });
    expect(report.firstFailure?.detail).toContain('/workUnits');
  });

  test('something that is no packet', async () => {
    expect(await firstFailure(null)).toBe('schema');
    expect(await firstFailure({ ...published, extra: 1 })).toBe('schema');
  });
});

/** Every leaf of a JSON value: the object or array that holds it, and its key. */
function leaves(value: unknown, at: string[] = []): string[][] {
  if (typeof value !== 'object' || value === null) return [at];
  const inside = Object.entries(value).flatMap(([key, member]) => leaves(member, [...at, key]));
  return inside.length === 0 ? [at] : inside;
}

function flipped(value: unknown): unknown {
  if (typeof value === 'number') return value + 1;
  if (typeof value === 'boolean') return !value;
  if (typeof value === 'string') return `${value}x`;
  return value === null ? 'x' : { x: 1 };
}

test('whatever leaf of a packet is changed, it no longer holds', async () => {
  const paths = leaves(published);
  expect(paths.length).toBeGreaterThan(300);
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(...paths), async (path) => {
      const packet: unknown = copy();
      const holder = path.slice(0, -1).reduce((value, key) => Reflect.get(value as object, key), packet);
      const key = path.at(-1)!;
      Reflect.set(holder as object, key, flipped(Reflect.get(holder as object, key)));
      expect((await verifyEvidence(packet, verifier)).ok).toBe(false);
    }),
    { numRuns: 250 },
  );
});

test('whatever member of a packet is removed, it no longer holds', async () => {
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(...leaves(published)), async (path) => {
      const packet: unknown = copy();
      const holder = path.slice(0, -1).reduce((value, key) => Reflect.get(value as object, key), packet) as object;
      const key = path.at(-1)!;
      if (Array.isArray(holder)) holder.splice(Number(key), 1);
      else Reflect.deleteProperty(holder, key);
      expect((await verifyEvidence(packet, verifier)).ok).toBe(false);
    }),
    { numRuns: 150 },
  );
});
