import { standingOf } from '../../core/approval/terms.ts';
import type { MailView } from '../../pages/mails/mail.ts';
import type { RequestView, SeatHolder } from '../../pages/views.ts';
import { type Case, nameOf } from './case.ts';
import type { Seat, Stage, StageLevel, StageMail } from './stage.ts';

/** The request in people's words, without amounts. */
export function requestView(file: Case): RequestView {
  const { kind, accountName, requesterName } = file.terms;
  return { executionId: file.record.executionId, kind, accountName, requesterName };
}

/** Who fills a seat, and for whom. */
export function holderView(file: Case, seat: Pick<Seat, 'approver' | 'principal'>): SeatHolder {
  const approverName = nameOf(file.directory, seat.approver);
  return seat.approver === seat.principal
    ? { approverName }
    : { approverName, principalName: nameOf(file.directory, seat.principal) };
}

/** The gate that escalated an execution, with its reasons. */
function escalatedGate(file: Case): { gate: string; reasons: readonly string[] } {
  const failed = file.record.gates.find((gate) => gate.result === 'fail');
  return {
    gate: failed?.gate ?? 'unknown gate',
    reasons: failed?.reasons.map((reason) => reason.message) ?? [],
  };
}

/** A mail that brings a link. */
export interface LinkMailFacts {
  readonly mail: StageMail;
  readonly stage: Stage;
  readonly level: StageLevel;
  readonly seat: Seat;
  readonly timeZone: string;
  /** The approval link, absolute. */
  readonly url: string;
  /** Whether minting it ended the life of an earlier link. */
  readonly replacesEarlierLink: boolean;
}

/**
 * The view of a mail that brings a link.
 * @throws RangeError for a kind of mail that brings none.
 */
export function linkMailView(file: Case, facts: LinkMailFacts): MailView {
  const { mail, level, seat, timeZone } = facts;
  const common = {
    request: requestView(file),
    summary: file.terms.summary,
    seat: holderView(file, seat),
    levelName: level.name,
    due: { instant: seat.dueAt, timeZone },
    link: facts.url,
  };
  switch (mail.kind) {
    case 'approval-request':
      return {
        mail: mail.kind,
        ...common,
        beyondPolicy: file.terms.lines.filter((line) => standingOf(line) === 'beyond').map(({ label }) => label),
        unverified: file.terms.lines.filter((line) => standingOf(line) === 'doubt').length,
        required: level.required,
        seats: level.seats.length,
        comesAgain: file.earlier !== undefined,
        alreadyApproved: (file.earlier?.kept ?? []).map(({ by, levelName }) => `${by} (${levelName})`),
      };
    case 'reminder':
      return { mail: mail.kind, ...common, number: seat.reminders, replacesEarlierLink: facts.replacesEarlierLink };
    case 'escalation':
      return {
        mail: mail.kind,
        ...common,
        missedBy: (level.missed?.by ?? []).map((id) => nameOf(file.directory, id)),
        missedAt: { instant: level.missed?.at ?? seat.dueAt, timeZone },
      };
    case 'fresh-link':
      return { mail: mail.kind, ...common };
    case 'oversight':
      return { mail: mail.kind, ...common, ...escalatedGate(file) };
    case 'link-closed':
      throw new RangeError('A notice that a link is closed brings no link.');
  }
}

/** Why a seat's link was closed, in the mail's words. */
function closedBecause(stage: Stage, level: StageLevel) {
  const because = level.result === 'closed' || level.result === 'open' ? stage.outcome : level.result;
  return because === 'open' || because === 'abandoned' || because === 'closed-by-oversight' ? 'ended' : because;
}

/** The view of the notice that a seat is no longer asked. */
export function closedMailView(file: Case, stage: Stage, level: StageLevel, seat: Seat, timeZone: string): MailView {
  const levels = level.result === 'closed' ? stage.levels : [level];
  const because = closedBecause(stage, level);
  const wanted: Readonly<Record<string, string>> = {
    approved: 'approve',
    rejected: 'reject',
    'changes-requested': 'request-changes',
  };
  const deciders = levels
    .flatMap((one) => one.seats)
    .filter((one) => one.decision !== undefined && one.decision.action === wanted[because])
    .map((one) => one.approver);
  const by = because === 'withdrawn' && stage.settledBy !== undefined ? [stage.settledBy] : deciders;
  return {
    mail: 'link-closed',
    request: requestView(file),
    seat: holderView(file, seat),
    levelName: level.name,
    because,
    by: [...new Set(by)].map((id) => nameOf(file.directory, id)),
    at: { instant: level.settledAt ?? stage.settledAt ?? stage.updatedAt, timeZone },
  };
}
