import { shortened } from '../clean-text.ts';
import { writeBrief, writeLong, writeZone, type ZonedTime } from '../zoned-time.ts';
import { composeMail, type MailBlock, paragraph } from './compose.ts';
import type { RenderedMail } from './mail.ts';

interface HandoffMailFacts {
  readonly executionId: string;
  readonly handoff: string;
  /** Name and version. */
  readonly contract: string;
  readonly sender: string;
  readonly receiver: string;
  readonly personName: string;
  /** What is asked, as a heading. */
  readonly title: string;
}

/** To a person who may answer a wait: the link that opens it. */
export interface HandoffAskMail extends HandoffMailFacts {
  readonly mail: 'ask' | 'reminder' | 'fresh-link';
  /** When the clock of the wait runs out, in the person's time zone. */
  readonly due: ZonedTime;
  /** The link, absolute; its secret is in it, so the mail is the only place where it is written. */
  readonly link: string;
}

/** To a person who was asked and did not answer: nothing is asked of them any more. */
export interface HandoffOverMail extends HandoffMailFacts {
  readonly mail: 'over';
  readonly by: string;
  readonly did: string;
  readonly at: ZonedTime;
}

export type HandoffMailView = HandoffAskMail | HandoffOverMail;

const LEADS = {
  ask: { subject: 'Please answer', heading: 'A handoff waits for you', text: 'you are asked to answer a handoff.' },
  reminder: {
    subject: 'Reminder: please answer',
    heading: 'A handoff still waits for you',
    text: 'half of the time is gone. When the clock has run out, the handoff goes on without you, as its contract says.',
  },
  'fresh-link': {
    subject: 'Your fresh link, please answer',
    heading: 'Here is your fresh link',
    text: 'somebody with your earlier link asked for a fresh one. The earlier link no longer works.',
  },
} as const;

function facts(view: HandoffMailView, rows: readonly (readonly [string, string])[]): MailBlock {
  return {
    block: 'facts',
    rows: [
      ['Handoff', view.handoff],
      ['Contract', view.contract],
      ['From', view.sender],
      ['To', view.receiver],
      ...rows,
    ],
  };
}

function asked(view: HandoffAskMail): RenderedMail {
  const lead = LEADS[view.mail];
  return composeMail({
    subject: `${lead.subject} by ${writeBrief(view.due)}: ${shortened(view.title, 60)}, ${shortened(view.contract, 60)}`,
    heading: lead.heading,
    blocks: [
      paragraph(`${view.personName}, ${lead.text}`),
      facts(view, [
        ['What is asked', view.title],
        ['Answer by', `${writeLong(view.due)} (${writeZone(view.due)})`],
      ]),
      {
        block: 'link',
        label: 'Read and answer',
        url: view.link,
        note: 'Opening this link answers nothing: you choose on the page. It is yours alone, so please do not forward it.',
      },
    ],
    executionId: view.executionId,
  });
}

function over(view: HandoffOverMail): RenderedMail {
  const when = `${writeLong(view.at)} (${writeZone(view.at)})`;
  return composeMail({
    subject: `No answer needed any more: ${shortened(view.title, 60)}, ${shortened(view.contract, 60)}`,
    heading: 'You need not answer any more',
    blocks: [
      paragraph(`${view.personName}, your link is closed. There is nothing for you to do.`),
      facts(view, [
        ['What was asked', view.title],
        ['What happened', `${view.did}, by ${view.by}, on ${when}`],
      ]),
    ],
    executionId: view.executionId,
  });
}

/**
 * Renders a mail about a handoff. It names contract, parties and due time; what is handed over stays behind the link, for mail is
 * forwarded and indexed.
 * @throws TypeError when a link is not an http(s) URL.
 */
export function renderHandoffMail(view: HandoffMailView): RenderedMail {
  return view.mail === 'over' ? over(view) : asked(view);
}
