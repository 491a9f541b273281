import type { Instant } from '../../core/instant.ts';
import { isDue } from './clocks.ts';
import type { ClockName } from './contract-document.ts';
import type { HandoffEvent } from './events.ts';
import type { ClockRun, Handoff } from './handoff.ts';
import { isTerminal, type State } from './states.ts';

type Clocks = Handoff['clocks'];

/** Pauses that the machine makes itself: while the sender is asked, while a person decides, while a delivery is looked at. */
const CLARIFY = 'clarify';
const ESCALATED = 'escalated';
const DELIVERED = 'delivered';

/** The clock that measures what a state waits for. */
export const CLOCK_OF: Partial<Record<State, ClockName>> = {
  offered: 'acknowledgement',
  acknowledged: 'acceptance',
  accepted: 'delivery',
  'in-delivery': 'delivery',
  delivered: 'verification',
  clarify: 'clarification',
};

const isRunning = ({ stoppedAt }: ClockRun): boolean => stoppedAt === undefined;

function start(clocks: Clocks, { terms }: Handoff, clock: ClockName, at: Instant): Clocks {
  return [...clocks, { clock, duration: terms.times[clock], startedAt: at, pauses: [] }];
}

/** Ends open pauses of a run, all or those of one code. */
function resumed(run: ClockRun, at: Instant, code?: string): ClockRun {
  const ended = run.pauses.map((pause) =>
    pause.until === undefined && (code === undefined || pause.code === code) ? { ...pause, until: at } : pause,
  );
  return { ...run, pauses: ended };
}

function stopped(run: ClockRun, at: Instant): ClockRun {
  return { ...resumed(run, at), stoppedAt: at };
}

function stop(clocks: Clocks, at: Instant, which: (run: ClockRun) => boolean): Clocks {
  return clocks.map((run) => (isRunning(run) && which(run) ? stopped(run, at) : run));
}

function pause(
  clocks: Clocks,
  code: string,
  from: Instant,
  which: (run: ClockRun) => boolean,
  maximum?: number,
): Clocks {
  const span = { code, from, ...(maximum === undefined ? {} : { maximumClockMinutes: maximum }) };
  return clocks.map((run) => (isRunning(run) && which(run) ? { ...run, pauses: [...run.pauses, span] } : run));
}

function unpause(clocks: Clocks, code: string, at: Instant): Clocks {
  return clocks.map((run) => (isRunning(run) ? resumed(run, at, code) : run));
}

/** Ends a pause that a contract declares, for the clocks and for the promise. */
function endDeclaredPause(handoff: Handoff, at: Instant): Handoff {
  const codes = handoff.terms.pauses.map(({ code }) => code);
  const clocks = codes.reduce<Clocks>((all, code) => unpause(all, code, at), handoff.clocks);
  const { promise } = handoff;
  if (promise === undefined) return { ...handoff, clocks };
  const pauses = promise.pauses.map((each) =>
    each.until === undefined && codes.includes(each.code) ? { ...each, until: at } : each,
  );
  return { ...handoff, clocks, promise: { ...promise, pauses } };
}

function continued(handoff: Handoff, at: Instant, to: State): Handoff {
  const next = endDeclaredPause(handoff, at);
  return { ...next, clocks: measured(next.clocks, handoff, to, at), back: handoff.back.slice(0, -1) };
}

function pausedBy(handoff: Handoff, code: string, at: Instant): Handoff {
  const declared = handoff.terms.pauses.find((each) => each.code === code);
  if (declared === undefined) return handoff;
  const { stops, maximumClockMinutes: maximum } = declared;
  const clocks = pause(handoff.clocks, code, at, ({ clock }) => stops.includes(clock), maximum);
  const { promise } = handoff;
  if (promise === undefined || !stops.includes('customer-promise')) return { ...handoff, clocks };
  const pauses = [...promise.pauses, { code, from: at, maximumClockMinutes: maximum }];
  return { ...handoff, clocks, promise: { ...promise, pauses } };
}

function asked(handoff: Handoff, { at, by }: HandoffEvent): Handoff {
  // What the customer says ends a pause in which something was waited for.
  const before = handoff.state === 'paused' ? endDeclaredPause(handoff, at) : handoff;
  const under = handoff.state === 'paused' ? handoff.back : [...handoff.back, handoff.state];
  const clocks = start(
    pause(before.clocks, CLARIFY, at, () => true),
    handoff,
    'clarification',
    at,
  );
  const bounces = { ...handoff.bounces, here: handoff.bounces.here + (by.part === 'receiver' ? 1 : 0) };
  return { ...before, back: under, clocks, bounces };
}

function escalated(handoff: Handoff, event: Extract<HandoffEvent, { type: 'escalate' }>): Handoff {
  const { at } = event;
  const spent = event.cause === 'clock' ? event.clock : undefined;
  const rest = pause(
    stop(handoff.clocks, at, ({ clock }) => clock === spent),
    ESCALATED,
    at,
    () => true,
  );
  return { ...handoff, back: [...handoff.back, handoff.state], clocks: start(rest, handoff, 'escalation', at) };
}

/** The clocks with one running that measures the state returned to; it may have run out and been stopped meanwhile. */
function measured(clocks: Clocks, handoff: Handoff, to: State, at: Instant): Clocks {
  const wanted = CLOCK_OF[to];
  if (wanted === undefined || clocks.some((run) => isRunning(run) && run.clock === wanted)) return clocks;
  return start(clocks, handoff, wanted, at);
}

/** A person let it go on: a clock that had run out begins again, for the person knew; the customer's promise does not. */
function decided(handoff: Handoff, event: Extract<HandoffEvent, { type: 'resume' }>, to: State): Handoff {
  const { at, grantedReturns, recipient } = event;
  const open = unpause(
    stop(handoff.clocks, at, ({ clock }) => clock === 'escalation'),
    ESCALATED,
    at,
  );
  const spent = open.find((each) => isRunning(each) && each.clock === CLOCK_OF[to]);
  const rest = open.map((each) =>
    each === spent && isDue(each, handoff.terms.working, at) ? stopped(each, at) : each,
  );
  const clocks = measured(rest, handoff, to, at);
  return {
    ...handoff,
    back: handoff.back.slice(0, -1),
    clocks,
    bounces: { ...handoff.bounces, granted: handoff.bounces.granted + grantedReturns },
    // Whoever decided knows that the facts were misread; the next one may try afresh.
    misreadings: 0,
    ...(recipient === undefined ? {} : { recipient }),
  };
}

/** A clock that was stopped by a delivery goes on: the time in which the delivery was looked at does not count. */
function reworked(handoff: Handoff, at: Instant): Handoff {
  const before = stop(handoff.clocks, at, ({ clock }) => clock === 'verification');
  const last = before.findLastIndex(({ clock }) => clock === 'delivery');
  const clocks = before.map((run, index) => {
    if (index !== last || run.stoppedAt === undefined) return run;
    const { stoppedAt, ...open } = run;
    return { ...open, pauses: [...run.pauses, { code: DELIVERED, from: stoppedAt, until: at }] };
  });
  return { ...handoff, clocks, bounces: { ...handoff.bounces, here: handoff.bounces.here + 1 } };
}

function effectsOf(handoff: Handoff, event: HandoffEvent, to: State): Handoff {
  const { at } = event;
  const swap = (from: ClockName, next: ClockName): Handoff => ({
    ...handoff,
    clocks: start(
      stop(handoff.clocks, at, ({ clock }) => clock === from),
      handoff,
      next,
      at,
    ),
  });
  switch (event.type) {
    case 'score': {
      const { score, threshold, readiness: digest } = event;
      return { ...handoff, readiness: { score, threshold, digest } };
    }
    case 'amend': {
      // The new packet goes the whole way again; what was acknowledged, read back or approved was another one.
      const { readiness: _, ...rest } = handoff;
      const clocks = stop(handoff.clocks, at, () => true);
      return {
        ...rest,
        clocks,
        back: [],
        packet: event.packet,
        payload: event.payload,
        round: handoff.round + 1,
        misreadings: 0,
        ...(event.recipient === undefined ? {} : { recipient: event.recipient }),
        // What was once owed stays on the list, whether the new packet speaks of it or not.
        obligations: [...new Set([...handoff.obligations, ...event.obligations])],
      };
    }
    case 'offer':
      return { ...handoff, clocks: start(handoff.clocks, handoff, 'acknowledgement', at) };
    case 'acknowledge':
      return swap('acknowledgement', 'acceptance');
    case 'misread':
      return { ...handoff, misreadings: handoff.misreadings + 1 };
    case 'accept':
      return { ...swap('acceptance', 'delivery'), accepted: true };
    case 'deliver':
      return swap('delivery', 'verification');
    case 'verify':
      return { ...handoff, clocks: stop(handoff.clocks, at, ({ clock }) => clock === 'verification') };
    case 'rework':
      return reworked(handoff, at);
    case 'ask':
      return asked(handoff, event);
    case 'answer': {
      const clocks = unpause(
        stop(handoff.clocks, at, ({ clock }) => clock === 'clarification'),
        CLARIFY,
        at,
      );
      return { ...handoff, clocks, back: handoff.back.slice(0, -1) };
    }
    case 'escalate':
      return escalated(handoff, event);
    case 'resume':
      return decided(handoff, event, to);
    case 'pause':
      return { ...pausedBy(handoff, event.code, at), back: [...handoff.back, handoff.state] };
    case 'continue':
      return continued(handoff, at, to);
    default:
      return handoff;
  }
}

/** What an event does besides moving the state: clocks, pauses, counts, the packet that counts. */
export function applyEffects(handoff: Handoff, event: HandoffEvent, to: State): Handoff {
  const next = effectsOf(handoff, event, to);
  if (!isTerminal(to)) return next;
  const ended = endDeclaredPause(next, event.at);
  return { ...ended, back: [], clocks: stop(ended.clocks, event.at, () => true) };
}
