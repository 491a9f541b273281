import { canonicalJson, type Digest } from '../../core/digest.ts';
import { epochMilliseconds, type Instant, instantAt } from '../../core/instant.ts';
import type { PendingEvent } from '../contracts/execution.ts';
import type { HandoffDocument, HandoffEnd, HandoffWait } from '../skill/handoff-protocol.ts';
import type { HandoffFile } from './file.ts';
import {
  type HandoffSeat,
  type HandoffSummary,
  hasEnded,
  mailIdOf,
  type OpenHandoff,
  type PastWait,
  withEvent,
  withMail,
} from './handoff.ts';

/** Waits that dead links can still tell of. */
const PAST_WAITS = 40;

/** What moved a handoff. */
export interface Move extends Pick<PastWait, 'at' | 'by' | 'did'> {
  /** Whether the wait is over whatever comes next: an answer counts once. Otherwise it goes on where nothing about it changed. */
  readonly endsWait: boolean;
  readonly artifacts?: readonly Digest[];
}

/** Whether a protocol's answer is an end. */
export function isEnd(next: HandoffWait | HandoffEnd): next is HandoffEnd {
  return 'outcome' in next;
}

/** When half of the time of a wait is gone. */
function halfway(since: Instant, dueAt: Instant): Instant {
  return instantAt(Math.floor((epochMilliseconds(since) + epochMilliseconds(dueAt)) / 2));
}

function seatsFor(wait: HandoffWait, number: number): HandoffSeat[] {
  return [...new Set(wait.people)].map((personId, index) => ({
    seatId: `w${number}-${index + 1}`,
    personId,
    asked: false,
    liveLinks: [],
    freshLinksAskedAt: [],
  }));
}

function summaryOf(file: HandoffFile, document: HandoffDocument, at: Instant): HandoffSummary {
  const { handoff, thread, contract, sender, receiver, state } = file.protocol.view(file.case, document, at);
  return { handoff, thread, contract: `${contract.name} ${contract.version}`, sender, receiver, state };
}

/** The transitions that the chain does not hold yet, each as an event of it. */
function newTransitions(
  { protocol, case: facts }: HandoffFile,
  document: HandoffDocument,
  known: number,
  at: Instant,
): PendingEvent[] {
  const history = protocol.view(facts, document, at).history;
  const written = protocol.events?.(facts, document);
  return history.slice(known).map((entry, index) => {
    const number = known + index + 1;
    const event = written?.[number - 1];
    return {
      eventId: `handoff.${number}`,
      at: entry.at,
      type: 'handoff-moved',
      actor: entry.by,
      data: event === undefined ? { event: entry.event, to: entry.to } : { ...event },
    };
  });
}

/** What makes two waits the same one: then links stay alive and nobody is asked again, though texts and fields may differ. */
function identityOf({ state, awaits, part, party, people, clock, dueAt }: HandoffWait): string {
  return canonicalJson({ state, awaits, part, party, people, clock, dueAt });
}

/** What a handoff is told of besides its wait: document, summary, transitions. */
function told(handoff: OpenHandoff, file: HandoffFile, document: HandoffDocument, at: Instant): OpenHandoff {
  const events = newTransitions(file, document, handoff.transitions, at);
  const moved: OpenHandoff = {
    ...handoff,
    document: canonicalJson(document),
    summary: summaryOf(file, document, at),
    transitions: handoff.transitions + events.length,
  };
  return events.reduce(withEvent, moved);
}

/** Tells everybody who was asked, and has not answered, that nothing is asked of them any more. */
function tellOver(before: OpenHandoff, after: OpenHandoff, move: Move): OpenHandoff {
  const still = new Set(after.wait === undefined ? [] : after.seats.map(({ personId }) => personId));
  // Intents to ask for what is over lapse.
  const kept = { ...after, pendingMails: after.pendingMails.filter(({ kind }) => kind === 'over') };
  return before.seats
    .filter(({ asked, personId }) => asked && personId !== move.by && !still.has(personId))
    .reduce<OpenHandoff>((next, { personId }) => {
      const mailId = mailIdOf('over', before.number, personId);
      return withMail(next, { mailId, kind: 'over', personId, wait: before.number }, move.at);
    }, kept);
}

function pastOf(handoff: OpenHandoff, { at, by, did }: Move): readonly PastWait[] {
  const { wait, number } = handoff;
  return wait === undefined
    ? handoff.past
    : [...handoff.past, { number, title: wait.title, at, by, did }].slice(-PAST_WAITS);
}

/** Sets the handoff to wait for something else: new seats, no links, a reminder ahead; the task that waited is owed its signal. */
function waiting(handoff: OpenHandoff, wait: HandoffWait, number: number, at: Instant): OpenHandoff {
  return {
    ...handoff,
    number,
    wait,
    waitSince: at,
    remindAt: halfway(at, wait.dueAt),
    seats: seatsFor(wait, number),
    signal: 'pending',
  };
}

/** Puts a handoff to its end: links die, the task that waited is owed its signal. */
export function ended(handoff: OpenHandoff, end: HandoffEnd, move: Move): OpenHandoff {
  if (hasEnded(handoff)) return handoff;
  const { wait: _wait, remindAt: _remindAt, ...rest } = handoff;
  const closed: OpenHandoff = {
    ...rest,
    end: { ...end, reasons: end.reasons.map((reason) => ({ ...reason })), at: move.at, by: move.by },
    past: pastOf(handoff, move),
    seats: handoff.seats.map((seat) => ({ ...seat, liveLinks: [] })),
    signal: 'pending',
  };
  return withEvent(tellOver(handoff, closed, move), {
    eventId: 'handoff.settled',
    at: move.at,
    type: 'handoff-settled',
    actor: move.by,
    data: { state: end.state, outcome: end.outcome, wait: handoff.number },
  });
}

/**
 * The handoff after its document moved: its transitions are owed to the chain, and what it waits for now is in force. A wait that
 * is over keeps nothing alive: its seats, links and mails are gone.
 * Pure: whoever loses a race computes it anew.
 */
export function moved(handoff: OpenHandoff, file: HandoffFile, document: HandoffDocument, move: Move): OpenHandoff {
  const next = file.protocol.next(file.case, document);
  const added = move.artifacts?.filter((digest) => !handoff.artifacts.includes(digest)) ?? [];
  const base = { ...told(handoff, file, document, move.at), artifacts: [...handoff.artifacts, ...added] };
  if (isEnd(next)) return ended(base, next, move);
  if (!move.endsWait && handoff.wait !== undefined && identityOf(handoff.wait) === identityOf(next))
    return { ...base, wait: next };
  const after = waiting({ ...base, past: pastOf(handoff, move) }, next, handoff.number + 1, move.at);
  return tellOver(handoff, after, move);
}

/** A handoff as it is offered: its first wait is in force, and nobody is mailed before a task waits. */
export function opened(file: HandoffFile, document: HandoffDocument, at: Instant): OpenHandoff {
  const { executionId, skill } = file.record;
  const bare: OpenHandoff = {
    executionId,
    skill,
    version: 1,
    document: canonicalJson(document),
    summary: summaryOf(file, document, at),
    openedAt: at,
    updatedAt: at,
    number: 1,
    waitSince: at,
    openedWait: 0,
    seats: [],
    past: [],
    taken: [],
    artifacts: [],
    transitions: 0,
    mailsSent: 0,
    pendingMails: [],
    pendingEvents: [],
  };
  const base = told(bare, file, document, at);
  const next = file.protocol.next(file.case, document);
  if (isEnd(next)) return ended(base, next, { at, by: 'system', did: 'Ended as it was offered', endsWait: true });
  const { signal: _nobodyWaits, ...first } = waiting(base, next, 1, at);
  return first;
}
