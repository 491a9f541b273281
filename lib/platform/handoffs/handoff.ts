import type { Digest } from '../../core/digest.ts';
import type { Instant } from '../../core/instant.ts';
import type { LiveLink } from '../approvals/stage.ts';
import type { PendingEvent } from '../contracts/execution.ts';
import type { HandoffActed, HandoffDocument, HandoffEnd, HandoffWait } from '../skill/handoff-protocol.ts';

/** A person's place in a wait: they may act, each by links of their own. */
export interface HandoffSeat {
  readonly seatId: string;
  readonly personId: string;
  /** Whether a link was ever minted for it: only who was asked is told that nothing is asked any more. */
  readonly asked: boolean;
  /** Oldest first, two at most. A link that is not listed here is dead. */
  readonly liveLinks: readonly LiveLink[];
  readonly freshLinksAskedAt: readonly Instant[];
}

/** The intent to mail, kept in the handoff until the transport has accepted the mail. */
export interface HandoffMail {
  /** Unique within the execution; also the mail's `Message-ID`. */
  readonly mailId: string;
  readonly kind: 'ask' | 'reminder' | 'fresh-link' | 'over';
  readonly personId: string;
  /** The wait that it is about. */
  readonly wait: number;
  readonly attempts: number;
  /** Not to be taken up earlier: another sender holds it, or the last attempt failed. */
  readonly notBefore: Instant;
}

/** A wait that is over, and what ended it: dead links tell of it. */
export interface PastWait {
  readonly number: number;
  readonly title: string;
  readonly at: Instant;
  /** Who ended it: a person's id, a caller's principal, or `system`. */
  readonly by: string;
  /** What was answered or happened, in words. */
  readonly did: string;
}

/** An event that a caller sent, by its id: the same one again changes nothing. */
export interface TakenEvent {
  readonly id: string;
  readonly digest: Digest;
  /** Why it could not stand, where it could not: the same event again is answered so again. */
  readonly refused?: NonNullable<HandoffActed['refused']>;
}

/** What queues and mails show of a handoff without asking its protocol. */
export interface HandoffSummary {
  readonly handoff: string;
  readonly thread: string;
  readonly contract: string;
  readonly sender: string;
  readonly receiver: string;
  readonly state: string;
}

/** The token of the task that waits, and the wait that it was opened for. */
export interface HandoffTask {
  readonly token: string;
  readonly wait: number;
}

/**
 * A handoff that an execution offered: the aggregate that every answer is written to. One item, one version, one wait at a time.
 */
export interface OpenHandoff {
  readonly executionId: string;
  readonly skill: string;
  readonly version: number;
  /** The document as canonical JSON: the table holds a text as it is, however deep it nests. */
  readonly document: string;
  readonly summary: HandoffSummary;
  readonly openedAt: Instant;
  /** When its payload was ordered to be erased: what people said is gone from the document as well. */
  readonly erasedAt?: Instant;
  readonly updatedAt: Instant;
  /** Counts the waits, from one. */
  readonly number: number;
  /** What it waits for; absent once it has ended. */
  readonly wait?: HandoffWait;
  readonly waitSince: Instant;
  /** When whoever is asked is reminded; absent once that was done. */
  readonly remindAt?: Instant;
  readonly end?: HandoffEnd & { readonly at: Instant; readonly by: string };
  /** Nobody is mailed before a task waits: the number of the last wait that one opened. */
  readonly openedWait: number;
  readonly seats: readonly HandoffSeat[];
  /** The last ones, oldest first. */
  readonly past: readonly PastWait[];
  readonly taken: readonly TakenEvent[];
  /** Documents that answers brought, by digest, in the order in which they came. */
  readonly artifacts: readonly Digest[];
  /** How many transitions of the history were handed to the execution's chain. */
  readonly transitions: number;
  /** Ends the wait. Never leaves the server; removed when used. */
  readonly task?: HandoffTask;
  /** What is owed to the state machine. `gone`: nobody waits for the token any more. */
  readonly signal?: 'pending' | 'accepted' | 'gone';
  readonly mailsSent: number;
  readonly pendingMails: readonly HandoffMail[];
  readonly pendingEvents: readonly PendingEvent[];
}

/** Whether the handoff has come to its end. */
export function hasEnded(handoff: OpenHandoff): boolean {
  return handoff.end !== undefined;
}

/** The document that the protocol reads. */
export function documentOf(handoff: Pick<OpenHandoff, 'document'>): HandoffDocument {
  return JSON.parse(handoff.document) as HandoffDocument;
}

/** The seat of a person in the wait in force. */
export function seatOf(handoff: OpenHandoff, personId: string): HandoffSeat | undefined {
  return handoff.seats.find((seat) => seat.personId === personId);
}

/** The handoff with one seat changed. */
export function withSeat(
  handoff: OpenHandoff,
  personId: string,
  change: (seat: HandoffSeat) => HandoffSeat,
): OpenHandoff {
  return { ...handoff, seats: handoff.seats.map((seat) => (seat.personId === personId ? change(seat) : seat)) };
}

/** The handoff with an event to be chained; one of the same id is there already when a write is tried again. */
export function withEvent(handoff: OpenHandoff, event: PendingEvent): OpenHandoff {
  return handoff.pendingEvents.some(({ eventId }) => eventId === event.eventId)
    ? handoff
    : { ...handoff, pendingEvents: [...handoff.pendingEvents, event] };
}

/** The handoff with the intent to mail somebody, once per mail id. */
export function withMail(
  handoff: OpenHandoff,
  mail: Pick<HandoffMail, 'mailId' | 'kind' | 'personId' | 'wait'>,
  at: Instant,
): OpenHandoff {
  return handoff.pendingMails.some(({ mailId }) => mailId === mail.mailId)
    ? handoff
    : { ...handoff, pendingMails: [...handoff.pendingMails, { ...mail, attempts: 0, notBefore: at }] };
}

/** The name of a mail about a wait. */
export function mailIdOf(kind: HandoffMail['kind'], wait: number, personId: string): string {
  return `handoff.w${wait}.${kind}.${personId}`;
}
