import { writeBrief, writeLong, writeZone } from '../zoned-time.ts';
import { type MailContent, paragraph } from './compose.ts';
import type { CodeMail } from './mail.ts';

/**
 * The mail that brings a one-time code. Its subject shows on locked screens, so it names neither request nor code; there is
 * no link in it, for the page to enter the code on is open already.
 */
export function codeNotice(view: CodeMail): MailContent {
  const { request, until } = view;
  return {
    subject: `Your one-time code, valid until ${writeBrief(until)}`,
    heading: 'Your one-time code',
    blocks: [
      paragraph(`${view.approverName}, enter this code on the page on which you gave your answer.`),
      { block: 'code', label: 'Code', code: view.code },
      {
        block: 'facts',
        rows: [
          ['Request', `${request.kind} for ${request.accountName}`],
          ['Asked by', request.requesterName],
          ['Valid until', `${writeLong(until)} (${writeZone(until)})`],
        ],
      },
      paragraph(
        'If you did not ask for it, somebody else has your approval link. They cannot decide without this code: do not pass it on, and tell whoever runs Countersign at your company.',
      ),
    ],
    executionId: request.executionId,
  };
}
