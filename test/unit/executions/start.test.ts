import * as fc from 'fast-check';
import { beforeEach, describe, expect, test } from 'vitest';
import { InvalidInput } from '../../../lib/core/errors.ts';
import { readExecution } from '../../../lib/platform/executions/execution-store.ts';
import { publish } from '../../../lib/platform/executions/publish.ts';
import { releaseSlot } from '../../../lib/platform/executions/slots.ts';
import { startExecution } from '../../../lib/platform/executions/start.ts';
import { sweepExecutions } from '../../../lib/platform/executions/sweep.ts';
import { type StartedTable, startTable } from '../../support/dynamodb.ts';
import type { TestRuntime } from '../../support/runtime.ts';
import { approveAll, ask, compute, flagsOn, started, startSystem } from './system.ts';
import { tinySkill } from './tiny-skill.ts';

let store: StartedTable;
let runtime: TestRuntime;
const skill = tinySkill();

beforeEach(async () => {
  store = await startTable();
  runtime = await startSystem(store.table, skill);
  return () => store.close();
});

async function problemsOf(body: unknown) {
  const error = await startExecution(runtime, { skill, body, caller: 'ada' }).catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(InvalidInput);
  return (error as InvalidInput).problems.map(({ pointer, code }) => `${code} ${pointer}`);
}

describe('the contracts of a request', () => {
  test('every problem is listed: the envelope from the root, the input under /input', async () => {
    const body = {
      input: { accountId: '', discount: 'much', colour: 1 },
      policy: {},
      requester: 'lena',
      consumer: 'x',
    };
    const problems = await problemsOf(body);
    expect(problems).toEqual(
      expect.arrayContaining([
        'unknown-field /policy',
        'unknown-field /requester',
        'invalid-value /consumer',
        'too-small /input/accountId',
        'invalid-type /input/discount',
        'unknown-field /input/colour',
      ]),
    );
    expect(problems).toHaveLength(6);
  });

  test.each(['policy', 'directory', 'requester', 'instant'])('no request brings its own %s', async (field) => {
    const body = { input: { accountId: 'acme', discount: 1 }, [field]: {} };
    expect(await problemsOf(body)).toEqual([`unknown-field /${field}`]);
  });

  test('names that reach into prototypes are refused wherever they stand', async () => {
    const body = JSON.parse('{"input": {"accountId": "acme", "discount": 1, "x": {"__proto__": {"admin": true}}}}');
    expect(await problemsOf(body)).toEqual(['forbidden-field-name /input/x/__proto__']);
  });

  test('texts and numbers that have no canonical form are refused, not stumbled over', async () => {
    const body = JSON.parse('{"input": {"accountId": "a\\ud800", "discount": 1e999, "\\udc00": 1}}');
    expect(await problemsOf(body)).toEqual([
      'malformed-text /input/accountId',
      'number-out-of-range /input/discount',
      'malformed-text /input/\udc00',
    ]);
  });

  test('whatever JSON comes as a body is answered or refused with problems, never a fault', async () => {
    await fc.assert(
      fc.asyncProperty(fc.oneof(fc.jsonValue(), fc.record({ input: fc.jsonValue() })), async (body) => {
        const problems = await problemsOf(JSON.parse(JSON.stringify(body)));
        expect(problems.length).toBeGreaterThan(0);
      }),
      { numRuns: 60 },
    );
  });

  test('nesting has a bound', async () => {
    let deep: unknown = 1;
    for (let level = 0; level < 10_000; level += 1) deep = { a: deep };
    const [problem] = await problemsOf({ input: deep });
    expect(problem).toMatch(/^too-deep \/input\/a/);
  });

  test('a body that is no object at all', async () => {
    expect(await problemsOf(null)).toEqual(['invalid-type ']);
  });

  test('a consumer that the skill does not serve', async () => {
    const body = { input: { accountId: 'acme', discount: 1 }, consumer: 'audit-log' };
    expect(await problemsOf(body)).toEqual(['undeclared-consumer /consumer']);
  });
});

describe('who asks', () => {
  test('a caller whom the directory does not know, and one who has left, are refused', async () => {
    expect(await startExecution(runtime, ask(skill, 1, { caller: 'stranger' }))).toMatchObject({
      kind: 'forbidden',
      code: 'unknown-requester',
    });
    expect(await startExecution(runtime, ask(skill, 1, { caller: 'gone' }))).toMatchObject({ code: 'left-company' });
  });

  test('only a listed trusted system names the requester, and that is recorded', async () => {
    const named = ask(skill, 1, { caller: 'lena', onBehalfOf: 'ada' });
    expect(await startExecution(runtime, named)).toMatchObject({ kind: 'forbidden', code: 'untrusted-system' });
    const executionId = await started(runtime, ask(skill, 1, { caller: 'crm', onBehalfOf: 'ada' }));
    const { requester } = await readExecution(runtime, executionId);
    expect(requester).toEqual({ personId: 'ada', caller: 'crm', namedBy: { principal: 'crm', name: 'CRM' } });
    expect(await startExecution(runtime, ask(skill, 1, { caller: 'crm' }))).toMatchObject({ kind: 'forbidden' });
  });
});

test('a request without acceptance criteria and consumer needs scoping, when the skill declares no defaults', async () => {
  const bare = tinySkill({ defaults: {} });
  expect(await startExecution(runtime, ask(bare, 1))).toMatchObject({
    kind: 'needs-scoping',
    missing: ['acceptanceCriteria', 'consumer'],
  });
});

describe('the flag', () => {
  test('off, unknown or never synced: nothing starts, and nothing is stored', async () => {
    runtime.flags.set(undefined);
    expect(await startExecution(runtime, ask(skill, 1, { idempotencyKey: 'k' }))).toEqual({
      kind: 'not-rolled-out',
      flag: skill.flag,
      reason: 'no-snapshot',
    });
    expect(runtime.states.started).toEqual([]);
    // The same key may be used again once the flag is on.
    runtime.flags.set(flagsOn(skill));
    await started(runtime, ask(skill, 1, { idempotencyKey: 'k' }));
  });

  test('the variant names the configuration version; an unknown one falls back to the baseline and says so', async () => {
    runtime.flags.set(flagsOn(skill, '9.9-deadbeef'));
    const executionId = await started(runtime, ask(skill, 1));
    const record = await readExecution(runtime, executionId);
    expect(record.configuration.version).toMatch(/^1\.0-[0-9a-f]{8}$/);
    expect(record.pendingEvents[0]?.data).toMatchObject({ configurationChosen: 'unknown-variant' });
  });
});

describe('idempotency', () => {
  const keyed = (discount: number) => ask(skill, discount, { idempotencyKey: 'order-7' });

  test('same caller, key and body: the same execution; another body: a conflict', async () => {
    const first = await startExecution(runtime, keyed(100));
    expect(first).toMatchObject({ kind: 'accepted', repeated: false });
    expect(await startExecution(runtime, keyed(100))).toEqual({ ...first, repeated: true });
    expect(await startExecution(runtime, keyed(200))).toMatchObject({ kind: 'idempotency-conflict' });
    expect(runtime.states.started).toHaveLength(1);
  });

  test('the key belongs to its caller', async () => {
    const ada = await started(runtime, keyed(100));
    const lena = await started(runtime, { ...keyed(100), caller: 'lena' });
    expect(lena).not.toBe(ada);
  });

  test('a start that crashed before the state machine ran is finished by the repetition', async () => {
    const broken = { ...runtime, states: { ...runtime.states, start: () => Promise.reject(new Error('down')) } };
    await expect(startExecution(broken as never, keyed(100))).rejects.toThrow('down');
    expect(runtime.states.started).toHaveLength(0);
    const repeated = await startExecution(runtime, keyed(100));
    expect(repeated).toMatchObject({ kind: 'accepted', repeated: true });
    expect(runtime.states.started).toHaveLength(1);
    expect((await readExecution(runtime, runtime.states.started[0]!.executionId)).status).toBe('running');
  });

  test('and by the sweeper, when nobody repeats it', async () => {
    const broken = { ...runtime, states: { ...runtime.states, start: () => Promise.reject(new Error('down')) } };
    await expect(startExecution(broken as never, keyed(100))).rejects.toThrow('down');
    runtime.clock.advance(120);
    expect(await sweepExecutions(runtime, runtime.clock.now())).toMatchObject({ started: 1 });
    expect(runtime.states.started).toHaveLength(1);
  });

  test('twenty at once make one execution', async () => {
    const results = await Promise.all(Array.from({ length: 20 }, () => startExecution(runtime, keyed(100))));
    expect(new Set(results.map((result) => (result.kind === 'accepted' ? result.executionId : result.kind))).size).toBe(
      1,
    );
    expect(results.filter((result) => result.kind === 'accepted' && !result.repeated)).toHaveLength(1);
  });

  test('ids are 26 base32 characters', async () => {
    expect(await started(runtime, ask(skill, 1))).toMatch(/^ex-[a-z2-7]{26}$/);
    expect(await started(runtime, keyed(1))).toMatch(/^ex-[a-z2-7]{26}$/);
  });
});

describe('slots', () => {
  test('when all are taken the caller may come again; a released or expired one is free', async () => {
    const first = await started(runtime, ask(skill, 1));
    await started(runtime, ask(skill, 1));
    expect(await startExecution(runtime, ask(skill, 1))).toEqual({ kind: 'no-slot', retryAfterSeconds: 5 });
    await releaseSlot(runtime, skill.name, first);
    await started(runtime, ask(skill, 1));
    expect(await startExecution(runtime, ask(skill, 1))).toMatchObject({ kind: 'no-slot' });
    runtime.clock.advance(901);
    await started(runtime, ask(skill, 1));
  });

  test('twenty at once never lease more than there are', async () => {
    const results = await Promise.all(Array.from({ length: 20 }, () => startExecution(runtime, ask(skill, 1))));
    expect(results.filter(({ kind }) => kind === 'accepted')).toHaveLength(2);
    expect(results.filter(({ kind }) => kind === 'no-slot')).toHaveLength(18);
  });

  test('an execution that waits for people holds none', async () => {
    const ids = [await started(runtime, ask(skill, 1_000)), await started(runtime, ask(skill, 1_000))];
    for (const id of ids) expect((await compute(runtime, id)).verdict).toBe('approve');
    await started(runtime, ask(skill, 1));
  });
});

describe('a handoff packet', () => {
  const withPacket = (handoffPacket: unknown) => ({ input: { accountId: 'acme', discount: 1 }, handoffPacket });

  async function publishedPacket(): Promise<Record<string, unknown>> {
    const executionId = await started(runtime, ask(skill, 1_000));
    await publish(runtime, await approveAll(runtime, await compute(runtime, executionId)));
    const { outputs } = await readExecution(runtime, executionId);
    return (await runtime.artifacts.get(outputs!.handoffPacket)) as Record<string, unknown>;
  }

  test('of a published execution starts the next one', async () => {
    await started(runtime, { skill, body: withPacket(await publishedPacket()), caller: 'ada' });
  });

  test('altered, invented, or of an execution that was not published, it is refused', async () => {
    const packet = await publishedPacket();
    expect(await problemsOf(withPacket({ ...packet, nextHop: 'elsewhere' }))).toEqual([
      'gate-context-missing /handoffPacket',
    ]);
    expect(await problemsOf(withPacket({}))).toContain('gate-context-missing /handoffPacket');
    // Stored under its digest, yet no execution's output: storing is not enough.
    const forged = { ...packet, accountId: 'other' };
    await runtime.artifacts.put(forged);
    expect(await problemsOf(withPacket(forged))).toEqual(['gate-context-missing /handoffPacket']);
  });
});

test('a resubmission names an ended execution of the same skill and account', async () => {
  const body = { input: { accountId: 'acme', discount: 1 }, resubmits: 'ex-unknown' };
  expect(await problemsOf(body)).toEqual(['unknown-execution /resubmits']);
});
