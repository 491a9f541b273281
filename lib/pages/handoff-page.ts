import { page } from './layout.ts';
import { markup, words } from './markup.ts';
import { type AnswerFormView, answerForm, answerProblems } from './parts/answer-form.ts';
import { type HandoffFacts, matterOf, standingOf, stateWords } from './parts/handoff.ts';
import { writeLong, writeZone, type ZonedTime } from './zoned-time.ts';

/** Everything that a person sees whom a handoff waits for. */
export interface HandoffPageView {
  readonly executionId: string;
  readonly skillTitle: string;
  readonly facts: HandoffFacts;
  /** What is asked: "Read back and accept". */
  readonly title: string;
  readonly personName: string;
  /** In whose part the person answers, and the team whose queue it stands in. */
  readonly part: string;
  readonly party: string;
  /** When the clock of the wait runs out, in the person's time zone. */
  readonly due: ZonedTime;
  readonly clock: string;
  readonly form: AnswerFormView;
}

/** The page behind a link of a handoff: what is handed over, where it stands, and the form to answer. Opening it answers nothing. */
export function renderHandoffPage(view: HandoffPageView): string {
  const { facts, form, due } = view;
  const { contract, sender, receiver, recipient } = facts;
  return page({
    title: `${form.problem === undefined ? '' : 'Not recorded yet: '}${view.title}`,
    context: view.skillTitle,
    asksForAnswer: true,
    body: markup`<article class="ask"><header class="head">${answerProblems(form)}<p class="eyebrow">${words(contract.name)} ${contract.version} · ${stateWords(facts.state)}</p><h1>${words(view.title)}</h1><p class="lead">Handoff <code>${facts.handoff}</code> from ${words(sender)} to ${words(receiver)}${recipient !== undefined && markup`, for ${words(recipient)}`}.</p><dl class="facts"><div class="due"><dt>Answer by (${words(view.clock)})</dt><dd><time datetime="${due.instant}">${writeLong(due)}</time><small>${writeZone(due)}</small></dd></div><div><dt>You answer as</dt><dd>${words(view.personName)}</dd></div><div><dt>For</dt><dd>${words(view.party)}, ${view.part}</dd></div></dl><p class="jump"><a href="#decide">Go to the answer</a></p></header>
<div class="matter">${matterOf(facts, due.timeZone)}</div>
<div class="aside">${standingOf(facts, due.timeZone)}</div>
<div class="decide">${answerForm(form)}<p class="fine">This link is yours alone: do not forward it. The record will say that you answered by it.</p></div></article>`,
    footer: markup`Execution <code>${view.executionId}</code>. Opening this page answered nothing.`,
  });
}
