import { type OutcomeWord, outcomeWord } from '../vocabulary.ts';
import { writeLong, writeZone } from '../zoned-time.ts';
import { list, type MailContent, namesInWords, paragraph, quote, statusLink, subjectOf } from './compose.ts';
import type { LinkClosedMail, OutcomeMail } from './mail.ts';

const closedBecause: Readonly<Record<LinkClosedMail['because'], string>> = {
  approved: 'the level approved the request',
  rejected: 'the level rejected the request',
  'changes-requested': 'the level sent the request back for changes',
  expired: 'the level missed its deadline',
  withdrawn: 'the request was withdrawn',
  'terms-changed': 'its terms changed',
  ended: 'the request ended',
};

export function linkClosed(view: LinkClosedMail): MailContent {
  const { request, seat, at } = view;
  const by = view.by.length > 0 ? ` by ${namesInWords(view.by)}` : '';
  return {
    subject: `No decision needed any more: ${subjectOf(request)}`,
    heading: 'You need not decide any more',
    blocks: [
      paragraph(
        `${seat.approverName}, your link is closed, because ${closedBecause[view.because]}${by} on ${writeLong(at)} (${writeZone(at)}). There is nothing for you to do.`,
      ),
      {
        block: 'facts',
        rows: [
          ['Request', `${request.kind} for ${request.accountName}`],
          ['Asked by', request.requesterName],
          ['Level', view.levelName],
        ],
      },
    ],
    executionId: request.executionId,
  };
}

interface OutcomeText {
  readonly heading: string;
  /** What it means and what the requester can do. */
  readonly meaning: string;
  readonly reasonTitle: string;
}

const outcomeText: Readonly<Record<OutcomeWord, OutcomeText>> = {
  published: {
    heading: 'Your request is approved and published',
    meaning: 'Everything the policy asks for is in place, and the result is published with its evidence.',
    reasonTitle: 'Comment',
  },
  rejected: {
    heading: 'Your request was rejected',
    meaning: 'It ends here. You may submit a new request with other terms.',
    reasonTitle: 'Reason',
  },
  'changes-requested': {
    heading: 'Your request needs changes',
    meaning: 'Nothing is published yet. Change the terms and submit it again.',
    reasonTitle: 'What to change',
  },
  withdrawn: {
    heading: 'Your request was withdrawn',
    meaning: 'All open links are closed, and nothing is published.',
    reasonTitle: 'Reason',
  },
  expired: {
    heading: 'Your request expired',
    meaning: 'Nobody decided before the last deadline, and a missed deadline never approves. You may submit it again.',
    reasonTitle: 'Reason',
  },
  blocked: {
    heading: 'Your request is blocked',
    meaning: 'It cannot be published as it is. What is in its way is listed below.',
    reasonTitle: 'Reason',
  },
  'needs-scoping': {
    heading: 'Your request needs scoping',
    meaning: 'It says too little to be worked on. What is missing is listed below; complete it and submit it again.',
    reasonTitle: 'Hint',
  },
  'rolled-back': {
    heading: 'Your request was rolled back',
    meaning: 'What it had put in place was taken back, and the last stable configuration holds again.',
    reasonTitle: 'Reason',
  },
};

export function outcomeNotice(view: OutcomeMail): MailContent {
  const { request } = view;
  const { heading, meaning, reasonTitle } = outcomeText[view.outcome];
  return {
    subject: `${outcomeWord[view.outcome]}: ${subjectOf(request)}`,
    heading,
    blocks: [
      paragraph(`${request.requesterName}, ${meaning.charAt(0).toLowerCase()}${meaning.slice(1)}`),
      {
        block: 'facts',
        rows: [
          ['Request', `${request.kind} for ${request.accountName}`],
          ['Outcome', outcomeWord[view.outcome]],
          ['Since', `${writeLong(view.at)} (${writeZone(view.at)})`],
          ...(view.by.length === 0 ? [] : [['Decided by', namesInWords(view.by)] as const]),
        ],
      },
      ...quote(reasonTitle, view.reason),
      ...list(
        'In its way',
        view.problems.map((problem) => `${problem.message} ${problem.mend}`),
      ),
      statusLink(request.executionId, view.statusUrl),
    ],
    executionId: request.executionId,
  };
}
