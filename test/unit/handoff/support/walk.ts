import type { EventType, HandoffEventInput, Part } from '../../../../lib/engines/handoff/events.ts';
import { draftHandoff, type Handoff } from '../../../../lib/engines/handoff/handoff.ts';
import { NOW, supportCase } from './contracts.ts';

const D = (letter: string): `sha256:${string}` => `sha256:${letter.repeat(64)}`;

export function aDraft(changes: Parameters<typeof supportCase>[0] = {}, bouncesBefore = 0): Handoff {
  const { contract, packet } = supportCase(changes);
  return draftHandoff({ contract, packet, calendars: () => undefined, at: NOW, bouncesBefore });
}

/** What each event says when everything is in order. */
const SAID: Readonly<Record<EventType, (handoff: Handoff) => object>> = {
  validate: ({ packet }) => ({ packet, validation: D('1') }),
  block: () => ({ problems: [{ pointer: '/evidence', code: 'evidence-missing' }] }),
  amend: () => ({ packet: D('2'), payload: D('3') }),
  score: ({ packet }) => ({ packet, readiness: D('4'), score: 90, threshold: 70 }),
  'request-approval': ({ packet }) => ({ packet, plan: D('5') }),
  decline: () => ({ code: 'not-now' }),
  offer: ({ packet }) => ({ packet, approval: { of: packet, decisions: D('6') } }),
  acknowledge: () => ({}),
  misread: () => ({ facts: ['/ticket'] }),
  accept: ({ packet, terms }) => ({
    packet,
    readback: D('7'),
    criteria: terms.criteria.acceptance.map((id) => ({ id, holds: true })),
  }),
  reject: () => ({ code: 'wrong-team' }),
  start: () => ({}),
  deliver: () => ({ delivery: D('8') }),
  rework: () => ({ criteria: ['cause-found'] }),
  verify: ({ terms }) => ({
    verification: D('9'),
    criteria: terms.criteria.delivery.map((id) => ({ id, holds: true })),
  }),
  close: ({ obligations }) => ({ obligations: obligations.map((id) => ({ id, as: 'discharged' })) }),
  ask: () => ({ facts: ['/symptom'] }),
  answer: () => ({ answer: D('a') }),
  escalate: () => ({ cause: 'judgement' }),
  resume: () => ({ decision: D('b') }),
  expire: () => ({}),
  pause: () => ({ code: 'waiting-for-customer' }),
  continue: () => ({}),
  supersede: () => ({ successor: 'h-9' }),
  withdraw: () => ({ code: 'no-longer-needed' }),
  'roll-back': () => ({ code: 'posture-critical' }),
};

const PART: Readonly<Record<EventType, Part>> = {
  validate: 'system',
  block: 'system',
  amend: 'sender',
  score: 'system',
  'request-approval': 'system',
  decline: 'approver',
  offer: 'system',
  acknowledge: 'receiver',
  misread: 'receiver',
  accept: 'receiver',
  reject: 'receiver',
  start: 'receiver',
  deliver: 'receiver',
  rework: 'sender',
  verify: 'sender',
  close: 'sender',
  ask: 'receiver',
  answer: 'sender',
  escalate: 'oversight',
  resume: 'oversight',
  expire: 'system',
  pause: 'receiver',
  continue: 'receiver',
  supersede: 'sender',
  withdraw: 'sender',
  'roll-back': 'oversight',
};

/** An event in good order for where a handoff stands, so many minutes after its last one. */
export function eventFor(
  handoff: Handoff,
  type: EventType,
  options: { minutes?: number; part?: Part; id?: string; said?: object } = {},
): HandoffEventInput {
  const { minutes = 1, part = PART[type], id = `${type}-${handoff.history.length}`, said = {} } = options;
  const at = new Date(Date.parse(handoff.updatedAt) + minutes * 60_000).toISOString();
  return { type, id, at, by: { part, id: `a-${part}` }, ...SAID[type](handoff), ...said } as HandoffEventInput;
}
