import { page } from './layout.ts';
import { type Markup, markup, safeUrl, words } from './markup.ts';
import { holder, seatList } from './parts/seats.ts';
import type { RequestView, SeatHolder, SeatView } from './views.ts';
import { type Choice, choiceDone, type OutcomeWord, outcomeWord } from './vocabulary.ts';
import { timeElement, writeZone, type ZonedTime } from './zoned-time.ts';

/** Why a link with the right secret no longer opens a form. */
export type LinkState =
  | {
      readonly state: 'level-done';
      readonly levelName: string;
      readonly result: 'approved' | 'rejected' | 'changes-requested' | 'expired';
      /** The seats of the level, so that the reader sees by whom it was settled. */
      readonly seats: readonly SeatView[];
    }
  /** A newer link was mailed for the seat; this one is dead. */
  | { readonly state: 'superseded'; readonly mailedAt: ZonedTime; readonly maskedAddress: string }
  /** The seat is open, its link is too old: a form offers to mail a fresh one. */
  | {
      readonly state: 'expired';
      readonly maskedAddress: string;
      readonly due: ZonedTime;
      readonly form: { readonly action: string; readonly nonce: string };
    }
  /** As `expired`, but no more links are mailed for this seat. */
  | { readonly state: 'fresh-link-cap'; readonly maskedAddress: string; readonly due: ZonedTime }
  /** A fresh link is on its way. */
  | { readonly state: 'fresh-link-mailed'; readonly maskedAddress: string }
  | { readonly state: 'withdrawn'; readonly by: string; readonly at: ZonedTime; readonly reason?: string }
  | { readonly state: 'terms-changed'; readonly at: ZonedTime; readonly askedAgain: boolean }
  | { readonly state: 'not-eligible'; readonly reason: string }
  | {
      readonly state: 'decided-by-other';
      readonly by: SeatHolder;
      readonly choice: Choice;
      readonly at: ZonedTime;
    }
  /** The execution ended in another way. */
  | { readonly state: 'ended'; readonly outcome: OutcomeWord; readonly at: ZonedTime };

/** A link's state, told only to a visitor whose secret matches. */
export interface LinkStateView {
  readonly request: RequestView;
  readonly link: LinkState;
}

interface Told {
  readonly title: string;
  readonly text: Markup;
}

const levelResult = {
  approved: 'The level approved without needing your decision.',
  rejected: 'The level rejected the request.',
  'changes-requested': 'The level sent the request back for changes.',
  expired: 'The level missed its deadline. A missed deadline never approves.',
} as const;

function when(time: ZonedTime): Markup {
  return markup`${timeElement(time)} (${writeZone(time)})`;
}

function freshLinkForm(link: Extract<LinkState, { state: 'expired' }>): Markup {
  return markup`<form method="post" action="${safeUrl(link.form.action)}" autocomplete="off"><input type="hidden" name="nonce" value="${link.form.nonce}"><button type="submit">Mail me a fresh link</button></form>`;
}

function told(link: LinkState): Told {
  switch (link.state) {
    case 'level-done':
      return {
        title: 'This level is done',
        text: markup`<p>${levelResult[link.result]} This link is closed; you need not do anything.</p><h2>${words(link.levelName)}</h2>${seatList(link.seats)}`,
      };
    case 'superseded':
      return {
        title: 'There is a newer link',
        text: markup`<p>A newer link was mailed to ${words(link.maskedAddress)} on ${when(link.mailedAt)}. This one no longer works: please use the newer mail.</p>`,
      };
    case 'expired':
      return {
        title: 'This link has expired',
        text: markup`<p>You are still asked to decide, by ${when(link.due)}. For your safety a link works for a limited time.</p><p>We can mail a fresh link to your registered address, ${words(link.maskedAddress)}. This one then stops working for good.</p>${freshLinkForm(link)}`,
      };
    case 'fresh-link-cap':
      return {
        title: 'This link has expired',
        text: markup`<p>You are still asked to decide, by ${when(link.due)}, but the limit of fresh links for this seat is reached. Please look for the latest mail sent to ${words(link.maskedAddress)}, or ask whoever runs Countersign at your company.</p>`,
      };
    case 'fresh-link-mailed':
      return {
        title: 'A fresh link is on its way',
        text: markup`<p>We mail it to ${words(link.maskedAddress)}. This link no longer works, so you can close this page.</p>`,
      };
    case 'withdrawn':
      return {
        title: 'The request was withdrawn',
        text: markup`<p>${words(link.by)} withdrew it on ${when(link.at)}. Nothing is left to decide.</p>${link.reason !== undefined && markup`<blockquote>${words(link.reason)}</blockquote>`}`,
      };
    case 'terms-changed':
      return {
        title: 'The terms have changed',
        text: markup`<p>They changed on ${when(link.at)}, so this link, which stood for the earlier terms, no longer works. ${link.askedAgain ? 'You are asked again: the new terms came to you by mail, with a link of their own.' : 'You are not asked about the new terms.'}</p>`,
      };
    case 'not-eligible':
      return {
        title: 'You may not decide this request',
        text: markup`<p>${words(link.reason)}</p><p>If you think this is wrong, ask whoever keeps the directory at your company.</p>`,
      };
    case 'decided-by-other':
      return {
        title: 'Your seat has already decided',
        text: markup`<p>${holder(link.by)} ${choiceDone[link.choice]} on ${when(link.at)}. You share one seat, and a seat decides once.</p>`,
      };
    case 'ended':
      return {
        title: 'This request has ended',
        text: markup`<p>It ended on ${when(link.at)}: <b>${outcomeWord[link.outcome]}</b>. Nothing is left to decide.</p>`,
      };
  }
}

/** What became of a link that no longer opens a form. Only for visitors whose secret matches. */
export function renderLinkState(view: LinkStateView): string {
  const { title, text } = told(view.link);
  const { request } = view;
  return page({
    title,
    body: markup`<article><header class="head"><p class="eyebrow">${words(request.kind)} for ${words(request.accountName)} · asked by ${words(request.requesterName)}</p><h1>${title}</h1></header><section>${text}</section></article>`,
    footer: markup`Execution <code>${request.executionId}</code>. Opening this page decided nothing.`,
  });
}

/** The one neutral page for forged, truncated and foreign links: always the same bytes, so it tells nothing. */
export function renderUnknownLink(): string {
  return page({
    title: 'This link does not work',
    body: markup`<article><header class="head"><h1>This link does not work</h1></header><section><p>Maybe a part of it was lost: mail programs sometimes break long links over two lines. Please open it from the mail itself, or copy all of it.</p><p>If it still does not work, ask the person who sent you the request, or whoever runs Countersign at your company.</p></section></article>`,
  });
}

/**
 * An address of which only the owner recognises the rest: `g•••@example.com`.
 */
export function maskAddress(address: string): string {
  const at = address.lastIndexOf('@');
  const [first = ''] = address.slice(0, Math.max(at, 0));
  return at < 1 ? '•••' : `${first}•••${address.slice(at)}`;
}
