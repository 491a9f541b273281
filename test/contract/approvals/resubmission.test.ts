import { afterAll, beforeAll, describe, expect, it, test } from 'vitest';
import type { Terms } from '../../../lib/core/approval/terms.ts';
import { termsChanges } from '../../../lib/platform/approvals/earlier-request.ts';
import { openStage } from '../../../lib/platform/approvals/open-stage.ts';
import { approvalRecords } from '../../../lib/platform/approvals/records.ts';
import { readStages } from '../../../lib/platform/approvals/stage-store.ts';
import { conclude } from '../../../lib/platform/executions/conclude.ts';
import { startExecution } from '../../../lib/platform/executions/start.ts';
import { type StartedTable, startTable } from '../../support/dynamodb.ts';
import type { TestRuntime } from '../../support/runtime.ts';
import { ask, compute, decideStage, started, startSystem } from '../../unit/executions/system.ts';
import { tinySkill } from '../../unit/executions/tiny-skill.ts';
import { addressIn, Browser, sampleTerms, says } from './world.ts';

const skill = tinySkill();
let database: StartedTable;
let runtime: TestRuntime;
let sentBack: string;
let rejected: string;

const body = (discount: number, resubmits: string) => ({
  input: { accountId: 'acme', discount, tags: [] },
  resubmits,
});

/** An execution whose first level ended it with an action. */
async function endedBy(action: 'reject' | 'request-changes'): Promise<string> {
  const executionId = await started(runtime, ask(skill, 1_000));
  await conclude(runtime, await decideStage(runtime, await compute(runtime, executionId), { 'lead.1': action }));
  return executionId;
}

beforeAll(async () => {
  database = await startTable();
  runtime = await startSystem(database.table, skill);
  sentBack = await endedBy('request-changes');
  rejected = await endedBy('reject');
});
afterAll(() => database.close());

/** The first approver's page of a request that resubmits another. */
async function pageOf(discount: number) {
  const executionId = await started(runtime, ask(skill, 0, { body: body(discount, sentBack) }));
  const flow = await compute(runtime, executionId);
  await openStage(runtime, { taskToken: `token-${executionId}`, flow });
  const mail = runtime.mail.to('lena@example.com').at(-1);
  const page = await new Browser({ runtime, database, executionId }).get(addressIn(mail?.text ?? ''));
  return { executionId, mail, page };
}

describe('a request that comes again after changes were asked for', () => {
  it('shows the approver who asked for them, and each term that differs', async () => {
    const { mail, page } = await pageOf(800);
    expect(page.status).toBe(200);
    expect(says(page, sentBack)).toBe(true);
    expect(says(page, 'Not like this.')).toBe(true);
    expect(page.body).toMatch(/<th scope="row">Discount<\/th><td><del>1000<\/del><\/td><td><ins>800<\/ins>/);
    expect(mail?.text).toContain('was sent back for changes and comes again');
  });

  it('says so when no term differs, and asks every level again: no earlier decision counts', async () => {
    const { executionId, page } = await pageOf(1_000);
    expect(says(page, 'No term differs from then.')).toBe(true);
    expect(approvalRecords(await readStages(runtime, executionId))).toEqual([]);
  });

  it('is shown without the difference when the earlier result cannot be read any more', async () => {
    const { artifacts } = runtime;
    const kept = new Map(artifacts.documents);
    const { executionId } = await pageOf(700);
    const address = addressIn(runtime.mail.to('lena@example.com').at(-1)?.text ?? '');
    const earlier = [...kept].find(([, text]) => text.includes('"discount":1000') && text.includes('"trace"'));
    artifacts.documents.delete(earlier![0]);
    const page = await new Browser({ runtime, database, executionId }).get(address);
    expect([page.status, says(page, 'sent back')]).toEqual([200, false]);
    for (const [digest, text] of kept) artifacts.documents.set(digest, text);
  });

  test.each(['another requester’s', 'a rejected one', 'an open one', 'an unknown one'])(
    'may not name %s',
    async (which) => {
      const open = await started(runtime, ask(skill, 1_000));
      const named =
        { 'a rejected one': rejected, 'an open one': open, 'an unknown one': 'ex-unknown' }[which] ?? sentBack;
      const caller = which === 'another requester’s' ? 'fritz-session' : 'ada-session';
      await expect(startExecution(runtime, { skill, body: body(800, named), caller })).rejects.toMatchObject({
        problems: [{ pointer: '/resubmits', code: 'unknown-execution' }],
      });
      await compute(runtime, open);
    },
  );
});

test('the difference between terms goes line by line, also where labels repeat', () => {
  const line = (label: string, value: string) => ({ label, value, differs: false });
  const terms = (...lines: ReturnType<typeof line>[]): Terms => ({ ...sampleTerms, lines });
  const before = terms(
    line('Discount', '20 %'),
    line('Not verified', 'a'),
    line('Not verified', 'b'),
    line('Exit', 'x'),
  );
  const after = terms(
    line('Not verified', 'a'),
    line('Not verified', 'c'),
    line('Discount', '20 %'),
    line('Term', '12'),
  );
  expect(termsChanges(before, after)).toEqual([
    { label: 'Not verified', before: 'b', after: 'c' },
    { label: 'Term', after: '12' },
    { label: 'Exit', before: 'x' },
  ]);
  expect(termsChanges(before, before)).toEqual([]);
});
