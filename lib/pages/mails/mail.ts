import type { Problem } from '../../core/errors.ts';
import type { RequestView, SeatHolder } from '../views.ts';
import type { OutcomeWord } from '../vocabulary.ts';
import type { ZonedTime } from '../zoned-time.ts';

/** A mail ready to be sent; the sender adds From, To and Message-ID. */
export interface RenderedMail {
  /** One line; never an amount. */
  readonly subject: string;
  readonly text: string;
  readonly html: string;
  /** Headers that keep out-of-office robots quiet (RFC 3834). */
  readonly headers: Readonly<Record<string, string>>;
}

/** A mail to a seat with a link to decide by. */
interface SeatMail {
  readonly request: RequestView;
  /** One sentence without amounts, as in the terms. */
  readonly summary: string;
  readonly seat: SeatHolder;
  readonly levelName: string;
  /** The deadline, in the time zone of the seat. */
  readonly due: ZonedTime;
  /** The approval link, absolute; its secret is in it, so the mail is the only place where it is written. */
  readonly link: string;
}

export interface ApprovalRequestMail extends SeatMail {
  readonly mail: 'approval-request';
  /** Labels of the terms beyond policy, without their values. */
  readonly beyondPolicy: readonly string[];
  /** How many facts of the request nobody could verify. */
  readonly unverified: number;
  readonly required: number;
  readonly seats: number;
  /** Whether an earlier form of the request was sent back for changes. */
  readonly comesAgain: boolean;
  /** Whose approvals of that earlier form still count: name and level. */
  readonly alreadyApproved?: readonly string[];
}

export interface ReminderMail extends SeatMail {
  readonly mail: 'reminder';
  /** 1 for the first reminder. */
  readonly number: number;
  /** Whether the link differs from the one mailed before, which then no longer works. */
  readonly replacesEarlierLink: boolean;
}

export interface EscalationMail extends SeatMail {
  readonly mail: 'escalation';
  /** Those who missed the deadline. */
  readonly missedBy: readonly string[];
  readonly missedAt: ZonedTime;
}

export interface FreshLinkMail extends SeatMail {
  readonly mail: 'fresh-link';
}

/** To a seat that has not decided: the level is done without it, or the request is gone. */
export interface LinkClosedMail {
  readonly mail: 'link-closed';
  readonly request: RequestView;
  readonly seat: SeatHolder;
  readonly levelName: string;
  readonly because: 'approved' | 'rejected' | 'changes-requested' | 'expired' | 'withdrawn' | 'terms-changed' | 'ended';
  /** Those who settled it. */
  readonly by: readonly string[];
  readonly at: ZonedTime;
}

/** To the requester: how the execution ended. */
export interface OutcomeMail {
  readonly mail: 'outcome';
  readonly request: RequestView;
  readonly outcome: OutcomeWord;
  readonly at: ZonedTime;
  /** Who decided so, where people did. */
  readonly by: readonly string[];
  /** The reason for a rejection, what to change, why it was withdrawn or rolled back. */
  readonly reason?: string;
  /** What blocks the request, or what it lacks. */
  readonly problems: readonly Problem[];
  /** Where the requester sees the execution; absent where people can open no such page. */
  readonly statusUrl?: string;
}

/** To oversight: a gate escalated an execution. */
export interface OversightMail extends SeatMail {
  readonly mail: 'oversight';
  readonly gate: string;
  readonly reasons: readonly string[];
}

/** To the approver: the code that a level asks for besides the link. */
export interface CodeMail {
  readonly mail: 'code';
  readonly request: RequestView;
  readonly approverName: string;
  /** Six digits; the mail is the only place where they are written. */
  readonly code: string;
  readonly until: ZonedTime;
}

export type MailView =
  | ApprovalRequestMail
  | ReminderMail
  | EscalationMail
  | FreshLinkMail
  | LinkClosedMail
  | OutcomeMail
  | OversightMail
  | CodeMail;
