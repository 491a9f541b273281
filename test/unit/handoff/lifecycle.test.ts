import { describe, expect, it } from 'vitest';
import { Conflict, InvalidInput } from '../../../lib/core/errors.ts';
import { a2aTaskState, isA2aTerminal } from '../../../lib/engines/handoff/a2a.ts';
import { readClock } from '../../../lib/engines/handoff/clocks.ts';
import { cloudEventOf } from '../../../lib/engines/handoff/cloud-events.ts';
import type { EventType } from '../../../lib/engines/handoff/events.ts';
import { amendmentOf, type Handoff, handoff as handoffShape } from '../../../lib/engines/handoff/handoff.ts';
import { advance, IllegalTransition, legalFrom, replay } from '../../../lib/engines/handoff/lifecycle.ts';
import { isTerminal, states } from '../../../lib/engines/handoff/states.ts';
import { supportCase } from './support/contracts.ts';
import { aDraft, eventFor } from './support/walk.ts';

type Options = Parameters<typeof eventFor>[2];
type Step = EventType | [EventType, Options];

function walk(steps: readonly Step[], from: Handoff = aDraft()): Handoff {
  return steps.reduce<Handoff>((now, step) => {
    const [type, options] = typeof step === 'string' ? [step, {}] : step;
    return advance(now, eventFor(now, type, options));
  }, from);
}

const OFFERED: Step[] = ['validate', 'score', 'offer'];
const DELIVERING: Step[] = [...OFFERED, 'acknowledge', 'accept', 'start'];

function refusal(handoff: Handoff, type: EventType, options: Options = {}): IllegalTransition {
  try {
    advance(handoff, eventFor(handoff, type, options));
  } catch (error) {
    if (error instanceof IllegalTransition) return error;
    throw error;
  }
  throw new Error(`${type} was let through`);
}

const codes = (handoff: Handoff, type: EventType, options: Options = {}): string[] =>
  refusal(handoff, type, options).problems.map(({ code }) => code);

const clocksOf = ({ clocks }: Handoff): string[] =>
  clocks.map(
    ({ clock, stoppedAt, pauses }) =>
      `${clock}${stoppedAt === undefined ? (pauses.some(({ until }) => until === undefined) ? ' paused' : ' running') : ''}`,
  );

describe('the life of a handoff', () => {
  it('goes from draft to closed, and the document fits its shape all the way', () => {
    const closed = walk([
      'validate',
      'score',
      'request-approval',
      'offer',
      'acknowledge',
      'accept',
      'start',
      'deliver',
      'verify',
      'close',
    ]);
    expect(closed.history.map(({ to }) => to)).toEqual([
      'validated',
      'scored',
      'awaiting-approval',
      'offered',
      'acknowledged',
      'accepted',
      'in-delivery',
      'delivered',
      'verified',
      'closed',
    ]);
    expect(clocksOf(closed)).toEqual(['acknowledgement', 'acceptance', 'delivery', 'verification']);
    expect(handoffShape.parse(closed)).toEqual(closed);
    expect(legalFrom(closed)).toEqual([]);
  });

  it('is the same when it is replayed from its history', () => {
    const walked = walk([
      ...DELIVERING,
      'pause',
      'continue',
      'ask',
      'answer',
      'escalate',
      'resume',
      'deliver',
      'rework',
      'deliver',
    ]);
    expect(
      replay(
        aDraft(),
        walked.history.map(({ event }) => event),
      ),
    ).toEqual(walked);
    expect(JSON.parse(JSON.stringify(walked))).toEqual(walked);
  });

  it('names what is legal when something is not, and leaves the handoff as it was', () => {
    const offered = walk(OFFERED);
    const before = structuredClone(offered);
    const error = refusal(offered, 'deliver');
    expect(error).toMatchObject({ code: 'IllegalTransition', state: 'offered', event: 'deliver' });
    expect([...new Set(error.legal.map(({ event }) => event))]).toEqual([
      'acknowledge',
      'reject',
      'ask',
      'escalate',
      'pause',
      'supersede',
      'withdraw',
      'roll-back',
    ]);
    expect(error.message).toContain('acknowledge, reject');
    expect(offered).toEqual(before);
    expect(codes(offered, 'acknowledge', { part: 'sender' })).toEqual(['not-your-part']);
  });

  it('takes a repeated event once, refuses its id for another one, and time that runs backwards', () => {
    const offered = walk(OFFERED);
    const event = eventFor(offered, 'acknowledge', { id: 'once' });
    const next = advance(offered, event);
    expect(advance(next, event)).toBe(next);
    expect(advance(next, { ...event, at: '2026-11-30T00:00:00.000Z' })).toBe(next);
    expect(() => advance(next, eventFor(next, 'accept', { id: 'once' }))).toThrow(Conflict);
    expect(codes(next, 'accept', { minutes: -1 })).toEqual(['before-last-event']);
    expect(() => advance(next, { ...event, surprise: 1 } as never)).toThrow(InvalidInput);
  });

  it('offers only what is ready, is the packet that counts, and was approved where approval is a must', () => {
    const low = walk(['validate', ['score', { said: { score: 69 } }]]);
    expect(codes(low, 'offer')).toEqual(['below-threshold']);
    const other = `sha256:${'0'.repeat(64)}`;
    const scored = walk(['validate', 'score']);
    expect(codes(scored, 'offer', { said: { packet: other } })).toEqual(['other-packet']);
    const asked = walk(['validate', 'score', 'request-approval']);
    expect(codes(asked, 'offer', { said: { approval: { of: other, decisions: other } } })).toEqual([
      'approval-missing',
    ]);
    expect(codes(asked, 'offer', { said: { approval: undefined } })).toEqual(['approval-missing']);
    const must = aDraft({ contract: { approval: { policy: 'p', always: true } } });
    expect(codes(walk(['validate', 'score'], must), 'offer', { said: { approval: undefined } })).toEqual([
      'approval-missing',
    ]);
    expect(walk(['validate', 'score', ['offer', { said: { approval: undefined } }]]).state).toBe('offered');
  });

  it('accepts only with every criterion, and closes only with every obligation settled', () => {
    const acknowledged = walk([...OFFERED, 'acknowledge']);
    expect(codes(acknowledged, 'accept', { said: { criteria: [] } })).toEqual(['criteria-open']);
    expect(codes(acknowledged, 'accept', { said: { criteria: [{ id: 'tried-before', holds: false }] } })).toEqual([
      'criteria-open',
    ]);
    const verified = walk([...DELIVERING, 'deliver', 'verify']);
    expect(verified.obligations).toEqual(['call-back', 'h-1.tell-customer']);
    const open = {
      obligations: [
        { id: 'call-back', as: 'carried' },
        { id: 'h-1.tell-customer', as: 'open' },
      ],
    };
    expect(refusal(verified, 'close', { said: open }).problems[0]?.message).toContain('h-1.tell-customer');
    expect(codes(verified, 'close', { said: { obligations: [] } })).toEqual(['obligations-open']);
  });

  it('rejects with a declared reason only', () => {
    expect(codes(walk(OFFERED), 'reject', { said: { code: 'no-desire' } })).toEqual(['reason-undeclared']);
    expect(walk([...OFFERED, 'reject']).state).toBe('rejected');
  });

  it('loops through clarify on the same handoff: the receiver’s clock stands still, and goes on with the answer', () => {
    const asked = walk([...OFFERED, 'acknowledge', 'ask']);
    expect(asked.state).toBe('clarify');
    expect(clocksOf(asked)).toEqual(['acknowledgement', 'acceptance paused', 'clarification running']);
    const answered = walk([['answer', { minutes: 50 }]], asked);
    expect(answered.state).toBe('acknowledged');
    expect(clocksOf(answered)).toEqual(['acknowledgement', 'acceptance running', 'clarification']);
    const acceptance = answered.clocks[1]!;
    expect(readClock(acceptance, answered.terms.working, answered.updatedAt).elapsedMilliseconds).toBe(60_000);
  });

  it('begins again with an amended packet: approved, read back and scored anew, obligations kept', () => {
    const amended = walk([...OFFERED, 'acknowledge', 'ask', ['amend', { said: { obligations: ['new-one'] } }]]);
    expect(amended).toMatchObject({
      state: 'draft',
      round: 1,
      back: [],
      obligations: ['call-back', 'h-1.tell-customer', 'new-one'],
    });
    expect(amended.readiness).toBeUndefined();
    expect(clocksOf(amended)).toEqual(['acknowledgement', 'acceptance', 'clarification']);
    expect(walk(OFFERED, amended).state).toBe('offered');
  });

  it('takes the packet of an amendment only for the same handoff, contract and consumer', () => {
    const { packet } = supportCase();
    const draft = aDraft();
    expect(amendmentOf(draft, packet)).toMatchObject({ packet: draft.packet, obligations: ['call-back'] });
    expect(() => amendmentOf(draft, { ...packet, routing: { consumer: 'engineering' } })).toThrow(InvalidInput);
    expect(() => amendmentOf(draft, { ...packet, thread: 't-2' })).toThrow(InvalidInput);
  });

  it('returns to clarify with a new message of the customer, also from a pause, without costing a return or the promise', () => {
    const promise = {
      startedAt: '2026-11-18T08:00:00Z',
      within: { clockMinutes: 600 },
      working: { timeZone: 'UTC', calendar: { id: 'c', name: 'C', week: {} } },
    };
    const paused = walk([...DELIVERING, 'pause'], aDraft({ packet: { promise } }));
    expect(paused.promise?.pauses).toMatchObject([{ code: 'waiting-for-customer', maximumClockMinutes: 2_880 }]);
    const asked = walk([['ask', { part: 'customer', minutes: 30 }]], paused);
    expect(asked).toMatchObject({ state: 'clarify', back: ['in-delivery'], bounces: { here: 0 } });
    expect(asked.promise).toMatchObject({ startedAt: '2026-11-18T08:00:00.000Z', within: { clockMinutes: 600 } });
    const [pause] = asked.promise!.pauses;
    expect(Date.parse(pause!.until!) - Date.parse(pause!.from)).toBe(30 * 60_000);
    const amended = walk(['amend', ...OFFERED], asked);
    expect(amended.promise).toEqual(asked.promise);
  });

  it('pauses only by a reason that the contract declares, and only the clocks that it names', () => {
    expect(codes(walk(OFFERED), 'pause', { said: { code: 'lunch' } })).toEqual(['pause-undeclared']);
    const offered = walk([...OFFERED, ['pause', { said: { code: 'waiting-for-parts' } }]]);
    expect(clocksOf(offered)).toEqual(['acknowledgement running']);
    expect(clocksOf(walk([...DELIVERING, 'pause'])).at(-1)).toBe('delivery paused');
  });

  it('forces a person to decide when the work has come back too often', () => {
    const spent = walk([...OFFERED, 'acknowledge', 'ask', 'answer', 'ask', 'answer']);
    expect(spent.bounces).toEqual({ before: 0, here: 2, granted: 0 });
    expect(codes(spent, 'ask')).toEqual(['bounce-budget-spent']);
    expect(advance(spent, eventFor(spent, 'ask', { part: 'customer' })).state).toBe('clarify');
    const byMachine = { part: 'system', said: { cause: 'bounces' } } as const;
    const decided = walk([['escalate', byMachine], ['resume', { said: { grantedReturns: 1 } }], 'ask'], spent);
    expect(decided.state).toBe('clarify');
    expect(codes(walk(OFFERED), 'escalate', byMachine)).toEqual(['cause-not-shown']);
    const fromThread = walk([...OFFERED], aDraft({}, 2));
    expect(codes(fromThread, 'ask')).toEqual(['bounce-budget-spent']);
    const delivered = walk([...DELIVERING, 'deliver'], aDraft({}, 2));
    expect(codes(delivered, 'rework')).toEqual(['bounce-budget-spent']);
  });

  it('counts misreadings, and after the last attempt only a person can let it go on', () => {
    const spent = walk([...OFFERED, 'acknowledge', 'misread', 'misread', 'misread']);
    expect(codes(spent, 'accept')).toEqual(['readback-spent']);
    expect(codes(spent, 'misread')).toEqual(['readback-spent']);
    expect(walk([['escalate', { part: 'system', said: { cause: 'readback' } }], 'resume', 'accept'], spent).state).toBe(
      'accepted',
    );
  });

  it('escalates by a clock only when it is due, starts it anew when a person lets it go on, and expires when nobody decides', () => {
    const offered = walk(OFFERED);
    const breach = (minutes: number): Options => ({
      part: 'system',
      minutes,
      said: { cause: 'clock', clock: 'acknowledgement' },
    });
    expect(codes(offered, 'escalate', breach(14))).toEqual(['clock-not-due']);
    const escalated = walk([['escalate', breach(15)]], offered);
    expect(clocksOf(escalated)).toEqual(['acknowledgement', 'escalation running']);
    expect(clocksOf(walk(['resume'], escalated))).toEqual(['acknowledgement', 'escalation', 'acknowledgement running']);
    expect(codes(escalated, 'expire', { minutes: 119 })).toEqual(['clock-not-due']);
    expect(walk([['expire', { minutes: 120 }]], escalated).state).toBe('expired');
    expect(codes(offered, 'escalate', { part: 'system' })).toEqual(['cause-not-shown']);
  });

  it('keeps the delivery clock of a rework: neither set back nor running while the delivery was looked at', () => {
    const reworked = walk([...DELIVERING, ['deliver', { minutes: 60 }], ['rework', { minutes: 45 }]]);
    const run = reworked.clocks.findLast(({ clock }) => clock === 'delivery')!;
    expect(run.pauses).toMatchObject([{ code: 'delivered' }]);
    // One minute from accepted to started, 60 to the delivery.
    expect(readClock(run, reworked.terms.working, reworked.updatedAt).elapsedMilliseconds).toBe(61 * 60_000);
  });

  it('lets the sender withdraw until it was accepted', () => {
    expect(walk([...OFFERED, 'acknowledge', 'ask', 'withdraw']).state).toBe('withdrawn');
    expect(codes(walk([...DELIVERING, 'ask']), 'withdraw')).toEqual(['accepted-before']);
    expect(codes(walk([...DELIVERING, 'ask', 'amend']), 'withdraw')).toEqual(['accepted-before']);
    expect(walk([...DELIVERING, 'roll-back']).state).toBe('rolled-back');
  });

  it('has no clock running once it has ended', () => {
    const ended = walk([...DELIVERING, 'pause', 'supersede']);
    expect(ended.clocks.every(({ stoppedAt }) => stoppedAt !== undefined)).toBe(true);
    expect(ended.clocks.flatMap(({ pauses }) => pauses).every(({ until }) => until !== undefined)).toBe(true);
  });
});

describe('what others are told', () => {
  it('ends a task of A2A exactly when the handoff has ended', () => {
    expect(states.filter((state) => isA2aTerminal(a2aTaskState(state)))).toEqual(states.filter(isTerminal));
    expect(a2aTaskState('closed')).toBe('completed');
    expect(a2aTaskState('clarify')).toBe('input-required');
    expect(a2aTaskState('awaiting-approval')).toBe('auth-required');
  });

  it('is a CloudEvent 1.0 for each transition, with attributes as the specification wants them', () => {
    const offered = walk(OFFERED);
    const events = offered.history.map(({ seq }) => cloudEventOf(offered, seq, '/countersign/test'));
    expect(new Set(events.map(({ id }) => id)).size).toBe(3);
    expect(events[2]).toMatchObject({
      specversion: '1.0',
      id: 'h-1.3',
      type: 'countersign.handoff.offer.v1',
      subject: 'h-1',
      time: offered.updatedAt,
      data: { from: 'scored', to: 'offered', a2a: 'submitted', thread: 't-1', said: { packet: offered.packet } },
    });
    for (const event of events) expect(Object.keys(event).every((name) => /^[a-z0-9]{1,20}$/.test(name))).toBe(true);
    expect(() => cloudEventOf(offered, 4, '/x')).toThrow(RangeError);
  });
});
