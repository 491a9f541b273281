import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Instant } from '../../../lib/core/instant.ts';
import { addSeconds } from '../../../lib/core/instant.ts';
import { NotPossibleNow } from '../../../lib/platform/api/errors.ts';
import type { FlowState } from '../../../lib/platform/contracts/flow.ts';
import { conclude } from '../../../lib/platform/executions/conclude.ts';
import { readExecution } from '../../../lib/platform/executions/execution-store.ts';
import { publish } from '../../../lib/platform/executions/publish.ts';
import { recover } from '../../../lib/platform/executions/recover.ts';
import { rerunExecution } from '../../../lib/platform/executions/rerun.ts';
import { startExecution } from '../../../lib/platform/executions/start.ts';
import { answerByEvent } from '../../../lib/platform/handoffs/answer-event.ts';
import { endHandoff } from '../../../lib/platform/handoffs/end.ts';
import { documentOf } from '../../../lib/platform/handoffs/handoff.ts';
import { readHandoff } from '../../../lib/platform/handoffs/handoff-store.ts';
import { offer } from '../../../lib/platform/handoffs/offer.ts';
import { sendLogTo } from '../../../lib/platform/log.ts';
import { type StartedTable, startTable } from '../../support/dynamodb.ts';
import type { TestRuntime } from '../../support/runtime.ts';
import { compute, flowOf, startSystem } from '../../unit/executions/system.ts';
import { directoryOf, exampleOf, support } from '../../unit/handoff-skills/player.ts';

sendLogTo(() => {});

let store: StartedTable;
let runtime: TestRuntime;
let works = 0;
let keys = 0;

beforeAll(async () => {
  store = await startTable();
  runtime = await startSystem(store.table, support);
});
afterAll(() => store.close());
beforeEach(() => {
  works += 1;
});

const principalOf = (person: string): string => directoryOf(support).person(person)?.principals[0] ?? person;

interface Asked {
  readonly thread?: string;
  readonly ticket?: string;
  /** What the incident owes and has promised; nothing where it is left out. */
  readonly owes?: boolean;
  readonly promised?: boolean;
  /** The execution from which it goes on. */
  readonly after?: string;
}

const thread = () => `t-work-${works}`;
const ticket = () => `INC-${400_000 + works}`;

/** The document of a handoff as it ended, and the packet of its execution: what the next one goes on from. */
async function before(executionId: string) {
  const { outputs } = await readExecution(runtime, executionId);
  return {
    previous: documentOf(await readHandoff(runtime, executionId)),
    handoffPacket: await runtime.artifacts.get(outputs!.handoffPacket),
  };
}

/** The request of tier 1 that hands the test's incident to tier 2. */
async function requestOf({ thread: named = thread(), ticket: number = ticket(), after, ...asked }: Asked) {
  const { request } = exampleOf(support, '41', runtime.clock.now());
  const { promise, obligations, payload, ...input } = request.input as Record<string, object>;
  const goesOn = after === undefined ? undefined : await before(after);
  const value = { ...(payload as { value: object }).value, ticket: number };
  return {
    ...request,
    input: {
      ...input,
      payload: { ...payload, value },
      thread: named,
      ...(asked.owes === true ? { obligations } : {}),
      ...(asked.promised === true ? { promise } : {}),
      ...(goesOn === undefined ? {} : { previous: goesOn.previous }),
    },
    ...(goesOn === undefined ? {} : { handoffPacket: goesOn.handoffPacket }),
  };
}

async function start(asked: Asked = {}): Promise<string> {
  keys += 1;
  const idempotencyKey = `work-${keys}`;
  const body = await requestOf(asked);
  const caller = principalOf('tiago.rocha');
  const result = await startExecution(runtime, { skill: support, body, caller, idempotencyKey });
  if (result.kind !== 'accepted') throw new Error(JSON.stringify(result));
  return result.executionId;
}

/** As the state machine goes: what a gate has blocked is not offered. */
async function offered(executionId: string): Promise<FlowState> {
  const flow = await compute(runtime, executionId);
  return flow.verdict === 'block' ? flow : offer(runtime, flow);
}

/** Starts and offers: the execution, which waits for tier 2. */
async function handedOver(asked: Asked = {}): Promise<string> {
  const executionId = await start(asked);
  expect((await offered(executionId)).verdict).toBe('await-handoff');
  return executionId;
}

const act = (executionId: string, who: string, event: Record<string, unknown> & { type: string }) =>
  answerByEvent(runtime, executionId, principalOf(who), { id: `e-${event.type}`, event });

/** Handed over, and rejected by tier 2: the work came back once. */
async function rejected(asked: Asked = {}): Promise<string> {
  const executionId = await handedOver(asked);
  await act(executionId, 'lena.vogt', { type: 'reject', code: 'wrong-team', because: 'Another team.' });
  await conclude(runtime, { ...flowOf(runtime, executionId), verdict: 'handoff-ended' });
  expect((await readExecution(runtime, executionId)).outcome).toBe('rejected');
  return executionId;
}

/** Handed over, delivered and verified. */
async function closed(asked: Asked = {}): Promise<string> {
  const executionId = await handedOver(asked);
  const readback = { '/ticket': asked.ticket ?? ticket(), '/severity': 'high' };
  await act(executionId, 'lena.vogt', { type: 'accept', readback, criteria: [] });
  const { handoff } = documentOf(await readHandoff(runtime, executionId)) as unknown as { handoff: { id: string } };
  const settled = [{ id: `${handoff.id}.tell-customer`, done: 'Told them.' }];
  await act(executionId, 'lena.vogt', {
    type: 'deliver',
    delivery: { cause: 'found' },
    because: 'Renewed.',
    obligations: settled,
  });
  await act(executionId, 'tiago.rocha', { type: 'verify', criteria: [] });
  await publish(runtime, { ...flowOf(runtime, executionId), verdict: 'handed-over' });
  expect((await readExecution(runtime, executionId)).outcome).toBe('published');
  return executionId;
}

/** The codes for which something is refused at once, before there is an execution. */
async function refusedAtStart(asked: Asked): Promise<{ code: string; message: string; mend: string } | undefined> {
  try {
    await start(asked);
    return undefined;
  } catch (error) {
    expect(error).toBeInstanceOf(NotPossibleNow);
    return (error as NotPossibleNow).problems[0];
  }
}

const gateCodes = async (executionId: string) =>
  (await readExecution(runtime, executionId)).gates.flatMap(({ reasons }) => reasons).map(({ code }) => code);

/** The runtime with some of its table's methods replaced. */
function withTable(
  of: TestRuntime,
  replaced: Partial<Pick<TestRuntime['table'], 'putNew' | 'putVersion'>>,
): TestRuntime {
  const table = new Proxy(of.table, {
    get(target, name) {
      const own: unknown = Reflect.get(replaced, name) ?? Reflect.get(target, name);
      return typeof own === 'function' ? own.bind(target) : own;
    },
  });
  return { ...of, table };
}

const later = (days: number): Instant => addSeconds(runtime.clock.now(), days * 24 * 3600);

describe('work that is under way', () => {
  test('is not handed over a second time by its thread: nothing is even started', async () => {
    const first = await handedOver();
    expect(await refusedAtStart({})).toMatchObject({
      code: 'work-under-way',
      pointer: '/input/thread',
      message: expect.stringContaining(first),
    });
  });

  test('nor under another thread: the contract knows its ticket, and the offer is blocked', async () => {
    await handedOver();
    const second = await start({ thread: `${thread()}-again` });
    expect((await offered(second)).verdict).toBe('block');
    expect(await gateCodes(second)).toEqual(['work-under-way']);
    await expect(readHandoff(runtime, second)).rejects.toThrow('has not come to it');
  });

  test('takes one of many offers that race, whichever thread or ticket they have in common', async () => {
    for (const name of [{}, { thread: 'own' }, { ticket: 'own' }]) {
      works += 1;
      const asked = (index: number): Asked => ({
        ...('thread' in name ? { thread: `${thread()}-${index}` } : {}),
        ...('ticket' in name ? { ticket: `INC-${500_000 + works * 100 + index}` } : {}),
      });
      const all = await Promise.all([1, 2, 3].map((index) => start(asked(index))));
      const computed = [];
      for (const executionId of all) computed.push(await compute(runtime, executionId));
      const verdicts = await Promise.all(computed.map((flow) => offer(runtime, flow)));
      expect(verdicts.map(({ verdict }) => verdict).toSorted(), JSON.stringify(name)).toEqual([
        'await-handoff',
        'block',
        'block',
      ]);
      const winner = verdicts.findIndex(({ verdict }) => verdict === 'await-handoff');
      // Whoever was offered stays so when the step is run again, and so do the others.
      const again = await Promise.all(computed.map((flow) => offer(runtime, flow)));
      expect(again.findIndex(({ verdict }) => verdict === 'await-handoff')).toBe(winner);
      expect(again.filter(({ verdict }) => verdict === 'block')).toHaveLength(2);
    }
  });

  test('is free again where an offer crashed before it stood, once its execution has ended', async () => {
    const crashed = await start();
    const flow = await compute(runtime, crashed);
    // A process that dies when it stores the handoff; it gives nothing back either.
    let dead = false;
    const dying = withTable(runtime, {
      async putNew(item) {
        dead ||= item.sk === 'HANDOFF';
        if (dead) throw new TypeError('The process is gone.');
        await runtime.table.putNew(item);
      },
      async putVersion(item, version) {
        if (dead) throw new TypeError('The process is gone.');
        await runtime.table.putVersion(item, version);
      },
    });
    await expect(offer(dying, flow)).rejects.toBeInstanceOf(TypeError);
    expect((await refusedAtStart({}))?.code).toBe('work-under-way');
    await recover(runtime, { ...flow, fault: { Error: 'TypeError', Cause: 'The process is gone.' } });
    await handedOver();
  });
});

describe('work that came back', () => {
  test('is not begun anew: neither the return nor what is owed nor the promise is lost', async () => {
    const first = await rejected({ owes: true, promised: true });
    const refused = await refusedAtStart({ promised: true });
    expect(refused).toMatchObject({ code: 'work-known' });
    for (const lost of ['the obligation "t-204117.call-back"', 'a return', 'the promise to the customer', first])
      expect(refused?.message).toContain(lost);
    expect(refused?.mend).toContain(`Go on from execution ${first}`);
    const renamed = await start({ thread: `${thread()}-again` });
    expect((await offered(renamed)).verdict).toBe('block');
    expect(await gateCodes(renamed)).toEqual(['work-known']);
  });

  test('goes on with its sender, its returns counted and its obligations carried', async () => {
    const first = await rejected({ owes: true });
    const second = await handedOver({ owes: true, after: first });
    const { handoff, ledger } = documentOf(await readHandoff(runtime, second)) as unknown as {
      handoff: { bounces: { before: number }; parent: string };
      ledger: { obligations: { id: string; standing: { is: string } }[] };
    };
    expect(handoff.bounces.before).toBe(1);
    expect(ledger.obligations.filter(({ standing }) => standing.is === 'open').map(({ id }) => id)).toEqual([
      't-204117.call-back',
    ]);
    await act(second, 'lena.vogt', { type: 'reject', code: 'wrong-team', because: 'Still another team.' });
    await conclude(runtime, { ...flowOf(runtime, second), verdict: 'handoff-ended' });
    const third = await handedOver({ owes: true, after: second });
    expect(documentOf(await readHandoff(runtime, third))).toMatchObject({ handoff: { bounces: { before: 2 } } });
  });

  test('goes to a person once it came back more often than the contract allows, each time as a handoff of its own', async () => {
    let last = await rejected();
    for (const before of [1, 2]) {
      last = await rejected({ after: last });
      expect(documentOf(await readHandoff(runtime, last))).toMatchObject({ handoff: { bounces: { before } } });
    }
    const fourth = await handedOver({ after: last });
    const { wait } = await readHandoff(runtime, fourth);
    expect(wait).toMatchObject({ state: 'escalated', awaits: 'judgement', part: 'oversight' });
    await expect(act(fourth, 'lena.vogt', { type: 'reject', code: 'wrong-team', because: 'No.' })).rejects.toThrow();
    const [oversight = ''] = wait?.people ?? [];
    await act(fourth, oversight, { type: 'resume', returns: 1, because: 'Tier 2 takes it.' });
    expect((await readHandoff(runtime, fourth)).wait).toMatchObject({ state: 'offered', part: 'receiver' });
  });

  test('cannot leave an obligation behind on the way', async () => {
    const first = await rejected({ owes: true });
    const second = await start({ after: first });
    expect((await offered(second)).verdict).toBe('block');
    expect(await gateCodes(second)).toContain('obligation-lost');
  });

  test('goes on once: two that go on from the same handoff do not both carry what it owes', async () => {
    const first = await rejected();
    const [one, two] = [await start({ after: first }), await start({ after: first })];
    const flows = [await compute(runtime, one), await compute(runtime, two)];
    const verdicts = await Promise.all(flows.map((flow) => offer(runtime, flow)));
    expect(verdicts.map(({ verdict }) => verdict).toSorted()).toEqual(['await-handoff', 'block']);
    await endHandoff(
      runtime,
      verdicts.find(({ verdict }) => verdict === 'await-handoff')!.executionId,
      'withdraw',
      'tiago.rocha',
    );
    expect(await refusedAtStart({ after: first })).toMatchObject({ code: 'work-went-on' });
  });

  test('is not carried off into a thread that has nothing to do with it', async () => {
    const other = { thread: `${thread()}-other`, ticket: `INC-${450_000 + works}` };
    const ended = await rejected(other);
    await rejected({ owes: true });
    // It goes on from its own thread, and takes the ticket of another one along.
    const mixed = await start({ ...other, ticket: ticket(), after: ended });
    expect((await offered(mixed)).verdict).toBe('block');
    expect(await gateCodes(mixed)).toEqual(['work-known']);
    // What it had claimed is given back: the thread goes on with its own.
    await handedOver({ ...other, after: ended });
  });

  test('is known for thirty days where nothing is owed, and for good where something is', async () => {
    await rejected();
    const at = runtime.clock.now();
    runtime.clock.set(later(29));
    expect((await refusedAtStart({}))?.code).toBe('work-known');
    runtime.clock.set(addSeconds(at, 31 * 24 * 3600));
    await handedOver();
    works += 1;
    await rejected({ owes: true });
    runtime.clock.set(later(400));
    expect((await refusedAtStart({}))?.message).not.toContain('a return');
    expect((await refusedAtStart({}))?.code).toBe('work-known');
  });

  test('that was withdrawn before anything was lost by it is handed over again as it is', async () => {
    const first = await handedOver();
    await endHandoff(runtime, first, 'withdraw', 'tiago.rocha');
    await handedOver();
  });

  test('that a fault rolled back is run again as if it had never been offered', async () => {
    const first = await handedOver({ owes: true });
    await recover(runtime, { ...flowOf(runtime, first), fault: { Error: 'X' } });
    const again = await rerunExecution(runtime, first, 'ops');
    if (again.kind !== 'accepted') throw new Error(again.kind);
    expect((await offered(again.executionId)).verdict).toBe('await-handoff');
  });
});

describe('work that was delivered and verified', () => {
  test('may be handed over anew by whoever handed it over, nothing being owed', async () => {
    await closed({ promised: true });
    await handedOver({ promised: true });
  });

  test('is not begun anew while something of it is owed', async () => {
    const first = await closed({ owes: true });
    expect(await refusedAtStart({})).toMatchObject({ code: 'work-known', message: expect.stringContaining(first) });
  });

  test('is carried on by whoever took it over: the next hop keeps the promise', async () => {
    const first = await closed({ promised: true });
    const { request, requester } = exampleOf(support, '44', runtime.clock.now());
    const { payload, ...input } = request.input as { payload: { value: object } };
    const hop = (more: object) => ({
      ...request,
      input: { ...input, payload: { value: { ...payload.value, ticket: ticket() } }, thread: thread(), ...more },
    });
    const caller = principalOf(requester);
    const anew = startExecution(runtime, { skill: support, body: hop({}), caller });
    await expect(anew).rejects.toMatchObject({ problems: [{ code: 'work-known' }] });
    const { previous, handoffPacket } = await before(first);
    const goesOn = await startExecution(runtime, {
      skill: support,
      body: { ...hop({ previous }), handoffPacket },
      caller,
    });
    expect(goesOn.kind).toBe('accepted');
  });
});

test('names out of payloads are kept as a keyed hash, which tells nothing without the key', async () => {
  await handedOver();
  const items: string[] = [];
  const watched = withTable(runtime, {
    async putNew(item) {
      items.push(item.pk);
      await runtime.table.putNew(item);
    },
  });
  works += 1;
  const executionId = await start();
  const flow = await compute(runtime, executionId);
  await offer(watched, flow);
  const subjects = items.filter((pk) => pk.startsWith('WORK#subject#'));
  expect(subjects).toHaveLength(1);
  expect(subjects[0]).toMatch(/^WORK#subject#[0-9a-f]{64}$/);
  expect(items.join()).not.toContain(ticket());
});
