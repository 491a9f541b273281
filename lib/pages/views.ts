import type { Assurance } from '../core/approval/plan.ts';
import type { Choice, SeatStanding } from './vocabulary.ts';
import type { ZonedTime } from './zoned-time.ts';

/** What a request is about, in people's words and without amounts. */
export interface RequestView {
  readonly executionId: string;
  /** The kind of request: `Discount`. */
  readonly kind: string;
  readonly accountName: string;
  readonly requesterName: string;
}

/** Who fills a seat, and whose authority it carries. */
export interface SeatHolder {
  readonly approverName: string;
  /** The person who is away, when the approver is a delegate. */
  readonly principalName?: string;
}

/** A seat and what became of it. */
export interface SeatView extends SeatHolder {
  readonly standing: SeatStanding;
  readonly at?: ZonedTime;
  readonly comment?: string;
  /** Whether the seat joined after a missed deadline. */
  readonly escalated?: boolean;
  /** Whether it approved the request that this one resubmits, and was not asked again. */
  readonly carriedOver?: boolean;
}

/** A decision as it is recorded. */
export interface DecisionRecord extends SeatHolder {
  readonly choice: Choice;
  readonly comment?: string;
  readonly at: ZonedTime;
  readonly assurance: Assurance;
  /** Digest of the terms that were shown. */
  readonly termsDigest: string;
}

/** A risk score in points, with what it is made of. */
export interface RiskView {
  readonly score: number;
  readonly factors: readonly { readonly points: number; readonly message: string }[];
}
