import { standingOf, type TermsLine } from '../../core/approval/terms.ts';
import { type Content, type Markup, markup, words } from '../markup.ts';
import { writeShort, type ZonedTime } from '../zoned-time.ts';

/** What one line of the terms was and is, on a request that comes again. */
export interface TermsChange {
  readonly label: string;
  /** `undefined` when the line is new. */
  readonly before?: string;
  /** `undefined` when the line is gone. */
  readonly after?: string;
}

/** The request that this one takes the place of: it was sent back for changes. */
export interface EarlierRequest {
  readonly executionId: string;
  /** Who asked for changes, and for which. */
  readonly wishes: readonly { readonly by: string; readonly comment: string }[];
  readonly changes: readonly TermsChange[];
  /** Approvals of the earlier request that still count, in whatever level of this one. */
  readonly kept?: readonly KeptApprovalView[];
}

/** An approval that was given to the earlier request, for terms that have not changed for its level. */
export interface KeptApprovalView {
  readonly by: string;
  readonly levelName: string;
  readonly at: ZonedTime;
}

function line(item: TermsLine): Markup {
  const { label, value, policy } = item;
  const standing = standingOf(item);
  const rule = standing !== 'within' && markup` class="differs"`;
  const name = standing === 'doubt' ? `? ${label}` : label;
  const sign = standing === 'beyond' && markup` <em>▲ Beyond policy</em>`;
  // What stands beside a doubt is what the directory knows, and says so itself.
  const beside = policy !== undefined && markup`<small>${standing !== 'doubt' && 'Policy: '}${words(policy)}</small>`;
  return markup`<div${rule}><dt>${name}</dt><dd><b>${value}</b>${sign}${beside}</dd></div>`;
}

/** How many terms policy speaks against; lines that hold a doubt are no terms. */
function countSentence(beyond: number, terms: number): string {
  if (beyond === 0) return 'Every term is within policy.';
  return `${beyond} of ${terms} terms ${beyond === 1 ? 'goes' : 'go'} beyond policy.`;
}

/** How many facts nobody could verify; nothing when there are none. */
function doubtSentence(doubts: number): string {
  if (doubts === 0) return '';
  return doubts === 1 ? ' 1 fact is not verified.' : ` ${doubts} facts are not verified.`;
}

/** The terms: those beyond policy first, then the doubts, each marked by a sign, words and a rule beside it, then the others. */
export function termsSection(lines: readonly TermsLine[]): Markup {
  const standing = (wanted: ReturnType<typeof standingOf>) => lines.filter((item) => standingOf(item) === wanted);
  const [beyond, doubts, within] = [standing('beyond'), standing('doubt'), standing('within')];
  const count = `${countSentence(beyond.length, beyond.length + within.length)}${doubtSentence(doubts.length)}`;
  return markup`<section class="terms"><h2>What is asked</h2><p class="count">${count}</p><dl>${[...beyond, ...doubts, ...within].map(line)}</dl></section>`;
}

/** Which decisions about the earlier request count for this one. */
function keptApprovals(kept: readonly KeptApprovalView[]): Markup {
  return kept.length === 0
    ? markup`<p>None of its decisions counts here.</p>`
    : markup`<p>Of its decisions, only these approvals count here:</p><ul>${kept.map(({ by, levelName, at }) => markup`<li>${words(by)} (${words(levelName)}): already approved on ${writeShort(at)} for unchanged terms</li>`)}</ul>`;
}

/** What changed since the request was sent back; nothing when it was not. */
export function earlierSection(earlier: EarlierRequest | undefined): Markup | false {
  if (earlier === undefined) return false;
  const { executionId, wishes, changes, kept = [] } = earlier;
  const cell = (value: string | undefined): Content => value ?? markup`<i>none</i>`;
  return markup`<section><h2>What changed</h2><p>The earlier request <code>${executionId}</code> was sent back.</p>${keptApprovals(kept)}${wishes.map(({ by, comment }) => markup`<p>${words(by)} asked for: <q>${comment}</q></p>`)}${
    changes.length === 0
      ? markup`<p><b>No term differs from then.</b></p>`
      : markup`<table><thead><tr><th scope="col">Term</th><th scope="col">Before</th><th scope="col">Now</th></tr></thead><tbody>${changes.map((change) => markup`<tr><th scope="row">${change.label}</th><td><del>${cell(change.before)}</del></td><td><ins>${cell(change.after)}</ins></td></tr>`)}</tbody></table>`
  }</section>`;
}
