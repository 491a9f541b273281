import { isDue } from './clocks.ts';
import type { HandoffEvent } from './events.ts';
import type { ClockRun, Handoff } from './handoff.ts';
import type { GuardName } from './transitions.ts';

/** Why a guard does not let an event through: a stable code and a sentence. */
export interface Refusal {
  readonly code: string;
  readonly message: string;
  readonly mend: string;
}

type Guard = (handoff: Handoff, event: HandoffEvent) => Refusal | undefined;

const refuse = (code: string, message: string, mend: string): Refusal => ({ code, message, mend });

/** The run of a clock that has not stopped. */
export function runningClock({ clocks }: Handoff, name: ClockRun['clock']): ClockRun | undefined {
  return clocks.find(({ clock, stoppedAt }) => clock === name && stoppedAt === undefined);
}

/** Returns that may still happen before a person must decide. */
export function bouncesLeft({ terms, bounces }: Handoff): number {
  return terms.bounceBudget + bounces.granted - bounces.before - bounces.here;
}

function clockShown(handoff: Handoff, name: ClockRun['clock'] | undefined, at: string): Refusal | undefined {
  const run = name === undefined ? undefined : runningClock(handoff, name);
  if (run !== undefined && isDue(run, handoff.terms.working, at)) return undefined;
  return refuse('clock-not-due', 'No clock of this name has run out.', 'Wait until the clock is due, and name it.');
}

function causeShown(handoff: Handoff, event: HandoffEvent): Refusal | undefined {
  if (event.type !== 'escalate') return undefined;
  const notShown = (message: string): Refusal => refuse('cause-not-shown', message, 'Name the cause that holds.');
  switch (event.cause) {
    case 'clock':
      return clockShown(handoff, event.clock, event.at);
    case 'bounces':
      return bouncesLeft(handoff) > 0 ? notShown('Returns are left in the budget.') : undefined;
    case 'readback':
      return handoff.misreadings < handoff.terms.readbackAttempts
        ? notShown('Attempts to read back are left.')
        : undefined;
    default:
      return event.by.part === 'system' ? notShown('A machine has no judgement to escalate by.') : undefined;
  }
}

function criteriaMet({ terms }: Handoff, event: HandoffEvent): Refusal | undefined {
  if (event.type !== 'accept' && event.type !== 'verify') return undefined;
  const wanted = event.type === 'accept' ? terms.criteria.acceptance : terms.criteria.delivery;
  const open = wanted.filter((id) => event.criteria.find((each) => each.id === id)?.holds !== true);
  if (open.length === 0) return undefined;
  return refuse(
    'criteria-open',
    `Criteria do not hold, or nobody said so: ${open.join(', ')}.`,
    'Show that every criterion holds.',
  );
}

function obligationsSettled({ obligations }: Handoff, event: HandoffEvent): Refusal | undefined {
  if (event.type !== 'close') return undefined;
  const open = obligations.filter(
    (id) => !['discharged', 'carried'].includes(event.obligations.find((each) => each.id === id)?.as ?? 'open'),
  );
  if (open.length === 0) return undefined;
  return refuse(
    'obligations-open',
    `Obligations are neither discharged nor passed on: ${open.join(', ')}.`,
    'Settle them first.',
  );
}

function packetCurrent({ packet }: Handoff, event: HandoffEvent): Refusal | undefined {
  if (!('packet' in event) || event.packet === packet) return undefined;
  return refuse(
    'other-packet',
    'The event is about another packet than the one that counts now.',
    'Look at the packet that counts now.',
  );
}

/** What each guard means. */
export const guards: Readonly<Record<GuardName, Guard>> = {
  'packet-current': packetCurrent,
  'threshold-reached': ({ readiness }) =>
    readiness !== undefined && readiness.score >= readiness.threshold
      ? undefined
      : refuse(
          'below-threshold',
          'The packet is not ready enough to be handed over.',
          'Mend it, beginning with the cheapest mend.',
        ),
  'approval-given': ({ terms, packet, state }, event) => {
    if (event.type !== 'offer' || (state === 'scored' && !terms.approvalAlways)) return undefined;
    if (event.approval?.of === packet) return undefined;
    return refuse(
      'approval-missing',
      'No approval was given for the packet that counts now.',
      'Have this very packet approved.',
    );
  },
  'bounces-left': (handoff) =>
    bouncesLeft(handoff) > 0
      ? undefined
      : refuse('bounce-budget-spent', 'The work has come back as often as it may.', 'Escalate: a person must decide.'),
  'attempts-left': ({ misreadings, terms }) =>
    misreadings < terms.readbackAttempts
      ? undefined
      : refuse('readback-spent', 'The facts were misread as often as they may be.', 'Escalate: a person must decide.'),
  'criteria-met': criteriaMet,
  'obligations-settled': obligationsSettled,
  'reason-declared': ({ terms }, event) =>
    event.type !== 'reject' || terms.rejectionCodes.includes(event.code)
      ? undefined
      : refuse(
          'reason-undeclared',
          `The contract declares no reason "${event.code}".`,
          `Use one of: ${terms.rejectionCodes.join(', ')}.`,
        ),
  'pause-declared': ({ terms }, event) =>
    event.type !== 'pause' || terms.pauses.some(({ code }) => code === event.code)
      ? undefined
      : refuse(
          'pause-undeclared',
          `The contract allows no pause "${event.code}".`,
          'Use a pause that the contract declares.',
        ),
  'cause-shown': causeShown,
  'escalation-due': (handoff, event) => clockShown(handoff, 'escalation', event.at),
  'not-accepted-before': ({ accepted }) =>
    accepted
      ? refuse(
          'accepted-before',
          'The receiver has accepted it, so the sender cannot withdraw it alone.',
          'Supersede it, or have it rolled back.',
        )
      : undefined,
};
