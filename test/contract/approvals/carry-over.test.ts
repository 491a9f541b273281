import { afterAll, beforeAll, describe, expect, it, test } from 'vitest';
import { digestOf } from '../../../lib/core/digest.ts';
import { loadDirectory } from '../../../lib/core/directory/load.ts';
import { keptApprovals, type SentBack, type Submission } from '../../../lib/platform/approvals/carry-over.ts';
import { openStage } from '../../../lib/platform/approvals/open-stage.ts';
import { approvalRecords } from '../../../lib/platform/approvals/records.ts';
import type { Action } from '../../../lib/platform/approvals/stage.ts';
import { readStage, readStages } from '../../../lib/platform/approvals/stage-store.ts';
import { sweepApprovals } from '../../../lib/platform/approvals/sweep.ts';
import { withdrawStages } from '../../../lib/platform/approvals/withdraw.ts';
import { importDirectory } from '../../../lib/platform/configuration/directory-store.ts';
import type { FlowState } from '../../../lib/platform/contracts/flow.ts';
import { assembleEvidence } from '../../../lib/platform/evidence/packet.ts';
import type { EvidencePacket } from '../../../lib/platform/evidence/packet-schema.ts';
import { verifyEvidence } from '../../../lib/platform/evidence/verify.ts';
import { conclude } from '../../../lib/platform/executions/conclude.ts';
import { loadContext } from '../../../lib/platform/executions/context.ts';
import { engineVersions } from '../../../lib/platform/executions/engine-versions.ts';
import { changeExecution, readExecution } from '../../../lib/platform/executions/execution-store.ts';
import { publish } from '../../../lib/platform/executions/publish.ts';
import { startExecution } from '../../../lib/platform/executions/start.ts';
import { type StartedTable, startTable } from '../../support/dynamodb.ts';
import type { TestRuntime } from '../../support/runtime.ts';
import { ask, compute, decideStage, started, startSystem } from '../../unit/executions/system.ts';
import { tinyDirectory, tinyResult, tinySkill } from '../../unit/executions/tiny-skill.ts';
import { addressIn, Browser } from './world.ts';

const AUDIT = 'audit';

/** Lead looks at the discount, finance also at the tags, and audit is asked where a tag says so; audit keeps nothing. */
const skill = tinySkill({
  execute: ({ input, configuration }) => {
    const result = tinyResult(input, configuration);
    if (result.plan === undefined) return result;
    const [lead, finance] = result.plan.stages.flatMap(({ levels }) => levels);
    const tags = input.tags.filter((tag) => tag !== AUDIT).toSorted();
    const line = (label: string, value: string) => ({ label, value, differs: false });
    const seat = { seatId: 'audit.1', principal: 'fiona', approver: 'fiona', delegations: [] };
    const kept = (basis: unknown, decidedElsewhere: string[]) => ({
      carryOver: { basis: digestOf(basis), withinBusinessDays: 5, decidedElsewhere },
    });
    const { discount } = input;
    const levels = [
      { ...lead!, ...kept({ discount }, ['Audit', 'Tags']) },
      { ...finance!, required: 1, seats: finance!.seats.slice(0, 1), ...kept({ discount, tags }, ['Audit']) },
      ...(input.tags.includes(AUDIT) ? [{ ...lead!, levelId: AUDIT, name: AUDIT, seats: [seat] }] : []),
    ];
    return {
      ...result,
      terms: {
        ...result.terms,
        lines: [...result.terms.lines, line('Tags', tags.join()), line('Audit', `${input.tags.includes(AUDIT)}`)],
      },
      plan: { ...result.plan, stages: levels.map((level, index) => ({ stage: index + 1, levels: [level] })) },
    };
  },
});

let database: StartedTable;
let runtime: TestRuntime;
beforeAll(async () => {
  database = await startTable();
  runtime = await startSystem(database.table, skill);
});
afterAll(() => database.close());

const request = (tags: string[], more: { discount?: number; resubmits?: string } = {}) => {
  const { discount = 1_000, resubmits } = more;
  const input = { accountId: 'acme', discount, tags };
  return ask(skill, 0, { body: { input, ...(resubmits === undefined ? {} : { resubmits }) } });
};

/** Starts a request and computes it; answers where it went. */
async function begun(tags: string[], more: { discount?: number; resubmits?: string } = {}): Promise<FlowState> {
  return compute(runtime, await started(runtime, request(tags, more)));
}

const seats = ['lead.1', 'finance.1', 'audit.1'];

/** The stages of a flow decided one after the other; ends it when people said no. */
async function decided(flow: FlowState, ...actions: Action[]): Promise<FlowState> {
  let next = flow;
  for (const action of actions) next = await decideStage(runtime, next, { [seats[next.next!.stage - 1]!]: action });
  return ['rejected', 'changes-requested'].includes(next.verdict) ? conclude(runtime, next) : next;
}

/** A request that lead approved and finance sent back. */
async function sentBack(): Promise<string> {
  return (await decided(await begun(['old']), 'approve', 'request-changes')).executionId;
}

const stagesOf = (executionId: string) => readStages(runtime, executionId);
const carriedIn = async (executionId: string) =>
  approvalRecords(await stagesOf(executionId)).filter(({ carried }) => carried !== undefined);

async function verified(packet: unknown) {
  const report = await verifyEvidence(packet, { skills: [skill], versions: engineVersions });
  return report.firstFailure ?? 'holds';
}

describe('a request that comes again', () => {
  it('asks only the level for which something has changed', async () => {
    const earlier = await sentBack();
    const asked = runtime.mail.to('lena@example.com').length;
    const flow = await begun(['new'], { resubmits: earlier });
    expect([flow.verdict, flow.next?.stage]).toEqual(['approve', 2]);
    await openStage(runtime, { taskToken: 'waiting', flow });
    expect(runtime.mail.to('lena@example.com')).toHaveLength(asked);
    const mail = runtime.mail.to('fritz@example.com').at(-1);
    expect(mail?.text).toContain('Lena Example (lead)');
    const world = { runtime, database, executionId: flow.executionId };
    const page = await new Browser(world).get(addressIn(mail?.text ?? ''));
    expect(page.body).toMatch(
      /Lena Example<\/bdi> \(<bdi>lead<\/bdi>\): already approved on [^<]+ for unchanged terms/,
    );

    const [kept] = await carriedIn(flow.executionId);
    const [original] = approvalRecords(await stagesOf(earlier));
    const [then, now] = [await readExecution(runtime, earlier), await readExecution(runtime, flow.executionId)];
    expect(kept).toMatchObject({
      ...original,
      termsDigest: then.termsDigest,
      carried: { executionId: earlier, seatId: 'lead.1', termsDigest: now.termsDigest, through: [] },
    });
    expect(kept?.carried?.basis).toBe(digestOf({ discount: 1_000 }));

    const end = await decideStage(runtime, flow, { 'finance.1': 'approve' });
    expect(end.verdict).toBe('approved');
    await publish(runtime, end);
    expect((await readExecution(runtime, flow.executionId)).outcome).toBe('published');
    expect(await verified(await assembleEvidence(runtime, flow.executionId))).toBe('holds');
  });

  it('goes to Publish at once when every approval still counts, and leaves nothing owed', async () => {
    const { executionId: earlier } = await decided(await begun(['x', AUDIT]), 'approve', 'approve', 'request-changes');
    const flow = await begun(['x'], { resubmits: earlier });
    expect([flow.verdict, flow.next]).toEqual(['publish', undefined]);
    expect(
      (await stagesOf(flow.executionId)).map(({ outcome, signal, openedRound }) => [outcome, signal, openedRound]),
    ).toEqual([
      ['approved', undefined, 0],
      ['approved', undefined, 0],
    ]);
    await publish(runtime, flow);
    const record = await readExecution(runtime, flow.executionId);
    expect([record.outcome, record.gates.map(({ result }) => result)]).toEqual(['published', ['pass', 'pass', 'pass']]);
    const packet = await assembleEvidence(runtime, flow.executionId);
    expect(await verified(packet)).toBe('holds');
    expect(packet.chain.events.filter(({ type }) => type === 'approval-carried-over')).toHaveLength(2);
    const swept = await sweepApprovals(runtime, runtime.clock.now());
    expect([swept.stuck, swept.failures]).toEqual([0, 0]);
  });

  it('hands an approval on through a second return, with the whole way in the evidence', async () => {
    const first = await sentBack();
    const second = await decided(await begun(['new'], { resubmits: first }), 'request-changes');
    const third = await begun(['newer'], { resubmits: second.executionId });
    expect((await carriedIn(third.executionId)).map(({ carried }) => [carried?.executionId, carried?.through])).toEqual(
      [[first, [second.executionId]]],
    );
    const packet = await assembleEvidence(runtime, third.executionId);
    expect(await verified(packet)).toBe('holds');
    expect(((packet.earlier as EvidencePacket).earlier as EvidencePacket).executionId).toBe(first);
  });

  it('asks everybody when its terms changed for them: a higher discount', async () => {
    const flow = await begun(['new'], { resubmits: await sentBack(), discount: 1_100 });
    expect([flow.next?.stage, await carriedIn(flow.executionId)]).toEqual([1, []]);
  });

  it('keeps an approval once: whoever resubmits the same request again asks anew', async () => {
    const earlier = await sentBack();
    const [one, other] = await Promise.all([
      begun(['one'], { resubmits: earlier }),
      begun(['other'], { resubmits: earlier }),
    ]);
    expect([one.next?.stage, other.next?.stage].toSorted()).toEqual([1, 2]);
    const third = await begun(['third'], { resubmits: earlier });
    expect(third.next?.stage).toBe(1);
  });

  it('keeps the approval of the execution that took it when its stage is prepared again', async () => {
    const earlier = await sentBack();
    const executionId = await started(runtime, request(['new'], { resubmits: earlier }));
    await compute(runtime, executionId);
    await runtime.table.delete({ pk: `EXECUTION#${executionId}`, sk: 'STAGE#01' });
    const again = await compute(runtime, executionId);
    expect([again.next?.stage, (await carriedIn(executionId)).length]).toEqual([2, 1]);
  });

  it('asks again once the approval is older than the policy allows', async () => {
    const earlier = await sentBack();
    const before = runtime.clock.now();
    runtime.clock.advance(9 * 24 * 3600);
    const flow = await begun(['new'], { resubmits: earlier });
    expect(flow.next?.stage).toBe(1);
    runtime.clock.set(before);
  });

  it('does not count the approval of somebody who has left since', async () => {
    const earlier = await sentBack();
    const directory = tinyDirectory();
    const people = directory.people.map((one) => (one.id === 'lena' ? { ...one, employedUntil: '2026-11-01' } : one));
    await importDirectory(runtime, { ...directory, version: '2', people });
    const flow = await begun(['new'], { resubmits: earlier });
    await importDirectory(runtime, directory);
    expect([flow.next?.stage, await carriedIn(flow.executionId)]).toEqual([1, []]);
  });

  it('is refused when the request that it names was withdrawn', async () => {
    const flow = await begun(['old']);
    const by = { by: 'ada', at: runtime.clock.now() };
    await changeExecution(runtime, flow.executionId, (record) => ({ ...record, withdrawal: by }));
    await withdrawStages(runtime, flow.executionId, 'ada');
    await conclude(runtime, { ...flow, verdict: 'withdrawn' });
    await expect(startExecution(runtime, request(['new'], { resubmits: flow.executionId }))).rejects.toMatchObject({
      problems: [{ pointer: '/resubmits', code: 'unknown-execution' }],
    });
  });
});

describe('evidence of an approval that was carried over', () => {
  let packet: EvidencePacket;
  beforeAll(async () => {
    packet = await assembleEvidence(runtime, (await begun(['new'], { resubmits: await sentBack() })).executionId);
  });

  /** The packet with something changed, and its digests made to fit again. */
  function forged(change: (copy: EvidencePacket) => void): EvidencePacket {
    const copy = structuredClone(packet);
    change(copy);
    const { digest: _, ...content } = copy;
    return { ...content, digest: digestOf(content) };
  }
  const carriedOf = (copy: EvidencePacket) => copy.stages[0]!.levels[0]!.seats[0]!.decision!.carried!;

  it('holds as it is', async () => {
    expect(await verified(packet)).toBe('holds');
  });

  it('does not hold without the earlier execution', async () => {
    const without = forged((copy) => {
      delete copy.earlier;
    });
    expect(await verified(without)).toMatchObject({ check: 'carry-over' });
  });

  it('does not hold with an earlier execution that was altered', async () => {
    const altered = forged((copy) => {
      const earlier = copy.earlier as EvidencePacket;
      earlier.record.requester.personId = 'fritz';
    });
    expect(await verified(altered)).toMatchObject({ result: 'fail' });
  });

  it.each([
    [
      'another basis',
      (copy: EvidencePacket) => {
        carriedOf(copy).basis = digestOf('other');
      },
      'decisions',
    ],
    [
      'another seat',
      (copy: EvidencePacket) => {
        carriedOf(copy).seatId = 'finance.1';
      },
      'decisions',
    ],
    [
      'a seat, event and outputs that agree on another origin',
      (copy: EvidencePacket) => {
        carriedOf(copy).executionId = 'ex-other';
        for (const event of copy.chain.events)
          if (event.type === 'approval-carried-over')
            (event.data as { carried: { executionId: string } }).carried.executionId = 'ex-other';
      },
      'chain',
    ],
  ])('does not hold with %s', async (_, change, check) => {
    expect(await verified(forged(change))).toMatchObject({ check });
  });
});

describe('what an earlier approval needs to count', () => {
  let earlier: SentBack;
  let now: Submission;
  const directory = loadDirectory(tinyDirectory());
  let at: string;
  beforeAll(async () => {
    const executionId = await sentBack();
    const flow = await begun(['new'], { resubmits: executionId });
    const part = async (id: string) => {
      const record = await readExecution(runtime, id);
      const { request: scoped, result } = await loadContext(runtime, record);
      return { record, request: scoped, result: result! };
    };
    earlier = { ...(await part(executionId)), stages: await stagesOf(executionId) };
    now = await part(flow.executionId);
    at = (await readStage(runtime, flow.executionId, 1)).preparedAt;
  });
  const kept = (
    then: Partial<SentBack> = {},
    today: Partial<Submission> = {},
    level: Partial<ReturnType<typeof leadOf>> = {},
  ) =>
    keptApprovals({ ...earlier, ...then }, { ...now, ...today }, directory, { ...leadOf(), ...level }, at).map(
      ({ approver }) => approver,
    );
  const leadOf = () => now.result.plan!.stages[0]!.levels[0]!;
  const then = (change: Partial<SentBack['record']>) => kept({ record: { ...earlier.record, ...change } });
  const today = (change: Partial<Submission['record']>) => kept({}, { record: { ...now.record, ...change } });
  const decidedAs = (change: object) =>
    kept({
      stages: earlier.stages.map((stage) => ({
        ...stage,
        levels: stage.levels.map((level) => ({
          ...level,
          seats: level.seats.map((seat) => ({ ...seat, decision: { ...seat.decision!, ...change } })),
        })),
      })),
    });
  const handedOn = (count: number) => ({
    carried: {
      executionId: 'e0',
      seatId: 'lead.1',
      through: Array.from({ length: count }, (_, index) => `e${index}`),
      basis: leadOf().carryOver!.basis,
      termsDigest: digestOf(earlier.result.terms),
      countedAt: at,
    },
  });

  test('is here to begin with', () => {
    expect(kept()).toEqual(['lena']);
    expect(decidedAs(handedOn(3))).toEqual(['lena']);
  });

  test.each<[string, () => string[]]>([
    ['the request was rejected', () => then({ outcome: 'rejected' })],
    ['the request was withdrawn', () => then({ outcome: 'withdrawn' })],
    ['the request was published', () => then({ outcome: 'published' })],
    ['somebody else asked', () => then({ requester: { personId: 'fritz', caller: 'fritz-session' } })],
    ['another execution is resubmitted', () => today({ resubmits: 'ex-other' })],
    ['nothing is resubmitted', () => kept({}, { record: { ...now.record, resubmits: undefined as never } })],
    ['it is for another account', () => today({ accountId: 'other' })],
    ['it is for another skill', () => today({ skill: 'other' })],
    ['configuration or engine is another', () => today({ promoted: digestOf('other') })],
    ['the consumer is another', () => kept({}, { request: { ...now.request, consumer: 'audit-log' } })],
    ['the risk has risen', () => kept({}, { result: { ...now.result, risk: { score: 4, factors: [] } } })],
    [
      'a line of its terms differs, whatever the basis says',
      () =>
        kept({}, { result: { ...now.result, terms: { ...now.result.terms, lines: now.result.terms.lines.slice(1) } } }),
    ],
    [
      'the justification differs',
      () => kept({}, { result: { ...now.result, terms: { ...now.result.terms, justification: 'x' } } }),
    ],
    ['the level asks for more assurance', () => kept({}, {}, { assurance: 'mail-code' })],
    ['the policy declares no carrying over', () => kept({}, {}, { carryOver: undefined as never })],
    ['the basis is another', () => kept({}, {}, { carryOver: { ...leadOf().carryOver!, basis: digestOf('other') } })],
    ['it was no approval', () => decidedAs({ action: 'request-changes' })],
    ['it was made on other terms', () => decidedAs({ termsDigest: digestOf('other') })],
    ['it falls later than now', () => decidedAs({ at: '2030-01-01T00:00:00.000Z' })],
    ['it was handed on too often', () => decidedAs(handedOn(4))],
    [
      'it was handed on for another basis',
      () => decidedAs({ carried: { ...handedOn(0).carried, basis: digestOf('other') } }),
    ],
    [
      'its approver is excluded now',
      () => {
        const plan = { ...now.result.plan!, excluded: [{ personId: 'lena', reason: 'quote-editor' }] };
        return kept({}, { result: { ...now.result, plan } });
      },
    ],
  ])('does not count when %s', (_, attempt) => {
    expect(attempt()).toEqual([]);
  });
});
