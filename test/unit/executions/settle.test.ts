import { beforeEach, describe, expect, test } from 'vitest';
import { viewExecution } from '../../../lib/platform/api/execution-view.ts';
import { withEvent } from '../../../lib/platform/approvals/stage.ts';
import { changeStage } from '../../../lib/platform/approvals/stage-store.ts';
import { assembleEvidence } from '../../../lib/platform/evidence/packet.ts';
import { verifyEvidence } from '../../../lib/platform/evidence/verify.ts';
import { engineVersions } from '../../../lib/platform/executions/engine-versions.ts';
import { readExecution } from '../../../lib/platform/executions/execution-store.ts';
import { publish } from '../../../lib/platform/executions/publish.ts';
import { sweepExecutions } from '../../../lib/platform/executions/sweep.ts';
import type { ItemKey, Table } from '../../../lib/platform/store/table.ts';
import { type StartedTable, startTable } from '../../support/dynamodb.ts';
import type { TestRuntime } from '../../support/runtime.ts';
import { approveAll, ask, compute, started, startSystem } from './system.ts';
import { tinySkill } from './tiny-skill.ts';

const skill = tinySkill();
let store: StartedTable;
let runtime: TestRuntime;
beforeEach(async () => {
  store = await startTable();
  runtime = await startSystem(store.table, skill);
  return () => store.close();
});

/**
 * The table, with somebody who does something right before each read that takes the record of an ended execution which is
 * chained but not signed yet: the moment between the chain and the statement.
 */
function disturbed(table: Table, disturb: (executionId: string) => Promise<void>): Table {
  let inside = false;
  const get = async <T>(key: ItemKey): Promise<T | undefined> => {
    const item = (await table.get(key)) as
      | { executionId: string; outcome?: string; statement?: unknown; pendingEvents: readonly unknown[] }
      | undefined;
    const between = key.sk === 'EXECUTION' && item?.outcome !== undefined && item.statement === undefined;
    if (!inside && between && item.pendingEvents.length === 0) {
      inside = true;
      await disturb(item.executionId);
      inside = false;
    }
    return item as T | undefined;
  };
  return new Proxy(table, {
    get: (target, name) => {
      if (name === 'get') return get;
      const member: unknown = Reflect.get(target, name, target);
      return typeof member === 'function' ? member.bind(target) : member;
    },
  });
}

/** What the sender of a decider's function writes for each seat that need not decide any more. */
function noteMail(executionId: string, mail: number): Promise<unknown> {
  return changeStage(runtime, executionId, 2, (stage) =>
    withEvent(stage, {
      eventId: `late-${mail}.mailed`,
      at: runtime.clock.now(),
      type: 'mail-sent',
      actor: 'system',
      data: { mailId: `late-${mail}` },
    }),
  );
}

describe('the end of an execution while somebody still mails', () => {
  test.each([1, 7])('is signed, whole and mailed at once, though %i mails are noted in between', async (mails) => {
    const executionId = await started(runtime, ask(skill, 1_000));
    const flow = await approveAll(runtime, await compute(runtime, executionId));
    let noted = 0;
    const table = disturbed(store.table, async (id) => {
      if (noted < mails) await noteMail(id, ++noted);
    });
    await publish({ ...runtime, table }, flow);
    expect(noted).toBe(mails);
    const record = await readExecution(runtime, executionId);
    expect(record).toMatchObject({ outcome: 'published', pendingMails: [], statement: { key: expect.any(String) } });
    expect(await viewExecution(runtime, executionId)).toMatchObject({ evidence: 'signed' });
    const report = await verifyEvidence(await assembleEvidence(runtime, executionId), {
      skills: [skill],
      versions: engineVersions,
      keys: [(await runtime.signer()).publicKey],
    });
    expect(report).toMatchObject({ ok: true });
    expect(runtime.mail.to('ada@example.com')).toHaveLength(1);
  });

  test('is left to the sweeper where it never comes to rest; the outcome and its mail are there, and the view says what is owed', async () => {
    const executionId = await started(runtime, ask(skill, 1_000));
    const flow = await approveAll(runtime, await compute(runtime, executionId));
    let noted = 0;
    const table = disturbed(store.table, async (id) => void (await noteMail(id, ++noted)));
    await publish({ ...runtime, table }, flow);
    expect(noted).toBeLessThan(30);
    expect(await viewExecution(runtime, executionId)).toMatchObject({ outcome: 'published', evidence: 'owed' });
    expect(runtime.mail.to('ada@example.com')).toHaveLength(1);
    await sweepExecutions(runtime, runtime.clock.now());
    expect(await viewExecution(runtime, executionId)).toMatchObject({ evidence: 'signed' });
  });

  test('says nothing of evidence before it is there', async () => {
    const executionId = await started(runtime, ask(skill, 1_000));
    await compute(runtime, executionId);
    expect(await viewExecution(runtime, executionId)).not.toHaveProperty('evidence');
  });
});
