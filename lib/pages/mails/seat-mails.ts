import { quorumSentence } from '../vocabulary.ts';
import { writeBrief, writeLong, writeZone } from '../zoned-time.ts';
import { list, type MailBlock, type MailContent, namesInWords, paragraph, subjectOf } from './compose.ts';
import type { ApprovalRequestMail, EscalationMail, FreshLinkMail, OversightMail, ReminderMail } from './mail.ts';

type SeatMail = ApprovalRequestMail | EscalationMail | FreshLinkMail | OversightMail | ReminderMail;

const decidesNothing =
  'Opening this link decides nothing: you choose on the page. It is yours alone, so please do not forward it.';

function subject(lead: string, view: SeatMail): string {
  return `${lead} by ${writeBrief(view.due)}: ${subjectOf(view.request)}`;
}

function facts(view: SeatMail): MailBlock {
  const { kind, accountName, requesterName } = view.request;
  return {
    block: 'facts',
    rows: [
      ['Request', `${kind} for ${accountName}`],
      ['Asked by', requesterName],
      ['Decide by', `${writeLong(view.due)} (${writeZone(view.due)})`],
      ['Level', view.levelName],
      ...(view.seat.principalName === undefined
        ? []
        : [['You decide for', `${view.seat.principalName}, who is away`] as const]),
    ],
  };
}

function link(view: SeatMail): MailBlock {
  return { block: 'link', label: 'Read and decide', url: view.link, note: decidesNothing };
}

function content(view: SeatMail, lead: string, heading: string, blocks: readonly MailBlock[]): MailContent {
  return { subject: subject(lead, view), heading, blocks, executionId: view.request.executionId };
}

/** That facts are not verified, without saying which: their values may be amounts. */
function doubts(unverified: number): readonly MailBlock[] {
  if (unverified === 0) return [];
  const facts = unverified === 1 ? '1 fact of the request is' : `${unverified} facts of the request are`;
  return [paragraph(`Not verified: ${facts} not what the directory knows, or not known to it. The page says which.`)];
}

export function approvalRequest(view: ApprovalRequestMail): MailContent {
  const asked = view.comesAgain
    ? 'you are asked to decide a request that was sent back for changes and comes again. The page shows what changed.'
    : 'you are asked to decide a request.';
  return content(view, 'Please decide', view.comesAgain ? 'A request comes again' : 'Your decision is asked', [
    paragraph(`${view.seat.approverName}, ${asked}`),
    paragraph(view.summary),
    facts(view),
    ...list('Beyond policy', view.beyondPolicy),
    ...doubts(view.unverified),
    ...list('Already approved, for terms that have not changed', view.alreadyApproved ?? []),
    paragraph(quorumSentence(view.required, view.seats)),
    link(view),
  ]);
}

export function reminder(view: ReminderMail): MailContent {
  return content(view, 'Reminder: please decide', 'A decision still waits for you', [
    paragraph(
      `${view.seat.approverName}, this is reminder ${view.number}. After the deadline the request goes to others, or expires: a missed deadline never approves.`,
    ),
    paragraph(view.summary),
    facts(view),
    ...(view.replacesEarlierLink
      ? [paragraph('This link replaces the one mailed before, which no longer works.')]
      : []),
    link(view),
  ]);
}

export function escalation(view: EscalationMail): MailContent {
  const missed = namesInWords(view.missedBy);
  return content(view, 'Escalated to you, please decide', 'A request was escalated to you', [
    paragraph(
      `${view.seat.approverName}, you are asked because ${missed} missed the deadline on ${writeLong(view.missedAt)} (${writeZone(view.missedAt)}).`,
    ),
    paragraph(view.summary),
    facts(view),
    link(view),
  ]);
}

export function freshLink(view: FreshLinkMail): MailContent {
  return content(view, 'Your fresh link, please decide', 'Here is your fresh link', [
    paragraph(
      `${view.seat.approverName}, somebody with your earlier link asked for a fresh one. The earlier link no longer works.`,
    ),
    paragraph(view.summary),
    facts(view),
    link(view),
  ]);
}

export function oversight(view: OversightMail): MailContent {
  return content(view, 'Oversight, please decide', 'A gate stopped an execution', [
    paragraph(
      `${view.seat.approverName}, the gate ${view.gate} failed, and nothing is published. You are asked to close the execution or to have it run again.`,
    ),
    paragraph(view.summary),
    facts(view),
    ...list('What the gate found', view.reasons),
    link(view),
  ]);
}
