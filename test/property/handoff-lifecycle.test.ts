import fc from 'fast-check';
import { expect, it } from 'vitest';
import { type EventType, eventTypes, type Part, parts } from '../../lib/engines/handoff/events.ts';
import type { Handoff } from '../../lib/engines/handoff/handoff.ts';
import { advance, IllegalTransition, replay } from '../../lib/engines/handoff/lifecycle.ts';
import { type State, states } from '../../lib/engines/handoff/states.ts';
import { aDraft, eventFor } from '../unit/handoff/support/walk.ts';

const RUNS = process.env.COUNTERSIGN_DEEP === undefined ? 150 : 10_000;

/** The simple model: where the handoff stands, and the few counts that its rules look at. Written by hand, apart from the table. */
interface Model {
  state: State;
  back: State[];
  asked: number;
  granted: number;
  misread: number;
  everAccepted: boolean;
}

const BUDGET = 2;
const ATTEMPTS = 3;
const OVER: State[] = ['closed', 'rejected', 'expired', 'superseded', 'withdrawn', 'rolled-back'];
const WITH_RECEIVER: State[] = ['offered', 'acknowledged', 'accepted', 'in-delivery'];

const isIn = (list: State[], { state }: Model): boolean => list.includes(state);
const returnsLeft = ({ asked, granted }: Model): boolean => asked < BUDGET + granted;

/** Where an event leads by the model, or undefined when it must be refused. */
function expected(m: Model, type: EventType, part: Part): State | undefined {
  const when = (legal: boolean, who: Part[], to: State | undefined): State | undefined =>
    legal && who.includes(part) ? to : undefined;
  const top = m.back.at(-1);
  switch (type) {
    case 'validate':
      return when(m.state === 'draft', ['system'], 'validated');
    case 'block':
      return when(isIn(['draft', 'validated', 'scored', 'awaiting-approval'], m), ['system'], 'blocked');
    case 'amend':
      return when(isIn(['blocked', 'clarify'], m), ['sender'], 'draft');
    case 'score':
      return when(m.state === 'validated', ['system'], 'scored');
    case 'request-approval':
      return when(m.state === 'scored', ['system'], 'awaiting-approval');
    case 'decline':
      return when(m.state === 'awaiting-approval', ['approver', 'system'], 'rejected');
    case 'offer':
      return when(isIn(['scored', 'awaiting-approval'], m), ['system'], 'offered');
    case 'acknowledge':
      return when(m.state === 'offered', ['receiver'], 'acknowledged');
    case 'misread':
      return when(m.state === 'acknowledged' && m.misread < ATTEMPTS, ['receiver'], 'acknowledged');
    case 'accept':
      return when(m.state === 'acknowledged' && m.misread < ATTEMPTS, ['receiver'], 'accepted');
    case 'reject':
      return when(isIn(['offered', 'acknowledged'], m), ['receiver'], 'rejected');
    case 'start':
      return when(m.state === 'accepted', ['receiver'], 'in-delivery');
    case 'deliver':
      return when(m.state === 'in-delivery', ['receiver'], 'delivered');
    case 'rework':
      return when(m.state === 'delivered' && returnsLeft(m), ['sender', 'system'], 'in-delivery');
    case 'verify':
      return when(m.state === 'delivered', ['sender', 'system'], 'verified');
    case 'close':
      return when(m.state === 'verified', ['sender', 'system'], 'closed');
    case 'ask':
      if (part === 'receiver') return when(isIn(WITH_RECEIVER, m) && returnsLeft(m), ['receiver'], 'clarify');
      if (part === 'approver') return when(m.state === 'awaiting-approval', ['approver'], 'clarify');
      return when(isIn([...WITH_RECEIVER, 'delivered', 'paused'], m), ['customer'], 'clarify');
    case 'answer':
      return when(m.state === 'clarify', ['sender'], top);
    case 'escalate':
      // The event claims a person's judgement, which the system has none of.
      return when(
        isIn([...WITH_RECEIVER, 'delivered', 'clarify', 'paused'], m),
        ['sender', 'receiver', 'oversight'],
        'escalated',
      );
    case 'resume':
      return when(m.state === 'escalated', ['oversight'], top);
    case 'expire':
      // An hour after the last event no escalation is due; it has two.
      return when(m.state === 'awaiting-approval', ['system'], 'expired');
    case 'pause':
      return when(isIn(WITH_RECEIVER, m), ['sender', 'receiver', 'system'], 'paused');
    case 'continue':
      return when(m.state === 'paused', ['sender', 'receiver', 'customer', 'system'], top);
    case 'supersede':
      return when(!isIn(OVER, m), ['sender', 'system', 'oversight'], 'superseded');
    case 'withdraw': {
      const early: State[] = [
        'draft',
        'validated',
        'scored',
        'awaiting-approval',
        'blocked',
        'offered',
        'acknowledged',
        'clarify',
        'escalated',
        'paused',
      ];
      return when(isIn(early, m) && !m.everAccepted, ['sender', 'oversight'], 'withdrawn');
    }
    case 'roll-back':
      return when(
        isIn([...WITH_RECEIVER, 'delivered', 'verified', 'clarify', 'escalated', 'paused'], m),
        ['system', 'oversight'],
        'rolled-back',
      );
  }
}

function move(m: Model, type: EventType, part: Part, to: State): void {
  const goesAside = type === 'ask' || type === 'escalate' || type === 'pause';
  if (goesAside && !(type === 'ask' && m.state === 'paused')) m.back.push(m.state);
  if (type === 'answer' || type === 'resume' || type === 'continue') m.back.pop();
  if (type === 'amend' || OVER.includes(to)) m.back = [];
  if ((type === 'ask' && part === 'receiver') || type === 'rework') m.asked += 1;
  if (type === 'resume') m.granted += 1;
  if (type === 'misread') m.misread += 1;
  if (type === 'amend' || type === 'resume') m.misread = 0;
  if (type === 'accept') m.everAccepted = true;
  m.state = to;
}

const samples = new Map<State, { model: Model; handoff: Handoff }[]>();
const refused = { illegal: 0, legal: 0 };

class Happen implements fc.Command<Model, { handoff: Handoff }> {
  readonly type: EventType;
  readonly part: Part;
  readonly repeat: boolean;

  constructor(type: EventType, part: Part, repeat: boolean) {
    this.type = type;
    this.part = part;
    this.repeat = repeat;
  }

  check(): boolean {
    return true;
  }

  run(m: Model, real: { handoff: Handoff }): void {
    const before = JSON.stringify(real.handoff);
    const minutes = this.type === 'expire' ? 60 : 1;
    const said = this.type === 'resume' ? { grantedReturns: 1 } : {};
    const event = eventFor(real.handoff, this.type, { part: this.part, minutes, said });
    const to = expected(m, this.type, this.part);
    if (to === undefined) {
      refused.illegal += 1;
      expect(() => advance(real.handoff, event)).toThrow(IllegalTransition);
      expect(JSON.stringify(real.handoff)).toBe(before);
      return;
    }
    refused.legal += 1;
    const next = advance(real.handoff, event);
    expect(JSON.stringify(real.handoff)).toBe(before);
    move(m, this.type, this.part, to);
    expect({ state: next.state, back: next.back }).toEqual({ state: m.state, back: m.back });
    if (this.repeat) expect(advance(next, event)).toBe(next);
    const running = next.clocks.filter(({ stoppedAt }) => stoppedAt === undefined).map(({ clock }) => clock);
    expect(new Set(running).size).toBe(running.length);
    const wanted: Partial<Record<State, string>> = {
      offered: 'acknowledgement',
      acknowledged: 'acceptance',
      accepted: 'delivery',
      'in-delivery': 'delivery',
      delivered: 'verification',
      clarify: 'clarification',
      escalated: 'escalation',
    };
    if (wanted[m.state] !== undefined) expect(running).toContain(wanted[m.state]);
    if (OVER.includes(m.state)) expect(running).toEqual([]);
    const seen = samples.get(m.state) ?? [];
    if (seen.length < 5) samples.set(m.state, [...seen, { model: structuredClone(m), handoff: next }]);
    real.handoff = next;
  }

  toString(): string {
    return `${this.type} by ${this.part}`;
  }
}

/** Events that keep a handoff going come more often than those that end it, or nothing would be reached. */
const ENDING: EventType[] = ['supersede', 'withdraw', 'roll-back', 'expire', 'reject', 'decline', 'block'];
const events = fc.oneof(
  { weight: 30, arbitrary: fc.constantFrom(...eventTypes.filter((type) => !ENDING.includes(type))) },
  { weight: 1, arbitrary: fc.constantFrom(...ENDING) },
);
/** Mostly by somebody who may; now and then by anybody. */
const RIGHT: Partial<Record<EventType, Part[]>> = { ask: ['receiver', 'customer', 'approver'] };
const happen = fc
  .record({
    type: events,
    anybody: fc.constantFrom(...parts),
    stray: fc.integer({ min: 0, max: 9 }),
    pick: fc.nat(2),
    repeat: fc.boolean(),
  })
  .map(({ type, anybody, stray, pick, repeat }) => {
    const right = RIGHT[type]?.[pick] ?? eventFor(aSample, type).by.part;
    return new Happen(type, stray === 0 ? anybody : right, repeat);
  });
const aSample = aDraft();

it('walks the whole machine as a simple model does: every state is reached, nothing leaves where it ends', () => {
  fc.assert(
    fc.property(fc.commands([happen], { maxCommands: 150, size: 'max' }), (commands) => {
      const model: Model = { state: 'draft', back: [], asked: 0, granted: 0, misread: 0, everAccepted: false };
      const real = { handoff: aSample };
      fc.modelRun(() => ({ model, real }), commands);
      expect(
        replay(
          aSample,
          real.handoff.history.map(({ event }) => event),
        ),
      ).toEqual(real.handoff);
    }),
    { numRuns: RUNS, seed: 20_261_120 },
  );
  // Draft is where all begin; an amendment leads back there.
  expect(states.filter((state) => !samples.has(state))).toEqual([]);
  expect(refused.illegal).toBeGreaterThan(RUNS);
  expect(refused.legal).toBeGreaterThan(RUNS);
});

it('lets everybody do in every state what the model says, and nothing else', () => {
  for (const { model, handoff } of [...samples.values()].flat()) {
    for (const type of eventTypes) {
      for (const part of parts) {
        const event = eventFor(handoff, type, { part, minutes: type === 'expire' ? 60 : 1 });
        const happened = (): State | undefined => {
          try {
            return advance(handoff, event).state;
          } catch (error) {
            if (error instanceof IllegalTransition) return undefined;
            throw error;
          }
        };
        expect(happened(), `${type} by ${part} when ${handoff.state}`).toBe(expected(model, type, part));
      }
    }
  }
});

it('lets nothing happen to a handoff that has ended, by whoever', () => {
  const start = aDraft();
  const chain = (...types: EventType[]): Handoff =>
    types.reduce<Handoff>((now, type) => advance(now, eventFor(now, type)), start);
  const ended = [
    chain('validate', 'score', 'offer', 'acknowledge', 'accept', 'start', 'deliver', 'verify', 'close'),
    chain('validate', 'score', 'offer', 'reject'),
    chain('validate', 'score', 'request-approval', 'expire'),
    chain('supersede'),
    chain('withdraw'),
    chain('validate', 'score', 'offer', 'roll-back'),
  ];
  expect(ended.map(({ state }) => state)).toEqual(OVER);
  for (const handoff of ended) {
    for (const type of eventTypes) {
      for (const part of parts)
        expect(() => advance(handoff, eventFor(handoff, type, { part }))).toThrow(IllegalTransition);
    }
  }
});
