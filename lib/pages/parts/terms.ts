import type { TermsLine } from '../../core/approval/terms.ts';
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
  return markup`<div${item.differs && markup` class="differs"`}><dt>${item.label}</dt><dd><b>${item.value}</b>${item.differs && markup` <em>▲ Beyond policy</em>`}${item.policy !== undefined && markup`<small>Policy: ${words(item.policy)}</small>`}</dd></div>`;
}

/** The terms, those beyond policy first and marked by a sign, a word and a rule beside them. */
export function termsSection(lines: readonly TermsLine[]): Markup {
  const beyond = lines.filter((item) => item.differs);
  const within = lines.filter((item) => !item.differs);
  const count =
    beyond.length === 0
      ? 'Every term is within policy.'
      : `${beyond.length} of ${lines.length} terms ${beyond.length === 1 ? 'goes' : 'go'} beyond policy.`;
  return markup`<section class="terms"><h2>What is asked</h2><p class="count">${count}</p><dl>${[...beyond, ...within].map(line)}</dl></section>`;
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
