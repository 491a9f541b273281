import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { S3Client } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { orderErasure } from '../../../lib/platform/api/erasure.ts';
import { NotPossibleNow } from '../../../lib/platform/api/errors.ts';
import { respondToThrown } from '../../../lib/platform/api/respond.ts';
import type { ArtifactStore } from '../../../lib/platform/artifacts/artifact-store.ts';
import { Erased } from '../../../lib/platform/artifacts/erased.ts';
import { folderArtifactStore } from '../../../lib/platform/artifacts/folder.ts';
import { s3ArtifactEraser, s3ArtifactStore } from '../../../lib/platform/artifacts/s3.ts';
import { seed } from '../../../lib/platform/configuration/seed.ts';
import { assembleEvidence } from '../../../lib/platform/evidence/packet.ts';
import { verifyEvidence } from '../../../lib/platform/evidence/verify.ts';
import { engineVersions } from '../../../lib/platform/executions/engine-versions.ts';
import { readExecution } from '../../../lib/platform/executions/execution-store.ts';
import { recover } from '../../../lib/platform/executions/recover.ts';
import { startExecution } from '../../../lib/platform/executions/start.ts';
import { offer } from '../../../lib/platform/handoffs/offer.ts';
import { sendLogTo } from '../../../lib/platform/log.ts';
import type { Runtime } from '../../../lib/platform/runtime.ts';
import { type StartedTable, startTable } from '../../support/dynamodb.ts';
import { type TestRuntime, testRuntime } from '../../support/runtime.ts';
import { compute, flagsOn, flowOf } from '../../unit/executions/system.ts';
import { directoryOf, exampleOf, support } from '../../unit/handoff-skills/player.ts';
import { type StoredVersion, s3Answers } from '../fake-s3.ts';
import { clientTo, startLoopback } from '../loopback.ts';

sendLogTo(() => {});

/** An adapter, everything that it holds, and its end. */
interface Subject {
  readonly store: ArtifactStore;
  held(): Promise<string>;
  close(): Promise<void>;
}

async function folderSubject(): Promise<Subject> {
  const folder = await mkdtemp(join(tmpdir(), 'countersign-erased-'));
  return {
    store: folderArtifactStore(folder),
    async held() {
      const files = await readdir(folder, { recursive: true, withFileTypes: true });
      const found = files.filter((file) => file.isFile()).map(({ parentPath, name }) => join(parentPath, name));
      return (await Promise.all(found.map((file) => readFile(file, 'utf8')))).join('\n');
    },
    close: () => rm(folder, { recursive: true }),
  };
}

async function s3Subject(): Promise<Subject> {
  const objects = new Map<string, StoredVersion[]>();
  const server = await startLoopback(s3Answers(objects));
  const client = new S3Client({ ...clientTo(server.url), forcePathStyle: true });
  return {
    store: { ...s3ArtifactStore(client, 'artifacts'), ...s3ArtifactEraser(client, 'artifacts') },
    held: async () => [...objects.values()].flatMap((all) => all.map(({ body }) => body.toString())).join('\n'),
    async close() {
      client.destroy();
      await server.close();
    },
  };
}

const principalOf = (person: string): string => directoryOf(support).person(person)?.principals[0] ?? person;
const [ADMINISTRATOR] = directoryOf(support).snapshot.administrators;
const SALT = 'c2FsdC1vZi1hLWxhdGVyLW9uZQ';

interface Payload {
  readonly value: object;
  readonly salt?: string;
}

describe.each([
  ['a folder', folderSubject],
  ['S3', s3Subject],
])('a request that was erased, artifacts being in %s', (_name, subjectOf) => {
  let table: StartedTable;
  let subject: Subject;
  let runtime: Runtime & Pick<TestRuntime, 'clock' | 'flags'>;
  let system: TestRuntime;

  beforeAll(async () => {
    table = await startTable();
    subject = await subjectOf();
    const fakes = testRuntime({ table: table.table, skills: [support] });
    fakes.flags.set(flagsOn(support));
    runtime = { ...fakes, artifacts: subject.store };
    // Steps ask for no more of the store than its port.
    system = runtime as TestRuntime;
    await seed(runtime);
  });
  afterAll(async () => {
    await subject.close();
    await table.close();
  });

  /** The incident of the examples, owing and promising nothing: work that may be handed over anew. */
  function requestOf(ticket: string, sealed: Partial<Payload> = {}) {
    const { request } = exampleOf(support, '41', '2026-11-20T09:00:00.000Z');
    const { promise: _p, obligations: _o, ...input } = request.input as { payload: Payload } & Record<string, unknown>;
    const value = { ...input.payload.value, ticket };
    return {
      ...request,
      input: { ...input, payload: { ...input.payload, value, ...sealed }, thread: `t-${ticket.toLowerCase()}` },
    };
  }

  const start = (body: unknown) =>
    startExecution(runtime, { skill: support, body, caller: principalOf('tiago.rocha') });

  async function accepted(body: unknown): Promise<string> {
    const result = await start(body);
    if (result.kind !== 'accepted') throw new Error(JSON.stringify(result));
    return result.executionId;
  }

  async function offered(body: unknown): Promise<string> {
    const executionId = await accepted(body);
    const flow = await compute(system, executionId);
    expect((await offer(runtime, flow)).verdict).toBe('await-handoff');
    return executionId;
  }

  const erase = (executionId: string) =>
    orderErasure(
      runtime,
      executionId,
      { because: 'Case 4711.', reason: 'data-subject-request' },
      principalOf(ADMINISTRATOR!),
    );

  /** Offered, ended by a fault, and erased. */
  async function erasedOne(body: unknown): Promise<string> {
    const executionId = await offered(body);
    await recover(runtime, { ...flowOf(system, executionId), fault: { Error: 'X' } });
    expect((await erase(executionId)).erasures).toMatchObject([{ finished: true }]);
    return executionId;
  }

  /** What an execution's evidence says of its erasure. */
  async function evidenceOf(executionId: string) {
    const packet = await assembleEvidence(runtime, executionId);
    const report = await verifyEvidence(JSON.parse(JSON.stringify(packet)), {
      skills: [support],
      versions: engineVersions,
    });
    const results = new Map(report.checks.map(({ check, result }) => [check, result]));
    return { ok: report.ok, erasures: results.get('erasures'), reExecution: results.get('re-execution'), packet };
  }

  test('is not taken when it is delivered once more: nothing of it comes back, nothing is started, no slot is held', async () => {
    const body = requestOf('INC-600001');
    const old = await erasedOne(body);
    const { request } = await readExecution(runtime, old);
    const refused = await start(body).catch((error: unknown) => error);
    expect(refused).toBeInstanceOf(NotPossibleNow);
    expect((refused as NotPossibleNow).problems).toMatchObject([
      { code: 'erased-before', pointer: '/input', mend: expect.stringContaining('a new salt') },
    ]);
    expect(respondToThrown(refused, 'r-1').statusCode).toBe(409);
    // More often than there are slots: a queue that delivers again and again keeps nobody else from computing.
    for (let again = 0; again <= support.budget.computingExecutions; again += 1)
      await expect(start(body)).rejects.toBeInstanceOf(NotPossibleNow);
    await accepted(requestOf('INC-600009'));
    await expect(runtime.artifacts.get(request)).rejects.toBeInstanceOf(Erased);
    expect(await subject.held()).not.toContain('INC-600001"');
  });

  test('is taken when it is made anew with a salt of its own, and the earlier one stays erased', async () => {
    const old = await erasedOne(requestOf('INC-600002'));
    const fresh = await offered(requestOf('INC-600002', { salt: SALT }));
    const [before, after] = await Promise.all([readExecution(runtime, old), readExecution(runtime, fresh)]);
    expect(after.request).not.toBe(before.request);
    await expect(runtime.artifacts.get(before.request)).rejects.toBeInstanceOf(Erased);
    expect(JSON.stringify(await runtime.artifacts.get(after.request))).toContain('INC-600002');
    expect(await evidenceOf(old)).toMatchObject({ ok: true, erasures: 'pass', reExecution: 'not-re-executed' });
    await recover(runtime, { ...flowOf(system, fresh), fault: { Error: 'X' } });
    const now = await evidenceOf(fresh);
    expect(now).toMatchObject({ ok: true, reExecution: 'pass' });
    // The payload's own digest differs too: what is on record of the erased one tells nothing about the other.
    const sealed = (await runtime.artifacts.get(after.result!)) as {
      artifact: { packet: { payload: { digest: string } } };
    };
    const gone = (await runtime.artifacts.get(before.result!)) as typeof sealed;
    expect(sealed.artifact.packet.payload.digest).not.toBe(gone.artifact.packet.payload.digest);
  });

  test('and made anew can be erased as well, each on an order of its own', async () => {
    const old = await erasedOne(requestOf('INC-600003'));
    const fresh = await erasedOne(requestOf('INC-600003', { salt: SALT }));
    expect(await subject.held()).not.toContain('INC-600003"');
    for (const executionId of [old, fresh])
      expect(await evidenceOf(executionId)).toMatchObject({ ok: true, erasures: 'pass' });
    await expect(start(requestOf('INC-600003', { salt: SALT }))).rejects.toBeInstanceOf(NotPossibleNow);
  });

  test('while the same is being computed leaves that one without a payload, and it hands nothing over', async () => {
    const body = requestOf('INC-600004');
    const old = await offered(body);
    await recover(runtime, { ...flowOf(system, old), fault: { Error: 'X' } });
    const twin = await accepted(body);
    await erase(old);
    const flow = await compute(system, twin);
    expect(flow.verdict).toBe('block');
    const codes = (await readExecution(runtime, twin)).gates.flatMap(({ reasons }) => reasons).map(({ code }) => code);
    expect(codes).toEqual(['payload-erased']);
  });
});
