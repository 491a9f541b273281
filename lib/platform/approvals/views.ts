import type { Instant } from '../../core/instant.ts';
import type { ApprovalView } from '../../pages/approval-page.ts';
import type { DecisionView } from '../../pages/decision-page.ts';
import { type LinkStateView, maskAddress } from '../../pages/link-state-page.ts';
import type { DecisionFormView } from '../../pages/parts/decision-form.ts';
import type { EarlierRequest } from '../../pages/parts/terms.ts';
import type { SeatView } from '../../pages/views.ts';
import type { OutcomeWord, SeatStanding } from '../../pages/vocabulary.ts';
import type { Runtime } from '../runtime.ts';
import { type Case, contactOf, nameOf } from './case.ts';
import type { LinkState } from './decide.ts';
import type { EarlierFacts } from './earlier-request.ts';
import { isCapped } from './fresh-link.ts';
import type { LinkStanding } from './link-standing.ts';
import { holderView, requestView } from './mail-views.ts';
import { nextSentence, outlookSentence } from './outlook.ts';
import type { Seat, Stage, StageLevel } from './stage.ts';

const standings: Readonly<Record<string, SeatStanding>> = {
  approve: 'approved',
  reject: 'rejected',
  'request-changes': 'changes-requested',
};

/** A seat and what became of it, in a time zone. */
export function seatView(file: Case, seat: Seat, timeZone: string): SeatView {
  const { decision } = seat;
  const standing = (decision && standings[decision.action]) ?? (seat.standing === 'decided' ? 'closed' : seat.standing);
  return {
    ...holderView(file, seat),
    standing,
    ...(decision === undefined ? {} : { at: { instant: decision.at, timeZone } }),
    ...(decision === undefined || decision.comment === '' ? {} : { comment: decision.comment }),
    ...(seat.joinedInRound > 1 ? { escalated: true } : {}),
    ...(decision?.carried === undefined ? {} : { carriedOver: true }),
  };
}

function otherSeats(file: Case, level: StageLevel, own: Seat, timeZone: string): SeatView[] {
  return level.seats.filter((seat) => seat.seatId !== own.seatId).map((seat) => seatView(file, seat, timeZone));
}

/** The sentences behind what asked for a level: a rule's own from the trace, or the reasons of that code. */
function because(file: Case, stage: Stage, level: StageLevel): string[] {
  if (stage.kind === 'oversight')
    return file.record.gates.flatMap((gate) => (gate.result === 'fail' ? gate.reasons.map((one) => one.message) : []));
  const trace = file.result?.trace ?? [];
  const sentences = level.because.flatMap((cause) => {
    const rule = trace.find((entry) => entry.id === cause && entry.met);
    if (rule !== undefined) return [rule.because];
    const reasons = (file.result?.reasons ?? []).filter(({ code }) => code === cause).map(({ message }) => message);
    return reasons.length > 0 ? reasons : [`The policy asks for it: ${cause}.`];
  });
  return [...new Set(sentences)];
}

function earlierView(earlier: EarlierFacts, timeZone: string): EarlierRequest {
  return { ...earlier, kept: earlier.kept.map(({ at, ...rest }) => ({ ...rest, at: { instant: at, timeZone } })) };
}

/** The page with the form. */
export function approvalView(runtime: Runtime, file: Case, state: LinkState, form: DecisionFormView): ApprovalView {
  const { stage, standing } = state;
  const { level, seat } = standing;
  const timeZone = contactOf(runtime, file.directory, seat)?.timeZone ?? 'UTC';
  return {
    executionId: stage.executionId,
    kind: stage.kind,
    skillTitle: file.skillTitle,
    terms: file.terms,
    ...(file.earlier === undefined ? {} : { earlier: earlierView(file.earlier, timeZone) }),
    stage: { number: Math.max(stage.stage, 1), of: stage.of },
    level: { name: level.name, required: level.required },
    seat: holderView(file, seat),
    otherSeats: otherSeats(file, level, seat, timeZone),
    due: { instant: seat.dueAt, timeZone },
    assurance: level.assurance,
    risk: file.result?.risk ?? { score: 0, factors: [] },
    because: because(file, stage, level),
    next: nextSentence(file, stage, level),
    form,
  };
}

/** The page that tells what is recorded; only for a seat that has decided. */
export function decisionView(runtime: Runtime, file: Case, state: LinkState, alreadyRecorded: boolean): DecisionView {
  const { stage, standing } = state;
  const { level, seat } = standing;
  const { decision } = seat;
  if (decision === undefined) throw new RangeError(`The seat ${seat.seatId} has not decided.`);
  const timeZone = contactOf(runtime, file.directory, seat)?.timeZone ?? 'UTC';
  return {
    request: requestView(file),
    alreadyRecorded,
    decision: {
      ...holderView(file, seat),
      choice: decision.action,
      ...(decision.comment === '' ? {} : { comment: decision.comment }),
      at: { instant: decision.at, timeZone },
      assurance: decision.assurance,
      termsDigest: decision.termsDigest,
    },
    counts: decision.termsDigest === (file.record.termsDigest ?? stage.termsDigest),
    level: {
      name: level.name,
      required: level.required,
      result: level.result,
      otherSeats: otherSeats(file, level, seat, timeZone),
    },
    next: outlookSentence(file, stage, level),
  };
}

function outcomeOf(file: Case, stage: Stage): OutcomeWord {
  switch (stage.outcome) {
    case 'rejected':
    case 'changes-requested':
    case 'expired':
    case 'withdrawn':
      return stage.outcome;
    default:
      return file.record.outcome ?? 'blocked';
  }
}

type State = LinkStateView['link'];

function closedState(file: Case, stage: Stage, { level }: LinkStanding, timeZone: string): State {
  const seats = level.seats.map((seat) => seatView(file, seat, timeZone));
  if (level.result !== 'closed' && level.result !== 'open')
    return { state: 'level-done', levelName: level.name, result: level.result, seats };
  const at = { instant: stage.settledAt ?? stage.updatedAt, timeZone };
  if (stage.outcome === 'withdrawn')
    return { state: 'withdrawn', by: nameOf(file.directory, stage.settledBy ?? stage.requester), at };
  return { state: 'ended', outcome: outcomeOf(file, stage), at };
}

/** What a link without a form tells; `form` is needed where a fresh link can be asked for. */
export function linkStateView(
  runtime: Runtime,
  file: Case,
  state: LinkState,
  now: Instant,
  form: { readonly action: string; readonly nonce: string },
): LinkStateView {
  const { stage, standing } = state;
  const { level, seat } = standing;
  const contact = contactOf(runtime, file.directory, seat);
  const timeZone = contact?.timeZone ?? 'UTC';
  const maskedAddress = maskAddress(contact?.address ?? '');
  const due = { instant: seat.dueAt, timeZone };
  const link = ((): State => {
    switch (standing.standing) {
      case 'open':
        return { state: 'not-eligible', reason: state.ineligible?.message ?? 'This seat may not decide.' };
      case 'decided':
        if (seat.decision === undefined) throw new RangeError(`The seat ${seat.seatId} has not decided.`);
        return {
          state: 'decided-by-other',
          by: holderView(file, seat),
          choice: seat.decision.action,
          at: { instant: seat.decision.at, timeZone },
        };
      case 'closed':
        return closedState(file, stage, standing, timeZone);
      case 'too-late':
        return {
          state: 'level-done',
          levelName: level.name,
          result: 'expired',
          seats: level.seats.map((one) => seatView(file, one, timeZone)),
        };
      case 'terms-changed':
        return { state: 'terms-changed', at: { instant: file.record.updatedAt, timeZone }, askedAgain: false };
      case 'reassigned':
        return { state: 'not-eligible', reason: `${nameOf(file.directory, seat.approver)} fills this seat now.` };
      case 'superseded':
        return { state: 'superseded', mailedAt: { instant: standing.mailedAt, timeZone }, maskedAddress };
      case 'being-mailed':
        return { state: 'fresh-link-mailed', maskedAddress };
      case 'expired':
        return isCapped(seat.freshLinksAskedAt, now)
          ? { state: 'fresh-link-cap', maskedAddress, due }
          : { state: 'expired', maskedAddress, due, form };
    }
  })();
  return { request: requestView(file), link };
}
