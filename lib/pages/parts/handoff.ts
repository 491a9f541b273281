import type { Instant } from '../../core/instant.ts';
import { shortened } from '../clean-text.ts';
import { type Markup, markup, safeUrl, words } from '../markup.ts';
import { timeElement, type ZonedTime } from '../zoned-time.ts';

/** A handoff as its pages show it. Texts are for people; nothing in it is a secret. */
export interface HandoffFacts {
  readonly handoff: string;
  readonly thread: string;
  readonly contract: { readonly id: string; readonly version: string; readonly name: string };
  readonly state: string;
  readonly sender: string;
  readonly receiver: string;
  readonly recipient?: string;
  /** What is handed over, label and value; what was erased is said to be. */
  readonly payload: readonly { readonly label: string; readonly value: string }[];
  /** Assets shown or linked on the page: marketing. */
  readonly assets: readonly { readonly label: string; readonly url?: string; readonly digest: string }[];
  readonly evidence: readonly { readonly label: string; readonly standing: string; readonly digest: string }[];
  readonly criteria: readonly { readonly says: string; readonly standing: 'holds' | 'fails' | 'open' }[];
  readonly obligations: readonly {
    readonly says: string;
    readonly owner: string;
    readonly due?: Instant;
    readonly standing: string;
  }[];
  readonly contingencies: readonly { readonly if: string; readonly do: string }[];
  readonly readiness: { readonly score: number; readonly threshold: number };
  readonly clocks: readonly {
    readonly clock: string;
    readonly dueAt?: Instant;
    readonly standing: 'running' | 'paused' | 'stopped' | 'run-out';
  }[];
  readonly promise?: { readonly dueAt: Instant };
  readonly history: readonly {
    readonly at: Instant;
    readonly event: string;
    readonly by: string;
    readonly to: string;
  }[];
}

/** Entries of a list, and characters of a value, that a page shows; the record holds all of them. */
const MOST_ENTRIES = 24;
const MOST_CHARACTERS = 400;
const MOST_HISTORY = 12;

const CRITERIA = {
  holds: { sign: '✓', word: 'holds', className: 'approved' },
  fails: { sign: '✕', word: 'does not hold', className: 'rejected' },
  open: { sign: '…', word: 'not judged yet', className: 'open' },
} as const;

const CLOCKS = {
  running: '▸ running',
  paused: '‖ paused',
  stopped: '■ stopped',
  'run-out': '✕ run out',
} as const;

/** A list with a bound: what is left out is said to be. */
function bounded<T>(items: readonly T[], write: (item: T) => Markup, most = MOST_ENTRIES): Markup {
  const left = items.length - most;
  return markup`${items.slice(0, most).map(write)}${left > 0 && markup`<li>and ${left} more, in the record</li>`}`;
}

function section(title: string, items: readonly unknown[], body: Markup): Markup | false {
  return items.length > 0 && markup`<section><h2>${title}</h2>${body}</section>`;
}

function time(instant: Instant, timeZone: string): Markup {
  return timeElement({ instant, timeZone } satisfies ZonedTime);
}

/** What a browser may follow; the label alone is shown of anything else. */
function isLink(url: string | undefined): url is string {
  return url !== undefined && /^https?:\/\//i.test(url) && URL.canParse(url);
}

/** A digest by its beginning: enough to compare, short enough for a phone. */
function short(digest: string): Markup {
  return markup`<small><code>${digest.slice(0, 23)}…</code></small>`;
}

/** What is handed over: payload, assets, evidence, obligations, and what holds of the criteria. */
export function matterOf(facts: HandoffFacts, timeZone: string): Markup {
  const { payload, assets, evidence, criteria, obligations, contingencies } = facts;
  const left = payload.length - MOST_ENTRIES;
  return markup`${section(
    'What is handed over',
    payload,
    markup`<div class="terms"><dl>${payload.slice(0, MOST_ENTRIES).map(({ label, value }) => markup`<div><dt>${words(label)}</dt><dd>${words(shortened(value, MOST_CHARACTERS))}</dd></div>`)}</dl>${left > 0 && markup`<p class="fine">and ${left} more, in the record</p>`}</div>`,
  )}
${section(
  'Assets',
  assets,
  markup`<ul class="plain">${bounded(assets, ({ label, url, digest }) => markup`<li>${isLink(url) ? markup`<a href="${safeUrl(url)}" rel="noopener noreferrer">${words(label)}</a>` : words(label)}${short(digest)}</li>`)}</ul>`,
)}
${section(
  'Evidence',
  evidence,
  markup`<ul class="plain">${bounded(evidence, ({ label, standing, digest }) => markup`<li><b>${words(label)}</b>: ${words(standing)}${short(digest)}</li>`)}</ul>`,
)}
${section(
  'Acceptance criteria',
  criteria,
  markup`<ul class="seats">${bounded(criteria, ({ says, standing }) => {
    const { sign, word, className } = CRITERIA[standing];
    return markup`<li class="${className}"><span class="sign" aria-hidden="true">${sign}</span><span>${words(says)}<small>${word}</small></span></li>`;
  })}</ul>`,
)}
${section(
  'Obligations',
  obligations,
  markup`<ul class="plain">${bounded(obligations, ({ says, owner, due, standing }) => markup`<li><b>${words(says)}</b><small>${words(owner)}, ${words(standing)}${due !== undefined && markup`, due ${time(due, timeZone)}`}</small></li>`)}</ul>`,
)}
${section(
  'If something goes otherwise',
  contingencies,
  markup`<ul class="plain">${bounded(contingencies, (one) => markup`<li>${words(one.if)}: <b>${words(one.do)}</b></li>`)}</ul>`,
)}`;
}

/** Where it stands: clocks, promise, readiness, history. */
export function standingOf(facts: HandoffFacts, timeZone: string): Markup {
  const { clocks, promise, readiness, history } = facts;
  const recent = history.slice(-MOST_HISTORY);
  return markup`${section(
    'Clocks',
    clocks,
    markup`<ul class="plain">${bounded(clocks, ({ clock, dueAt, standing }) => markup`<li><b>${words(clock)}</b> ${CLOCKS[standing]}${dueAt !== undefined && markup`<small>due ${time(dueAt, timeZone)}</small>`}</li>`)}${promise !== undefined && markup`<li><b>Promised to the customer</b><small>${time(promise.dueAt, timeZone)}</small></li>`}</ul>`,
  )}
<section><h2>Readiness: ${readiness.score} of 100</h2><p>${readiness.threshold} were needed.</p></section>
${section(
  'So far',
  recent,
  markup`<ul class="plain">${history.length > recent.length && markup`<li>${history.length - recent.length} earlier steps, in the record</li>`}${recent.map(({ at, event, by, to }) => markup`<li><b>${words(event)}</b>, now ${words(to)}<small>${words(by)}, ${time(at, timeZone)}</small></li>`)}</ul>`,
)}`;
}

/** `offered` and such as a person reads it: words joined by spaces. */
export function stateWords(state: string): string {
  return state.replaceAll('-', ' ');
}
