import { page } from './layout.ts';
import { type Markup, markup, safeUrl, words } from './markup.ts';
import { stateWords } from './parts/handoff.ts';
import { type OutcomeWord, outcomeWord } from './vocabulary.ts';
import { timeElement, writeZone, type ZonedTime } from './zoned-time.ts';

/** What became of a wait: who ended it, and how. */
export interface WaitOver {
  readonly by: string;
  readonly did: string;
  readonly at: ZonedTime;
}

/** Where the handoff stands now. */
export interface HandoffNow {
  readonly state: string;
  /** What it waits for next. */
  readonly waits?: { readonly title: string; readonly party: string; readonly due: ZonedTime };
  /** How it ended. */
  readonly ended?: { readonly outcome: OutcomeWord; readonly at: ZonedTime };
}

/** Why a link with the right secret opens no form. */
export type HandoffLinkState =
  /** The reader's own answer was recorded just now. */
  | { readonly state: 'recorded'; readonly title: string; readonly over: WaitOver }
  | { readonly state: 'over'; readonly title?: string; readonly over?: WaitOver; readonly own: boolean }
  | { readonly state: 'too-late'; readonly title: string; readonly due: ZonedTime }
  | { readonly state: 'not-eligible' }
  | { readonly state: 'superseded'; readonly mailedAt: ZonedTime; readonly maskedAddress: string }
  | { readonly state: 'being-mailed'; readonly maskedAddress: string }
  | {
      readonly state: 'expired';
      readonly maskedAddress: string;
      readonly due: ZonedTime;
      readonly form: { readonly action: string; readonly nonce: string };
    }
  | { readonly state: 'fresh-link-cap'; readonly maskedAddress: string; readonly due: ZonedTime };

export interface HandoffStateView {
  readonly executionId: string;
  readonly handoff: string;
  /** Name and version. */
  readonly contract: string;
  readonly link: HandoffLinkState;
  readonly now: HandoffNow;
}

function when(time: ZonedTime): Markup {
  return markup`${timeElement(time)} (${writeZone(time)})`;
}

function overSentence(over: WaitOver): Markup {
  return markup`<p><b>${words(over.did)}</b>, by ${words(over.by)}, on ${when(over.at)}.</p>`;
}

function told(link: HandoffLinkState): { readonly title: string; readonly text: Markup } {
  switch (link.state) {
    case 'recorded':
      return { title: 'Your answer is recorded', text: markup`<p>${words(link.title)}</p>${overSentence(link.over)}` };
    case 'over':
      return {
        title: link.own ? 'You have answered' : 'Nothing is asked of you any more',
        text: markup`${link.title !== undefined && markup`<p>This link was for: ${words(link.title)}.</p>`}${link.over !== undefined && overSentence(link.over)}<p>This link is closed; you need not do anything.</p>`,
      };
    case 'too-late':
      return {
        title: 'The time is over',
        text: markup`<p>${words(link.title)} was due on ${when(link.due)}. What follows is being settled, as the contract says. Open this page again in a few minutes to see it.</p>`,
      };
    case 'not-eligible':
      return {
        title: 'You may not answer this handoff',
        text: markup`<p>The directory no longer names you for it. If you think this is wrong, ask whoever keeps the directory at your company.</p>`,
      };
    case 'superseded':
      return {
        title: 'There is a newer link',
        text: markup`<p>A newer link was mailed to ${words(link.maskedAddress)} on ${when(link.mailedAt)}. This one no longer works: please use the newer mail.</p>`,
      };
    case 'being-mailed':
      return {
        title: 'A fresh link is on its way',
        text: markup`<p>We mail it to ${words(link.maskedAddress)}. This link no longer works, so you can close this page.</p>`,
      };
    case 'expired':
      return {
        title: 'This link has expired',
        text: markup`<p>You are still asked to answer, by ${when(link.due)}. For your safety a link works for a limited time.</p><p>We can mail a fresh link to your registered address, ${words(link.maskedAddress)}. This one then stops working for good.</p><form method="post" action="${safeUrl(link.form.action)}" autocomplete="off"><input type="hidden" name="nonce" value="${link.form.nonce}"><button type="submit">Mail me a fresh link</button></form>`,
      };
    case 'fresh-link-cap':
      return {
        title: 'This link has expired',
        text: markup`<p>You are still asked to answer, by ${when(link.due)}, but the limit of fresh links is reached. Please look for the latest mail sent to ${words(link.maskedAddress)}, or ask whoever runs Countersign at your company.</p>`,
      };
  }
}

function nowSection({ state, waits, ended }: HandoffNow): Markup {
  return markup`<section><h2>Where the handoff stands</h2><p>It is <b>${stateWords(state)}</b>.</p>${waits !== undefined && markup`<p>It waits for ${words(waits.party)}: ${words(waits.title)}, by ${when(waits.due)}.</p>`}${ended !== undefined && markup`<p>It ended on ${when(ended.at)}: <b>${outcomeWord[ended.outcome]}</b>.</p>`}</section>`;
}

/** What became of a link that opens no form. Only for visitors whose secret matches. */
export function renderHandoffState(view: HandoffStateView): string {
  const { title, text } = told(view.link);
  return page({
    title,
    body: markup`<article><header class="head"><p class="eyebrow">${words(view.contract)} · <code>${view.handoff}</code></p><h1>${title}</h1></header><section>${text}</section>${nowSection(view.now)}</article>`,
    footer: markup`Execution <code>${view.executionId}</code>. Opening this page answered nothing.`,
  });
}
