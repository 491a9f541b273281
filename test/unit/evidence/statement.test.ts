import { generateKeyPairSync } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { canonicalJson, digestOf } from '../../../lib/core/digest.ts';
import { CHAIN_START, sealEvent } from '../../../lib/platform/audit/chain.ts';
import { pemSigner, type Signer } from '../../../lib/platform/audit/signer.ts';
import { signEnvelope } from '../../../lib/platform/evidence/dsse.ts';
import { type EndingStatement, endingStatement } from '../../../lib/platform/evidence/ending-statement.ts';
import { documentOf } from '../../../lib/platform/evidence/finding.ts';
import { assembleEvidence } from '../../../lib/platform/evidence/packet.ts';
import type { EvidencePacket } from '../../../lib/platform/evidence/packet-schema.ts';
import { signEnding } from '../../../lib/platform/evidence/sign-ending.ts';
import { STATEMENT_TYPE } from '../../../lib/platform/evidence/statement.ts';
import { statementKeyOf } from '../../../lib/platform/evidence/statement-key.ts';
import { verifyEvidence } from '../../../lib/platform/evidence/verify.ts';
import { block } from '../../../lib/platform/executions/block.ts';
import { conclude } from '../../../lib/platform/executions/conclude.ts';
import { engineVersions } from '../../../lib/platform/executions/engine-versions.ts';
import { changeExecution, OWING_EXECUTIONS, readExecution } from '../../../lib/platform/executions/execution-store.ts';
import { publish } from '../../../lib/platform/executions/publish.ts';
import { recover } from '../../../lib/platform/executions/recover.ts';
import { sweepExecutions } from '../../../lib/platform/executions/sweep.ts';
import { type StartedTable, startTable } from '../../support/dynamodb.ts';
import type { TestRuntime } from '../../support/runtime.ts';
import { approveAll, ask, compute, decideStage, flowOf, started, startSystem } from '../executions/system.ts';
import { tinySkill } from '../executions/tiny-skill.ts';

const skill = tinySkill();
let store: StartedTable;
let runtime: TestRuntime;
let signer: Signer;
let published: EvidencePacket;
let another: EvidencePacket;

async function publishOne(system: TestRuntime = runtime): Promise<string> {
  const executionId = await started(system, ask(skill, 1_000));
  await publish(system, await approveAll(system, await compute(system, executionId)));
  return executionId;
}

beforeAll(async () => {
  store = await startTable();
  runtime = await startSystem(store.table, skill);
  signer = await runtime.signer();
  published = await assembleEvidence(runtime, await publishOne());
  another = await assembleEvidence(runtime, await publishOne());
});
afterAll(() => store.close());

const foreign = pemSigner(
  generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
);

function verify(packet: unknown, keys: readonly string[] = [signer.publicKey]) {
  return verifyEvidence(packet, { skills: [skill], versions: engineVersions, keys });
}

async function findingOf(packet: unknown, keys?: readonly string[]) {
  const report = await verify(packet, keys);
  const { result, detail } = report.checks.find(({ check }) => check === 'statement')!;
  return { ok: report.ok, result, detail };
}

function statementIn(packet: EvidencePacket): EndingStatement {
  const { payload } = documentOf(packet, 'statement') as { payload: string };
  return endingStatement.parse(JSON.parse(Buffer.from(payload, 'base64').toString('utf8')));
}

function resealed(packet: EvidencePacket): EvidencePacket {
  const { digest: _, ...content } = packet;
  return { ...content, digest: digestOf(content) };
}

/** The packet with other documents for statement and key, every reference and digest made to fit. */
function withStatement(packet: EvidencePacket, statement: unknown, key: unknown): EvidencePacket {
  const changed = structuredClone(packet);
  for (const artifact of changed.artifacts) {
    if (artifact.role === 'statement') artifact.document = statement;
    if (artifact.role === 'statement-key') artifact.document = key;
    artifact.digest = digestOf(artifact.document);
  }
  changed.record.statement = { envelope: digestOf(statement), key: digestOf(key) };
  return resealed(changed);
}

const sign = (statement: unknown, by: Signer) =>
  signEnvelope(STATEMENT_TYPE, Buffer.from(canonicalJson(statement), 'utf8'), by);

describe('the end of an execution', () => {
  test.each(['published', 'rejected', 'blocked', 'rolled-back', 'withdrawn'])(
    'is signed once when it is %s, and verified with the key',
    async (kind) => {
      const executionId = await started(runtime, ask(skill, kind === 'blocked' ? 9_000 : 1_000));
      if (kind === 'rolled-back') await recover(runtime, { ...flowOf(runtime, executionId), fault: { Error: 'X' } });
      else {
        const flow = await compute(runtime, executionId);
        if (kind === 'blocked') await block(runtime, flow);
        if (kind === 'published') await publish(runtime, await approveAll(runtime, flow));
        if (kind === 'withdrawn') await conclude(runtime, { ...flow, verdict: 'withdrawn' });
        if (kind === 'rejected') await conclude(runtime, await decideStage(runtime, flow, { 'lead.1': 'reject' }));
      }
      const packet = await assembleEvidence(runtime, executionId);
      expect(packet.record.outcome).toBe(kind);
      expect(await findingOf(packet)).toMatchObject({ ok: true, result: 'pass' });
      const { predicate, subject } = statementIn(packet);
      expect(predicate).toMatchObject({ executionId, outcome: kind, skill: skill.name });
      expect(predicate.chain).toEqual({ length: packet.chain.length, head: packet.chain.head });
      const { outputs, request } = packet.record;
      expect(subject.map(({ name, digest }) => [name, `sha256:${digest.sha256}`])).toEqual([
        ['primary_artifact_bundle', outputs?.primaryArtifactBundle],
        ['execution_scorecard', outputs?.executionScorecard],
        ['handoff_packet', outputs?.handoffPacket],
        ['input', request],
      ]);
      await signEnding(runtime, executionId);
      expect((await readExecution(runtime, executionId)).statement).toEqual(packet.record.statement);
    },
  );

  test('names each decision by its event, and nobody and nothing that people wrote', () => {
    const { predicate } = statementIn(published);
    const events = published.chain.events.filter(({ type }) => type === 'decision-recorded');
    expect(predicate.decisions).toEqual(
      events.map(({ seq, eventId, digest }) => ({ seq, eventId, action: 'approve', digest })),
    );
    expect(predicate.decisions).toHaveLength(3);
    const text = JSON.stringify(statementIn(published));
    for (const { data } of events) expect(text).not.toContain(`"${String(data.approver)}"`);
  });

  test('has no statement before it is reached, and one that appears earlier is found', async () => {
    const executionId = await started(runtime, ask(skill, 1_000));
    await compute(runtime, executionId);
    await signEnding(runtime, executionId);
    const running = await assembleEvidence(runtime, executionId);
    expect(running.record.statement).toBeUndefined();
    expect(await findingOf(running)).toMatchObject({ ok: true, result: 'pass' });
    const early = structuredClone(running);
    early.record.statement = published.record.statement!;
    for (const role of ['statement', 'statement-key'] as const)
      early.artifacts.push(published.artifacts.find((artifact) => artifact.role === role)!);
    expect(await findingOf(resealed(early))).toMatchObject({ ok: false, result: 'fail' });
  });

  test('two that sign at once leave one statement', async () => {
    const failing = { ...runtime, signer: () => Promise.reject(new Error('out of reach')) };
    const executionId = await publishOne(failing);
    expect((await readExecution(runtime, executionId)).statement).toBeUndefined();
    await Promise.all([signEnding(runtime, executionId), signEnding(runtime, executionId)]);
    const { statement } = await readExecution(runtime, executionId);
    await signEnding({ ...runtime, signer: async () => foreign }, executionId);
    expect((await readExecution(runtime, executionId)).statement).toEqual(statement);
    expect(await findingOf(await assembleEvidence(runtime, executionId))).toMatchObject({ result: 'pass' });
  });
});

describe('while the key is out of reach', () => {
  test('executions end all the same; the statement is owed, the packet says so, and the sweeper signs later', async () => {
    let out = true;
    const system: TestRuntime = {
      ...runtime,
      signer: async () => {
        if (out) throw Object.assign(new Error('The key is out of reach.'), { name: 'KMSInternalException' });
        return signer;
      },
    };
    const executionId = await publishOne(system);
    const ended = await readExecution(system, executionId);
    expect(ended).toMatchObject({ outcome: 'published', status: 'succeeded', pendingEvents: [], pendingMails: [] });
    expect(ended.statement).toBeUndefined();
    const owing = async () =>
      (await store.table.queryAll<{ executionId: string }>({ index: 'gsi2', pk: OWING_EXECUTIONS })).map(
        (item) => item.executionId,
      );
    expect(await owing()).toContain(executionId);

    const packet = await assembleEvidence(system, executionId);
    const report = await verify(packet);
    expect(report).toMatchObject({ ok: false, firstGap: { check: 'statement', result: 'incomplete' } });
    expect(report.firstFailure).toBeUndefined();

    await sweepExecutions(system, system.clock.now());
    expect(await owing()).toContain(executionId);
    out = false;
    expect((await sweepExecutions(system, system.clock.now())).failed).toBe(0);
    expect(await owing()).not.toContain(executionId);
    const later = await assembleEvidence(system, executionId);
    expect(await findingOf(later)).toMatchObject({ ok: true, result: 'pass' });
    expect(statementIn(later).predicate.chain).toEqual({ length: packet.chain.length, head: packet.chain.head });
  });

  test('nothing is signed before the chain holds every event', async () => {
    const failing = { ...runtime, signer: () => Promise.reject(new Error('out of reach')) };
    const executionId = await publishOne(failing);
    const owed = { eventId: 'late', at: runtime.clock.now(), type: 'late', actor: 'system', data: {} };
    await changeExecution(runtime, executionId, (current) => ({ ...current, pendingEvents: [owed] }));
    await expect(signEnding(runtime, executionId)).rejects.toMatchObject({ code: 'Conflict' });
    expect((await readExecution(runtime, executionId)).statement).toBeUndefined();
    await sweepExecutions(runtime, runtime.clock.now());
    const packet = await assembleEvidence(runtime, executionId);
    expect(packet.chain.events.at(-1)?.type).toBe('late');
    expect(statementIn(packet).predicate.chain.length).toBe(packet.chain.length);
  });
});

describe('who signed', () => {
  test('is not known without a key: told apart from verified', async () => {
    const report = await verify(published, []);
    expect(report.ok).toBe(true);
    expect(await findingOf(published, [])).toMatchObject({
      result: 'unknown-key',
      detail: expect.stringContaining('unknown key'),
    });
    expect(await findingOf(published, [foreign.publicKey, signer.publicKey])).toMatchObject({ result: 'pass' });
  });

  test('somebody else: a whole forgery passes for one by an unknown key, and fails against the known one', async () => {
    const forged = withStatement(published, await sign(statementIn(published), foreign), statementKeyOf(foreign));
    expect(await findingOf(forged, [])).toMatchObject({ ok: true, result: 'unknown-key' });
    expect(await findingOf(forged)).toMatchObject({
      ok: false,
      result: 'fail',
      detail: expect.stringContaining(foreign.keyId),
    });
  });

  test('a foreign signature beside the right key, and the right one beside a foreign key', async () => {
    const right = documentOf(published, 'statement');
    const bySomebody = withStatement(published, await sign(statementIn(published), foreign), statementKeyOf(signer));
    const besideAnother = withStatement(published, right, statementKeyOf(foreign));
    const misnamed = withStatement(published, right, { ...statementKeyOf(signer), keyId: foreign.keyId });
    for (const packet of [bySomebody, besideAnother, misnamed])
      for (const keys of [[], [signer.publicKey]])
        expect(await findingOf(packet, keys)).toMatchObject({ ok: false, result: 'fail' });
  });
});

describe('what a cheat without the key would try', () => {
  /** Events chained anew, so that chain, length and head agree with each other. */
  function rechained(packet: EvidencePacket, events: EvidencePacket['chain']['events']): EvidencePacket {
    const made: typeof events = [];
    for (const { digest: _, ...event } of events)
      made.push(sealEvent({ ...event, seq: made.length + 1, previous: made.at(-1)?.digest ?? CHAIN_START }));
    const changed = structuredClone(packet);
    changed.chain = { events: made, length: made.length, head: made.at(-1)!.digest };
    return resealed(changed);
  }

  test('cutting off the end of the chain', async () => {
    const cut = rechained(published, published.chain.events.slice(0, -1));
    expect(await findingOf(cut)).toMatchObject({ result: 'fail', detail: expect.stringContaining('cut off') });
  });

  test('telling the chain otherwise, in the same length', async () => {
    const events = structuredClone(published.chain.events);
    events[1]!.at = '2026-11-20T09:00:01.000Z';
    expect(await findingOf(rechained(published, events))).toMatchObject({
      result: 'fail',
      detail: expect.stringContaining('is not the one'),
    });
  });

  test('what comes after the end is no contradiction', async () => {
    const { digest: _, ...last } = published.chain.events.at(-1)!;
    const after = { ...last, eventId: 'later', type: 'noted', data: {}, digest: '' };
    expect(await findingOf(rechained(published, [...published.chain.events, after]))).toMatchObject({ result: 'pass' });
  });

  test('the statement of another execution', async () => {
    const swapped = withStatement(published, documentOf(another, 'statement'), documentOf(another, 'statement-key'));
    expect(await findingOf(swapped)).toMatchObject({
      result: 'fail',
      detail: expect.stringContaining('another execution'),
    });
  });

  test('other outputs than those that were signed', async () => {
    const changed = structuredClone(published);
    const scorecard = changed.artifacts.find(({ role }) => role === 'execution-scorecard')!;
    (scorecard.document as { measures: { decisions: number } }).measures.decisions += 1;
    scorecard.digest = digestOf(scorecard.document);
    changed.record.outputs!.executionScorecard = scorecard.digest;
    expect(await findingOf(resealed(changed))).toMatchObject({
      result: 'fail',
      detail: expect.stringContaining('/subject/1'),
    });
  });

  test('leaving the statement out: incomplete, not broken', async () => {
    const without = structuredClone(published);
    delete without.record.statement;
    without.artifacts = without.artifacts.filter(({ role }) => !role.startsWith('statement'));
    const report = await verify(resealed(without));
    expect(report).toMatchObject({ ok: false, firstGap: { check: 'statement' } });
    expect(report.firstFailure).toBeUndefined();
  });

  test('editing any part of what was signed', async () => {
    const statement = statementIn(published);
    const paths = leaves(statement);
    expect(paths.length).toBeGreaterThan(30);
    const { signatures } = documentOf(published, 'statement') as { signatures: unknown };
    for (const path of paths) {
      const edited = structuredClone(statement) as object;
      const holder = path.slice(0, -1).reduce((value, key) => Reflect.get(value, key), edited);
      const value = Reflect.get(holder, path.at(-1)!);
      Reflect.set(holder, path.at(-1)!, typeof value === 'number' ? value + 1 : `${value}x`);
      const payload = Buffer.from(canonicalJson(edited), 'utf8').toString('base64');
      // Without the key: the old signature. With a key of their own that the verifier happens to trust: the contradiction.
      const kept = withStatement(
        published,
        { payload, payloadType: STATEMENT_TYPE, signatures },
        statementKeyOf(signer),
      );
      const anew = withStatement(published, await sign(edited, foreign), statementKeyOf(foreign));
      expect(await findingOf(kept), path.join('/')).toMatchObject({ ok: false, result: 'fail' });
      expect(await findingOf(anew, [foreign.publicKey]), path.join('/')).toMatchObject({ ok: false, result: 'fail' });
    }
  });
});

function leaves(value: object, at: string[] = []): string[][] {
  return Object.entries(value).flatMap(([key, member]) =>
    typeof member === 'object' && member !== null ? leaves(member, [...at, key]) : [[...at, key]],
  );
}
