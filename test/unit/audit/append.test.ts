import * as fc from 'fast-check';
import { beforeEach, describe, expect, test } from 'vitest';
import { settleStage } from '../../../lib/platform/approvals/settle-stage.ts';
import { changeStage, readStage } from '../../../lib/platform/approvals/stage-store.ts';
import { appendAudit } from '../../../lib/platform/audit/append.ts';
import { type AuditEvent, CHAIN_START, readChain, sealEvent, verifyChain } from '../../../lib/platform/audit/chain.ts';
import { withEvent } from '../../../lib/platform/executions/events.ts';
import { changeExecution, readExecution } from '../../../lib/platform/executions/execution-store.ts';
import { type StartedTable, startTable } from '../../support/dynamodb.ts';
import type { TestRuntime } from '../../support/runtime.ts';
import { ask, compute, started, startSystem } from '../executions/system.ts';
import { tinySkill } from '../executions/tiny-skill.ts';

let store: StartedTable;
let runtime: TestRuntime;
let executionId: string;

beforeEach(async () => {
  store = await startTable();
  const skill = tinySkill();
  runtime = await startSystem(store.table, skill);
  executionId = await started(runtime, ask(skill, 1_000));
  return () => store.close();
});

const owe = (type: string) =>
  changeExecution(runtime, executionId, (record) => withEvent(record, type, runtime.clock.now(), { n: 1 }));

const types = async () => (await readChain(runtime, executionId)).map(({ type }) => type);

describe('the appender', () => {
  test('chains what is owed, once, and strikes the debt', async () => {
    await owe('one');
    await appendAudit(runtime, executionId);
    await appendAudit(runtime, executionId);
    expect(await types()).toEqual(['execution-accepted', 'one']);
    expect((await readExecution(runtime, executionId)).pendingEvents).toEqual([]);
    const chain = await readChain(runtime, executionId);
    expect(chain[0]).toMatchObject({ seq: 1, previous: CHAIN_START, actor: 'ada-session' });
    expect(chain[1]).toMatchObject({ seq: 2, previous: chain[0]?.digest });
  });

  test('an event whose write is tried again after it was chained is not chained twice', async () => {
    await owe('one');
    await appendAudit(runtime, executionId);
    await owe('one');
    await appendAudit(runtime, executionId);
    expect(await types()).toEqual(['execution-accepted', 'one']);
    expect((await readExecution(runtime, executionId)).pendingEvents).toEqual([]);
  });

  test('a crash after chaining and before striking leaves nothing doubled and nothing owed', async () => {
    await owe('one');
    const before = await readExecution(runtime, executionId);
    await appendAudit(runtime, executionId);
    // As if the strike had never been written.
    await changeExecution(runtime, executionId, (record) => ({ ...record, pendingEvents: before.pendingEvents }));
    await appendAudit(runtime, executionId);
    expect(await types()).toEqual(['execution-accepted', 'one']);
    expect((await readExecution(runtime, executionId)).pendingEvents).toEqual([]);
  });

  test('events of stages join in order of time, and the stage leaves the outbox', async () => {
    await compute(runtime, executionId);
    runtime.clock.advance(10);
    const at = runtime.clock.now();
    await changeStage(runtime, executionId, 1, (stage) => settleStage(stage, 'withdrawn', at, 'ada'));
    runtime.clock.advance(10);
    await owe('later');
    await appendAudit(runtime, executionId);
    expect((await types()).slice(-2)).toEqual(['stage-settled', 'later']);
    expect((await readStage(runtime, executionId, 1)).pendingEvents).toEqual([]);
  });

  test('many at once, while events keep coming, make one chain without gaps or doubles', async () => {
    await Promise.all(
      Array.from({ length: 6 }, async (_, index) => {
        await owe(`event-${index}`);
        await appendAudit(runtime, executionId);
      }),
    );
    await appendAudit(runtime, executionId);
    const chain = await readChain(runtime, executionId);
    expect(verifyChain(chain)).toMatchObject({ ok: true, length: 7 });
    expect(new Set(chain.map(({ eventId }) => eventId)).size).toBe(7);
  });
});

function chainOf(count: number): AuditEvent[] {
  const chain: AuditEvent[] = [];
  for (let seq = 1; seq <= count; seq += 1)
    chain.push(
      sealEvent({
        executionId: 'ex-1',
        seq,
        at: '2026-11-20T09:00:00.000Z',
        type: 't',
        actor: 'system',
        data: { seq },
        eventId: `e${seq}`,
        previous: chain.at(-1)?.digest ?? CHAIN_START,
      }),
    );
  return chain;
}

describe('verifying a chain', () => {
  test('dropping an event before the end shows where it is missing', () => {
    fc.assert(
      fc.property(fc.integer({ min: 2, max: 12 }), fc.nat(), (count, pick) => {
        const at = pick % (count - 1);
        const checked = verifyChain(chainOf(count).toSpliced(at, 1));
        expect(checked).toEqual({ ok: false, seq: at + 1, problem: 'sequence' });
      }),
    );
  });

  test('swapping two events shows the first of them', () => {
    fc.assert(
      fc.property(fc.integer({ min: 2, max: 12 }), fc.nat(), fc.nat(), (count, a, b) => {
        const [first, second] = [a % count, b % count].toSorted((x, y) => x - y) as [number, number];
        fc.pre(first !== second);
        const chain = chainOf(count);
        const swapped = chain.with(first, chain[second]!).with(second, chain[first]!);
        expect(verifyChain(swapped)).toMatchObject({ ok: false, seq: first + 1 });
      }),
    );
  });

  test('an event that was altered and sealed anew breaks the one behind it', () => {
    const chain = chainOf(3);
    const { digest: _, ...second } = chain[1]!;
    const forged = chain.with(1, sealEvent({ ...second, actor: 'mallory' }));
    expect(verifyChain(forged)).toEqual({ ok: false, seq: 3, problem: 'previous' });
  });
});
