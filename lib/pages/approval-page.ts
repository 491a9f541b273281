import type { Assurance } from '../core/approval/plan.ts';
import type { Terms } from '../core/approval/terms.ts';
import { page } from './layout.ts';
import { type Markup, markup, words } from './markup.ts';
import { reasonsSection, riskSection } from './parts/background.ts';
import { approvalChoices, oversightChoices } from './parts/choices.ts';
import { type DecisionFormView, decisionForm, errorSummary, type OfferedChoice } from './parts/decision-form.ts';
import { seatList } from './parts/seats.ts';
import { type EarlierRequest, earlierSection, termsSection } from './parts/terms.ts';
import type { RiskView, SeatHolder, SeatView } from './views.ts';
import { quorumSentence } from './vocabulary.ts';
import { writeLong, writeZone, type ZonedTime } from './zoned-time.ts';

/** Everything that a person sees who is asked to decide. */
export interface ApprovalView {
  readonly executionId: string;
  /** `approval`: a level of the plan; `oversight`: an execution that a gate escalated to a person. */
  readonly kind: 'approval' | 'oversight';
  readonly skillTitle: string;
  readonly terms: Terms;
  /** The request that this one resubmits, with the difference between their terms. */
  readonly earlier?: EarlierRequest;
  readonly stage: { readonly number: number; readonly of: number };
  /** The level's name, and how many of its seats (this one and the others) must approve. */
  readonly level: { readonly name: string; readonly required: number };
  /** The seat whose link was opened. */
  readonly seat: SeatHolder;
  readonly otherSeats: readonly SeatView[];
  /** The deadline, in the time zone of the seat. */
  readonly due: ZonedTime;
  readonly assurance: Assurance;
  readonly risk: RiskView;
  /** Sentences of the rules that asked for this level, or of the gate that escalated. */
  readonly because: readonly string[];
  /** What happens once this level is done, in one sentence. */
  readonly next: string;
  readonly form: DecisionFormView;
}

function choicesOf(view: ApprovalView): readonly OfferedChoice[] {
  return view.kind === 'oversight' ? oversightChoices : approvalChoices(view.level.required, view.otherSeats);
}

const assuranceSentence: Readonly<Record<Assurance, string>> = {
  link: 'This link is yours alone: do not forward it. The record will say that you decided by it.',
  'mail-code':
    'Nothing is recorded by this step: it mails a one-time code to your registered address, and the next page asks for it. The record will say that you decided by link and code.',
};

const submitLabel: Readonly<Record<Assurance, string>> = {
  link: 'Record my decision',
  'mail-code': 'Go on: mail me a code',
};

function facts(view: ApprovalView): Markup {
  return markup`<dl class="facts"><div class="due"><dt>Decide by</dt><dd><time datetime="${view.due.instant}">${writeLong(view.due)}</time><small>${writeZone(view.due)}</small></dd></div><div><dt>Asked by</dt><dd>${words(view.terms.requesterName)}</dd></div><div><dt>You decide as</dt><dd>${words(view.seat.approverName)}</dd></div></dl>`;
}

function heading(view: ApprovalView): Markup {
  const { kind, accountName, summary } = view.terms;
  const place = view.kind === 'oversight' ? 'Oversight' : `Stage ${view.stage.number} of ${view.stage.of}`;
  return markup`<header class="head">${errorSummary(view.form, choicesOf(view))}<p class="eyebrow">${place} · ${words(view.level.name)}</p><h1>${words(kind)} <span>for ${words(accountName)}</span></h1><p class="lead">${words(summary)}</p>${view.seat.principalName !== undefined && markup`<p class="note"><b>You decide for ${words(view.seat.principalName)}, who is away.</b> Together you hold one seat: what you decide counts as theirs.</p>`}${facts(view)}<p class="jump"><a href="#decide">Go to the decision</a></p></header>`;
}

function levelSection(view: ApprovalView): Markup {
  const quorum = quorumSentence(view.level.required, view.otherSeats.length + 1);
  return markup`<section><h2>Who decides</h2><p>${quorum}${view.otherSeats.length === 0 && ' On this level that is you.'}</p>${seatList(view.otherSeats)}<p class="next"><b>After this level:</b> ${words(view.next)}</p></section>`;
}

const formText = {
  approval: {
    legend: 'Your decision',
    commentHint: 'Optional when you approve. Required when you reject (why) or request changes (what).',
  },
  oversight: { legend: 'What shall happen?', commentHint: 'Required to close it (why). Optional for a re-run.' },
} as const;

/** The page behind an approval link: what is asked, and the form to decide it. Opening it decides nothing. */
export function renderApprovalPage(view: ApprovalView): string {
  const { terms } = view;
  const failed = view.form.fieldErrors?.choice !== undefined || view.form.fieldErrors?.comment !== undefined;
  return page({
    title: `${failed ? 'Not recorded yet: ' : ''}${terms.kind} for ${terms.accountName}`,
    context: view.skillTitle,
    body: markup`<article class="ask">${heading(view)}
<div class="matter">${earlierSection(view.earlier)}
${termsSection(terms.lines)}
${terms.justification !== undefined && markup`<section><h2>In the requester’s words</h2><blockquote>${words(terms.justification)}</blockquote></section>`}</div>
<div class="aside">${levelSection(view)}
${reasonsSection(view.kind === 'oversight' ? 'Why a person is asked' : 'Why this level is asked', view.because)}
${riskSection(view.risk)}</div>
<div class="decide">${decisionForm(view.form, choicesOf(view), {
      ...formText[view.kind],
      submit: submitLabel[view.assurance],
    })}<p class="fine">${assuranceSentence[view.assurance]}</p></div></article>`,
    footer: markup`Execution <code>${view.executionId}</code>. Opening this page decided nothing.`,
  });
}
