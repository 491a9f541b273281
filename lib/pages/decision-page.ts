import { page } from './layout.ts';
import { type Markup, markup, words } from './markup.ts';
import { holder, seatList } from './parts/seats.ts';
import type { DecisionRecord, RequestView, SeatView } from './views.ts';
import { choiceDone, quorumSentence } from './vocabulary.ts';
import { writeLong, writeZone } from './zoned-time.ts';

/** A decision that is recorded, and where it leaves the level. */
export interface DecisionView {
  readonly request: RequestView;
  /** True when the link is visited again, or a second post came after the first. */
  readonly alreadyRecorded: boolean;
  readonly decision: DecisionRecord;
  /** False when the terms changed afterwards, so that the decision no longer counts. */
  readonly counts: boolean;
  readonly level: {
    readonly name: string;
    readonly required: number;
    /** `open`: others are still asked. */
    readonly result: 'open' | 'approved' | 'rejected' | 'changes-requested' | 'expired' | 'closed';
    readonly otherSeats: readonly SeatView[];
  };
  /** What comes next, in one sentence. */
  readonly next: string;
}

const levelSentence: Readonly<Record<DecisionView['level']['result'], string>> = {
  open: 'The level is still open: others have yet to decide.',
  approved: 'The level is done: it approved.',
  rejected: 'The level is done: it rejected the request.',
  'changes-requested': 'The level is done: it sent the request back for changes.',
  expired: 'The level missed its deadline. A missed deadline never approves.',
  closed: 'The level is closed.',
};

const assuranceWord = {
  link: 'by your approval link',
  'mail-code': 'by your approval link and a mailed code',
} as const;

function record(view: DecisionView): Markup {
  const { decision } = view;
  return markup`<dl class="facts record"><div><dt>Recorded</dt><dd><time datetime="${decision.at.instant}">${writeLong(decision.at)}</time><small>${writeZone(decision.at)}</small></dd></div><div><dt>Decided by</dt><dd>${holder(decision)}<small>${assuranceWord[decision.assurance]}</small></dd></div>${decision.comment !== undefined && markup`<div class="all"><dt>Your comment</dt><dd>${words(decision.comment)}</dd></div>`}<div class="all"><dt>On the terms with the digest</dt><dd><code>${decision.termsDigest}</code></dd></div></dl>`;
}

/** The honest answer to a decision, and to every later visit of its link. */
export function renderDecisionRecorded(view: DecisionView): string {
  const { request, decision, level } = view;
  const done = choiceDone[decision.choice];
  return page({
    title: `You ${done}: ${request.kind} for ${request.accountName}`,
    body: markup`<article><header class="head"><p class="eyebrow">${view.alreadyRecorded ? 'Already recorded' : 'Recorded'}</p><h1>You ${done}.</h1><p class="lead">${words(request.kind)} for ${words(request.accountName)}, asked by ${words(request.requesterName)}.</p>${view.alreadyRecorded && markup`<p class="note">This decision was recorded before. A seat decides once: nothing was changed by this visit.</p>`}${!view.counts && markup`<p class="note"><b>It no longer counts:</b> the terms changed after you decided. The record of it stays.</p>`}${record(view)}</header>
<section><h2>${words(level.name)}</h2><p>${levelSentence[level.result]} ${quorumSentence(level.required, level.otherSeats.length + 1)}</p>${seatList(level.otherSeats)}</section>
<section><h2>What comes next</h2><p>${words(view.next)}</p></section></article>`,
    footer: markup`Execution <code>${request.executionId}</code>. You can close this page.`,
  });
}
