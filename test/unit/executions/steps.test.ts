import { beforeEach, describe, expect, test } from 'vitest';
import { digestOf } from '../../../lib/core/digest.ts';
import { Conflict, InvalidInput } from '../../../lib/core/errors.ts';
import { readStage } from '../../../lib/platform/approvals/stage-store.ts';
import { readChain, verifyChain } from '../../../lib/platform/audit/chain.ts';
import { addCandidate, promote } from '../../../lib/platform/configuration/lifecycle.ts';
import { setPosture } from '../../../lib/platform/configuration/posture.ts';
import type { HandoffPacket, PrimaryArtifactBundle } from '../../../lib/platform/contracts/outputs.ts';
import { block } from '../../../lib/platform/executions/block.ts';
import { conclude } from '../../../lib/platform/executions/conclude.ts';
import { execute } from '../../../lib/platform/executions/execute.ts';
import { changeExecution, readExecution } from '../../../lib/platform/executions/execution-store.ts';
import { preflight } from '../../../lib/platform/executions/preflight.ts';
import { previewRoute } from '../../../lib/platform/executions/preview.ts';
import { publish } from '../../../lib/platform/executions/publish.ts';
import { PublishHeld } from '../../../lib/platform/executions/publish-held.ts';
import { recover } from '../../../lib/platform/executions/recover.ts';
import { rerunExecution } from '../../../lib/platform/executions/rerun.ts';
import { sweepExecutions } from '../../../lib/platform/executions/sweep.ts';
import { MailNotAccepted } from '../../../lib/platform/mail/mail-not-accepted.ts';
import type { AnySkill } from '../../../lib/platform/skill/define-skill.ts';
import { type StartedTable, startTable } from '../../support/dynamodb.ts';
import type { TestRuntime } from '../../support/runtime.ts';
import { approveAll, ask, compute, decideStage, flowOf, passAllSuites, started, startSystem } from './system.ts';
import { tinyResult, tinySkill } from './tiny-skill.ts';

let store: StartedTable;
beforeEach(async () => {
  store = await startTable();
  return () => store.close();
});

async function begin(skill: AnySkill, discount: number): Promise<{ runtime: TestRuntime; executionId: string }> {
  const runtime = await startSystem(store.table, skill);
  return { runtime, executionId: await started(runtime, ask(skill, discount)) };
}

const gatesOf = async (runtime: TestRuntime, executionId: string) =>
  (await readExecution(runtime, executionId)).gates.map(({ result }) => result);

const codesOf = async (runtime: TestRuntime, executionId: string) =>
  (await readExecution(runtime, executionId)).gates.flatMap(({ reasons }) => reasons.map(({ code }) => code));

async function bundleOf(runtime: TestRuntime, executionId: string): Promise<PrimaryArtifactBundle> {
  const { outputs } = await readExecution(runtime, executionId);
  return (await runtime.artifacts.get(outputs!.primaryArtifactBundle)) as PrimaryArtifactBundle;
}

const subjects = (runtime: TestRuntime, address: string) => runtime.mail.to(address).map(({ subject }) => subject);

describe('publication', () => {
  test('an execution that needs nobody is published, with outputs, chain and mail', async () => {
    const { runtime, executionId } = await begin(tinySkill(), 100);
    const flow = await compute(runtime, executionId);
    expect(flow.verdict).toBe('publish');
    await publish(runtime, flow);
    const record = await readExecution(runtime, executionId);
    expect(record).toMatchObject({ status: 'succeeded', outcome: 'published', pendingEvents: [], pendingMails: [] });
    expect(await gatesOf(runtime, executionId)).toEqual(['pass', 'pass', 'pass']);
    const packet = (await runtime.artifacts.get(record.outputs!.handoffPacket)) as HandoffPacket;
    expect(packet).toMatchObject({ outcome: 'published', declaredConsumer: 'downstream-skill', nextHop: 'billing' });
    expect(packet.primaryArtifact.digest).toBe(digestOf(await bundleOf(runtime, executionId)));
    const chain = await readChain(runtime, executionId);
    expect(chain.map(({ type }) => type)).toEqual([
      'execution-accepted',
      'preflight',
      'executed',
      'verified',
      'execution-concluded',
    ]);
    expect(verifyChain(chain)).toMatchObject({ ok: true, length: 5 });
    expect(subjects(runtime, 'ada@example.com')).toEqual(['Published: Discount for Acme, asked by Ada Example']);
    expect(subjects(runtime, 'oversight@example.com')).toEqual([]);
  });

  test('two stages approved: published with every decision', async () => {
    const { runtime, executionId } = await begin(tinySkill(), 1_000);
    const flow = await compute(runtime, executionId);
    expect(flow).toMatchObject({ verdict: 'approve', next: { stage: 1, round: 1 } });
    expect((await readExecution(runtime, executionId)).status).toBe('waiting');
    await publish(runtime, await approveAll(runtime, flow));
    const bundle = await bundleOf(runtime, executionId);
    expect(bundle.approvals.map(({ approver, action }) => `${approver} ${action}`)).toEqual([
      'lena approve',
      'fritz approve',
      'fiona approve',
    ]);
    expect(bundle.outcome).toBe('published');
  });

  test('a flow that merely says "approved" publishes nothing', async () => {
    const { runtime, executionId } = await begin(tinySkill(), 1_000);
    const flow = await compute(runtime, executionId);
    const second = await decideStage(runtime, flow, { 'lead.1': 'approve' });
    await decideStage(runtime, second, { 'finance.1': 'approve' });
    await publish(runtime, { ...flow, verdict: 'approved' });
    expect(await readExecution(runtime, executionId)).toMatchObject({ outcome: 'blocked', status: 'succeeded' });
    expect(await codesOf(runtime, executionId)).toEqual(['ApprovalsMissing']);
    expect(subjects(runtime, 'oversight@example.com')).toHaveLength(1);
  });

  test('approvals of other terms do not count', async () => {
    const { runtime, executionId } = await begin(tinySkill(), 1_000);
    const flow = await approveAll(runtime, await compute(runtime, executionId));
    const stage = await readStage(runtime, executionId, 2);
    const other = digestOf('other terms');
    const levels = stage.levels.map((level) => ({
      ...level,
      seats: level.seats.map((seat) => ({ ...seat, decision: { ...seat.decision!, termsDigest: other } })),
    }));
    await store.table.put({ ...stage, levels } as never);
    await publish(runtime, flow);
    expect((await readExecution(runtime, executionId)).outcome).toBe('blocked');
  });

  test('a critical posture holds a publication, and lets it go on when it is over', async () => {
    const { runtime, executionId } = await begin(tinySkill(), 100);
    const flow = await compute(runtime, executionId);
    await setPosture(runtime, flow.skill, 'critical', 'olga');
    const held = await publish(runtime, flow).catch((error: unknown) => error);
    expect(held).toBeInstanceOf(PublishHeld);
    expect((held as Error).name).toBe('PublishHeld');
    expect((await readExecution(runtime, executionId)).outcome).toBeUndefined();
    await setPosture(runtime, flow.skill, 'normal', 'olga');
    await publish(runtime, flow);
    expect((await readExecution(runtime, executionId)).outcome).toBe('published');
  });

  test('a withdrawal that came first, also in the last moment, wins', async () => {
    const { runtime, executionId } = await begin(tinySkill(), 100);
    const flow = await compute(runtime, executionId);
    // While the outputs are stored, the requester withdraws.
    const put = runtime.artifacts.put.bind(runtime.artifacts);
    runtime.artifacts.put = async (document) => {
      await changeExecution(runtime, executionId, (record) => ({
        ...record,
        withdrawal: { by: 'ada', at: runtime.clock.now() },
      }));
      return put(document);
    };
    await publish(runtime, flow);
    expect(await readExecution(runtime, executionId)).toMatchObject({ outcome: 'withdrawn' });
    expect((await bundleOf(runtime, executionId)).outcome).toBe('withdrawn');
  });

  test('publishing again changes nothing: same outputs, no second mail', async () => {
    const { runtime, executionId } = await begin(tinySkill(), 100);
    const flow = await compute(runtime, executionId);
    await publish(runtime, flow);
    const first = await readExecution(runtime, executionId);
    runtime.clock.advance(3_600);
    await publish(runtime, flow);
    await recover(runtime, flow);
    expect(await readExecution(runtime, executionId)).toEqual(first);
    expect(runtime.mail.sent).toHaveLength(1);
  });
});

describe('the schema and contract gate', () => {
  test('a damaged artifact blocks before anything is computed', async () => {
    const { runtime, executionId } = await begin(tinySkill(), 100);
    const { request } = await readExecution(runtime, executionId);
    runtime.artifacts.documents.delete(request);
    const flow = await preflight(runtime, flowOf(runtime, executionId));
    expect(flow.verdict).toBe('block');
    expect(await execute(runtime, flow)).toEqual(flow);
    await block(runtime, flow);
    expect(await gatesOf(runtime, executionId)).toEqual(['fail', 'not-reached', 'not-reached']);
    expect(await readExecution(runtime, executionId)).toMatchObject({ outcome: 'blocked', status: 'succeeded' });
    expect((await bundleOf(runtime, executionId)).artifact).toBeNull();
    expect(subjects(runtime, 'oversight@example.com')).toHaveLength(1);
  });

  test('a retired configuration and a critical posture block', async () => {
    const { runtime, executionId } = await begin(tinySkill(), 100);
    const { skill } = await readExecution(runtime, executionId);
    const next = await addCandidate(runtime, runtime.skills[0]!, { version: '2.0', free: 1, most: 2 }, 'olga');
    await passAllSuites(runtime, runtime.skills[0]!, next.digest);
    await promote(runtime, runtime.skills[0]!, next.version, { by: 'olga', report: next.digest });
    await setPosture(runtime, skill, 'critical', 'olga');
    await preflight(runtime, flowOf(runtime, executionId));
    expect(await codesOf(runtime, executionId)).toEqual(['ConfigurationRetired', 'PostureCritical']);
  });

  test('a typed problem that the engine finds is a gate failure, anything else a fault', async () => {
    const picky = tinySkill({
      execute: ({ input }) => {
        if (input.discount === 7) throw new TypeError('undefined is not a function');
        throw new InvalidInput('Unfit.', [{ pointer: '/discount', code: 'unfit', message: 'Unfit.', mend: 'Other.' }]);
      },
    });
    const { runtime, executionId } = await begin(picky, 100);
    const flow = await execute(runtime, await preflight(runtime, flowOf(runtime, executionId)));
    expect(flow.verdict).toBe('block');
    expect(await codesOf(runtime, executionId)).toEqual(['unfit']);
    const other = await started(runtime, ask(picky, 7));
    await expect(execute(runtime, await preflight(runtime, flowOf(runtime, other)))).rejects.toThrow(TypeError);
  });
});

describe('a plan that the approval desk cannot carry out', () => {
  test('blocks by the policy gate, and leaves the gates passed that were passed', async () => {
    const impossible = tinySkill({
      execute: ({ input: asked, configuration }) => {
        const result = tinyResult(asked, configuration);
        const stages = result.plan!.stages.map((stage) => ({
          ...stage,
          levels: stage.levels.map((level) => ({ ...level, required: level.seats.length + 1 })),
        }));
        return { ...result, plan: { ...result.plan!, stages } };
      },
    });
    const { runtime, executionId } = await begin(impossible, 1_000);
    const flow = await compute(runtime, executionId);
    expect(flow).toMatchObject({ verdict: 'block' });
    expect(flow).not.toHaveProperty('next');
    expect(await gatesOf(runtime, executionId)).toEqual(['pass', 'pass', 'fail']);
    await block(runtime, flow);
    expect((await bundleOf(runtime, executionId)).gates.map(({ result }) => result)).toEqual(['pass', 'pass', 'fail']);
  });
});

describe('the determinism gate', () => {
  const escalates = async (skill: AnySkill) => {
    const { runtime, executionId } = await begin(skill, 100);
    const flow = await compute(runtime, executionId);
    return { runtime, executionId, flow };
  };

  test('the order of unordered arrays must not matter, and the difference is named', async () => {
    const skill = tinySkill({
      execute: ({ input, configuration }) => ({
        ...tinyResult(input, configuration),
        artifact: { first: input.tags[0] ?? '' },
      }),
    });
    const { runtime, executionId, flow } = await escalates(skill);
    expect(flow.verdict).toBe('escalate');
    const [, determinism] = (await readExecution(runtime, executionId)).gates;
    expect(determinism).toMatchObject({ result: 'fail', onFail: 'escalate' });
    expect(determinism!.reasons[0]).toMatchObject({ code: 'NotDeterministic', pointer: '/artifact/first' });
  });

  test('neither may the local time zone', async () => {
    const byZone = tinySkill({
      execute: ({ input, configuration }) => ({
        ...tinyResult(input, configuration),
        artifact: { hour: new Date('2026-11-20T09:00:00Z').getHours() },
      }),
    });
    expect((await escalates(byZone)).flow.verdict).toBe('escalate');
  });

  test('the time zone of the process is put back', async () => {
    const before = { zone: Intl.DateTimeFormat().resolvedOptions().timeZone, variable: process.env.TZ };
    const { runtime, executionId } = await begin(tinySkill(), 100);
    const other = await started(runtime, ask(tinySkill(), 200));
    // Two at once: the zone is the process's, so the second must not take the first one's for the old one.
    await Promise.all([compute(runtime, executionId), compute(runtime, other)]);
    expect({ zone: Intl.DateTimeFormat().resolvedOptions().timeZone, variable: process.env.TZ }).toEqual(before);
  });

  test('whatever the flow says, an escalated execution is never published; oversight is told', async () => {
    let calls = 0;
    const skill = tinySkill({
      execute: ({ input, configuration }) => {
        calls += 1;
        return { ...tinyResult(input, configuration), workUnits: calls };
      },
    });
    const { runtime, executionId, flow } = await escalates(skill);
    await publish(runtime, { ...flow, verdict: 'publish' });
    const record = await readExecution(runtime, executionId);
    expect(record.outcome).toBe('blocked');
    expect(await runtime.artifacts.get(record.incident!)).toMatchObject({
      schema: 'countersign/incident-packet/1',
      executionId,
    });
    expect(subjects(runtime, 'oversight@example.com')).toEqual(['Incident: tiny-discounts ended as blocked']);
  });
});

describe('the budget guard', () => {
  const budget = { workUnits: 100, outputBytes: 20_000, mails: 20, computingExecutions: 2 };
  test.each([
    ['work units', { ...budget, workUnits: 9 }, 100],
    ['output bytes', { ...budget, outputBytes: 200 }, 100],
    ['mails', { ...budget, mails: 6 }, 1_000],
  ])('%s beyond the cap block with BudgetExceeded', async (_what, cap, discount) => {
    const { runtime, executionId } = await begin(tinySkill({ budget: cap }), discount);
    expect((await compute(runtime, executionId)).verdict).toBe('block');
    expect(await codesOf(runtime, executionId)).toEqual(['BudgetExceeded']);
  });

  test('mails right at the cap are allowed', async () => {
    // Three seats with a request and a reminder each, and the mail of the outcome.
    const { runtime, executionId } = await begin(tinySkill({ budget: { ...budget, mails: 7 } }), 1_000);
    expect((await compute(runtime, executionId)).verdict).toBe('approve');
  });
});

describe('endings without publication', () => {
  test('a denial by policy tells the requester, not oversight', async () => {
    const { runtime, executionId } = await begin(tinySkill(), 9_000);
    await block(runtime, await compute(runtime, executionId));
    const bundle = await bundleOf(runtime, executionId);
    expect(bundle).toMatchObject({ outcome: 'blocked', reasons: [{ code: 'too-much' }] });
    expect(subjects(runtime, 'ada@example.com')).toEqual(['Blocked: Discount for Acme, asked by Ada Example']);
    expect(subjects(runtime, 'oversight@example.com')).toEqual([]);
  });

  test('a rejection carries the approver’s reason', async () => {
    const { runtime, executionId } = await begin(tinySkill(), 1_000);
    const flow = await decideStage(runtime, await compute(runtime, executionId), { 'lead.1': 'reject' });
    expect(flow.verdict).toBe('rejected');
    await conclude(runtime, flow);
    const bundle = await bundleOf(runtime, executionId);
    expect(bundle.outcome).toBe('rejected');
    expect(bundle.reasons.map(({ message }) => message)).toContain('lena: Not like this.');
    expect(bundle.gates.map(({ result }) => result)).toEqual(['pass', 'pass', 'fail']);
    const mail = runtime.mail.to('ada@example.com').at(-1)!;
    expect(mail.text).toContain('Not like this.');
    expect(mail.headers?.['Message-ID']).toBe(`<${executionId}.outcome@example.com>`);
  });

  test('a fault ends as rolled back, keeps its message out of the chain, and closes what was open', async () => {
    const { runtime, executionId } = await begin(tinySkill(), 1_000);
    const flow = await compute(runtime, executionId);
    await decideStage(runtime, flow, {});
    const cause = JSON.stringify({ errorType: 'TypeError', errorMessage: 'broke on 12,500.00 EUR' });
    await recover(runtime, { ...flow, fault: { Error: 'TypeError', Cause: cause } });
    const record = await readExecution(runtime, executionId);
    expect(record).toMatchObject({ outcome: 'rolled-back', status: 'failed', fault: { error: 'TypeError' } });
    expect(record.fault?.message).toBe('broke on 12,500.00 EUR');
    expect(JSON.stringify(await readChain(runtime, executionId))).not.toContain('12,500');
    expect((await readStage(runtime, executionId, 1)).outcome).toBe('abandoned');
    expect(subjects(runtime, 'oversight@example.com')).toHaveLength(1);
  });

  test('a fault before there is a result still owes outputs', async () => {
    const { runtime, executionId } = await begin(tinySkill(), 100);
    await recover(runtime, { ...flowOf(runtime, executionId), fault: { Error: 'States.Timeout' } });
    expect(await readExecution(runtime, executionId)).toMatchObject({
      outcome: 'rolled-back',
      fault: { state: 'Preflight' },
    });
    expect((await bundleOf(runtime, executionId)).artifact).toBeNull();
  });

  test('a withdrawal before anybody was asked ends as withdrawn', async () => {
    const { runtime, executionId } = await begin(tinySkill(), 1_000);
    await changeExecution(runtime, executionId, (record) => ({
      ...record,
      withdrawal: { by: 'ada', at: runtime.clock.now() },
    }));
    const flow = await compute(runtime, executionId);
    expect(flow).toMatchObject({ verdict: 'block' });
    await block(runtime, flow);
    expect((await readExecution(runtime, executionId)).outcome).toBe('withdrawn');
  });
});

test('a mail that is refused stays owed, never fails the step, and the sweeper sends it', async () => {
  const { runtime, executionId } = await begin(tinySkill(), 100);
  runtime.mail.refusals = 1;
  await publish(runtime, await compute(runtime, executionId));
  expect((await readExecution(runtime, executionId)).pendingMails).toEqual([
    { mailId: 'outcome', kind: 'outcome', attempts: 1 },
  ]);
  expect(await sweepExecutions(runtime, runtime.clock.now())).toMatchObject({ settled: 1 });
  expect((await readExecution(runtime, executionId)).pendingMails).toEqual([]);
  expect(runtime.mail.sent).toHaveLength(1);
});

test('a mail that is refused for good is given up, and the other mail goes out', async () => {
  const { runtime, executionId } = await begin(tinySkill(), 100);
  const send = runtime.mail.send.bind(runtime.mail);
  runtime.mail.send = async (mail) => {
    if (mail.to === 'ada@example.com') throw new MailNotAccepted('No such mailbox.', true);
    return send(mail);
  };
  await recover(runtime, { ...flowOf(runtime, executionId), fault: { Error: 'X' } });
  expect((await readExecution(runtime, executionId)).pendingMails).toEqual([]);
  expect(runtime.mail.sent.map(({ to }) => to)).toEqual(['oversight@example.com']);
});

test('what was published is not run again', async () => {
  const { runtime, executionId } = await begin(tinySkill(), 100);
  await publish(runtime, await compute(runtime, executionId));
  await expect(rerunExecution(runtime, executionId, 'oversight')).rejects.toBeInstanceOf(Conflict);
});

test('a re-run is one new execution of the same request, however often it is ordered', async () => {
  const { runtime, executionId } = await begin(tinySkill(), 100);
  await recover(runtime, { ...flowOf(runtime, executionId), fault: { Error: 'X' } });
  const first = await rerunExecution(runtime, executionId, 'oversight');
  const again = await rerunExecution(runtime, executionId, 'oversight');
  if (first.kind !== 'accepted') throw new Error(first.kind);
  expect(again).toEqual({ ...first, repeated: true });
  const rerun = await readExecution(runtime, first.executionId);
  const original = await readExecution(runtime, executionId);
  expect(rerun).toMatchObject({ rerunOf: executionId, request: original.request, requester: original.requester });
  expect(original.rerunAs).toBe(first.executionId);
});

test('a preview computes the same result and stores nothing', async () => {
  const skill = tinySkill();
  const runtime = await startSystem(store.table, skill);
  const documents = runtime.artifacts.documents.size;
  const preview = await previewRoute(runtime, ask(skill, 1_000));
  expect(runtime.artifacts.documents.size).toBe(documents);
  expect(runtime.states.started).toEqual([]);
  const executionId = await started(runtime, ask(skill, 1_000));
  await compute(runtime, executionId);
  const { result } = await readExecution(runtime, executionId);
  expect(preview).toMatchObject({ kind: 'previewed', rolledOut: true });
  expect(preview.kind === 'previewed' && digestOf(preview.result)).toBe(result);
});
