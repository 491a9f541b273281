import { describe, expect, it } from 'vitest';
import { UNVERIFIED_LABEL } from '../../../lib/core/approval/terms.ts';
import { renderApprovalPage } from '../../../lib/pages/approval-page.ts';
import { renderCodePage } from '../../../lib/pages/code-page.ts';
import { renderDecisionRecorded } from '../../../lib/pages/decision-page.ts';
import { renderExecutionPage } from '../../../lib/pages/execution-page.ts';
import { maskAddress, renderLinkState, renderUnknownLink } from '../../../lib/pages/link-state-page.ts';
import { renderRequestProblem } from '../../../lib/pages/request-problem-page.ts';
import { renderStatusPage } from '../../../lib/pages/status-page.ts';
import { quorumSentence, type SeatStanding } from '../../../lib/pages/vocabulary.ts';
import { writeBrief, writeLong, writeShort, writeZone } from '../../../lib/pages/zoned-time.ts';
import * as views from '../../pages/fixtures.ts';

/** What a reader sees, on one line. */
function textOf(html: string): string {
  return html
    .replace(/<(head|style)>[\s\S]*?<\/\1>/g, ' ')
    .replace(/<[^>]*>/g, ' ')
    .replaceAll('&#39;', "'")
    .replace(/\s+/g, ' ');
}

describe('the approval page', () => {
  const html = renderApprovalPage(views.approval);
  const text = textOf(html);

  it('shows what is asked, by whom, for which account, by when, and what happens after', () => {
    for (const part of [
      'Discount for Nordlicht Logistik GmbH',
      'Asked by Ines Albrecht',
      'Tuesday 24 November 2026, 17:00 Europe/Berlin, UTC+1',
      'You decide for Helena Brandt , who is away',
      'Stage 1 of 2 · Sales management',
      '2 of 3 must approve.',
      'Finance decides (stage 2 of 2)',
      'Risk score: 46 points',
      '+30 The discount is 7.5 percentage points beyond policy.',
      '−4 The account has a low risk of churn.',
      'A discount above 15 % in the mid-market segment is decided by sales management.',
    ])
      expect(text).toContain(part);
  });

  it('tells what is beyond policy from what nobody could verify, in this order, and counts only terms', () => {
    const doubts = ['Unknown to the directory.', 'The churn risk differs.'].map((value) => ({
      label: UNVERIFIED_LABEL,
      value,
      policy: 'directory: 12 %',
      differs: true,
    }));
    const [first, ...others] = views.approval.terms.lines;
    const lines = [doubts[0]!, first!, ...others, doubts[1]!];
    const shown = textOf(renderApprovalPage({ ...views.approval, terms: { ...views.approval.terms, lines } }));
    expect(shown).toContain('3 of 7 terms go beyond policy. 2 facts are not verified.');
    expect(shown.match(/▲ Beyond policy/g)).toHaveLength(3);
    expect(shown).toContain('? Not verified Unknown to the directory. directory: 12 %');
    expect(shown.match(/\? Not verified/g)).toHaveLength(2);
    const within = lines.findLast(({ differs }) => !differs)!;
    const places = [
      shown.lastIndexOf('▲'),
      shown.indexOf('? Not'),
      shown.lastIndexOf('? Not'),
      shown.indexOf(within.label),
    ];
    expect(places).toEqual(places.toSorted((a, b) => a - b));
  });

  it('says of one doubt alone that every term is within policy, and that it is not verified', () => {
    const doubt = { label: UNVERIFIED_LABEL, value: 'Unknown.', differs: true };
    const lines = [{ label: 'Discount', value: '3 %', differs: false }, doubt];
    const shown = textOf(renderApprovalPage({ ...views.approval, terms: { ...views.approval.terms, lines } }));
    expect(shown).toContain('Every term is within policy. 1 fact is not verified.');
    expect(shown).not.toContain('▲ Beyond policy');
  });

  it('marks what differs from policy with a sign and a word, and shows it first', () => {
    expect(text).toContain('3 of 7 terms go beyond policy.');
    expect(text.match(/▲ Beyond policy/g)).toHaveLength(3);
    expect(text).toContain('22.5 % ▲ Beyond policy Policy: up to 15 % in this segment');
    expect(text.indexOf('Margin after discount')).toBeLessThan(text.indexOf('Contract value'));
    const within = { ...views.approval.terms, lines: [{ label: 'Term', value: '12 months', differs: false }] };
    expect(textOf(renderApprovalPage({ ...views.approval, terms: within }))).toContain('Every term is within policy.');
  });

  it('shows what the others of the level decided', () => {
    expect(text).toContain('Marguerite Okafor Approved, Fri 20 Nov 2026, 15:12');
    expect(text).toContain('Søren Lindqvist Not decided yet');
  });

  it('chooses nothing beforehand, not even when a choice comes along without an error', () => {
    expect(html).not.toMatch(/\schecked/);
    const pushed = { ...views.approval.form, values: { choice: 'approve', comment: 'pushed' } as const };
    const page = renderApprovalPage({ ...views.approval, form: pushed });
    expect(page).not.toMatch(/\schecked/);
    expect(page).not.toContain('pushed');
  });

  it('offers approve, reject and request changes; oversight closes or re-runs', () => {
    const choices = (page: string): string[] =>
      [...page.matchAll(/name="choice" value="([^"]+)"/g)].map((at) => at[1] ?? '');
    expect(choices(html)).toEqual(['approve', 'reject', 'request-changes']);
    expect(choices(renderApprovalPage(views.oversight))).toEqual(['close', 're-run']);
  });

  it('says of each choice what it leads to as things stand', () => {
    const effects = (required: number, ...standings: SeatStanding[]): string =>
      textOf(
        renderApprovalPage({
          ...views.approval,
          level: { name: 'Level', required },
          otherSeats: standings.map((standing) => ({ approverName: 'N', standing })),
        }),
      );
    const alone = effects(1);
    expect(alone).toContain('the terms on this page. With it the level is done.');
    expect(alone).toContain('Reject The request ends here.');
    expect(alone).toContain('Request changes It goes back to the requester.');
    const early = effects(2, 'open', 'open');
    expect(early).toContain('the terms on this page. Others still have to approve.');
    expect(early).toContain('Reject The others can still reach the quorum.');
    expect(early).toContain('Request changes The others can still reach the quorum.');
    expect(effects(2, 'rejected', 'approved')).toContain(
      'Request changes It ends as rejected, for somebody else rejected it.',
    );
    expect(effects(2, 'missed', 'open')).toContain('Reject The request ends here.');
  });

  it('keeps what was posted when it comes back with errors, and ties each error to its field', () => {
    const form = {
      ...views.approval.form,
      fieldErrors: { choice: 'Choose one.', comment: 'Say why.' },
      values: { choice: 'reject', comment: '\n kept <b>' } as const,
    };
    const page = renderApprovalPage({ ...views.approval, form });
    expect(page).toContain('<title>Not recorded yet: ');
    expect(page).toMatch(/value="reject"[^>]* checked/);
    // A parser drops the first line feed of a text field, so one is written ahead of the person's own.
    expect(page).toContain('>\n\n kept &lt;b&gt;</textarea>');
    expect(page).toMatch(/<fieldset class="invalid" aria-describedby="choice-error">/);
    expect(page).toMatch(/<textarea[^>]*aria-describedby="comment-hint comment-error" aria-invalid="true"/);
    expect(page).toMatch(/role="alert">.*href="#approve">Choose one\..*href="#comment">Say why\./);
  });

  it('shows who sent an earlier form of the request back, and what changed since', () => {
    const again = textOf(renderApprovalPage(views.reapproval));
    expect(again).toContain('Discount 25 % 22.5 %');
    expect(again).toContain('Exit clause after 12 months none');
    expect(again).toContain('The earlier request x-2026-11-18-2b6n8q4d was sent back.');
    expect(again).toContain('Marguerite Okafor asked for: Less discount, and no exit clause.');
    const { earlier } = views.reapproval;
    const same = renderApprovalPage({ ...views.reapproval, earlier: { ...earlier!, changes: [] } });
    expect(textOf(same)).toContain('No term differs from then.');
    expect(text).not.toContain('sent back');
  });
});

describe('the page that asks for a mailed code', () => {
  const html = views.codeViews.map(renderCodePage);
  const text = html.map(textOf);

  it('shows the answer again, plainly, and says that nothing is recorded', () => {
    for (const page of text) {
      expect(page).toContain('Your answer Request changes');
      expect(page).toContain('Your comment Shorten the payment time. 45 days would do.');
      expect(page).toContain('Tomasz Wieczorek for Helena Brandt');
      expect(page).toContain('Nothing is recorded yet.');
    }
    expect(html.every((page) => page.includes('<title>Not recorded yet: '))).toBe(true);
  });

  it('takes a code only while one works, and offers another only while one can be mailed', () => {
    const offers = html.map((page) => [page.includes('id="code"'), page.includes('name="again"')]);
    expect(offers).toEqual([
      [true, true],
      [true, true],
      [true, true],
      [false, true],
      [true, true],
      [false, true],
      [false, true],
      [false, false],
      [true, false],
    ]);
  });

  it('carries the answer along, and never a code', () => {
    for (const page of html.filter((one) => one.includes('<form'))) {
      expect(page).toContain('name="choice" value="request-changes"');
      expect(page).toContain('name="comment" value="Shorten the payment time.\n45 days would do."');
      expect(page).not.toMatch(/name="code"[^>]*value=/);
    }
  });

  it('says of each state what holds and until when', () => {
    expect(text[0]).toContain('mailed a one-time code to t•••@example.com . It works until Mon 23 Nov 2026, 10:51');
    expect(text[2]).toContain('It allows 4 more attempts.');
    expect(text[3]).toContain('no longer works');
    expect(text[7]).toContain('the next one can be mailed from Mon 23 Nov 2026, 11:41');
    expect(text[8]).toContain('works until Mon 23 Nov 2026, 10:51');
    expect(textOf(renderApprovalPage(views.approvalWithCode))).toContain('Go on: mail me a code');
  });
});

describe('the page after a decision', () => {
  it('tells what is recorded, by whom, when, on which terms, and what comes next', () => {
    const text = textOf(renderDecisionRecorded(views.decision));
    for (const part of [
      'You approved.',
      'Monday 23 November 2026, 10:41 Europe/Berlin',
      'Tomasz Wieczorek for Helena Brandt by your approval link',
      'Agreed, as long as the term stays at 36 months.',
      views.decision.decision.termsDigest,
      'The level is done: it approved.',
      'Finance is asked now',
    ])
      expect(text).toContain(part);
    expect(text).not.toContain('recorded before');
  });

  it('says on later visits that nothing changed, and when the decision no longer counts', () => {
    expect(textOf(renderDecisionRecorded(views.decisionAgain))).toContain('nothing was changed by this visit');
    expect(textOf(renderDecisionRecorded({ ...views.decision, counts: false }))).toContain('It no longer counts');
  });
});

describe('pages of links that open no form', () => {
  it('tell each state apart, and only the expired one offers a form', () => {
    const pages = views.linkStateViews.map((view) => ({ state: view.link.state, html: renderLinkState(view) }));
    expect(new Set(pages.map(({ html }) => html)).size).toBe(pages.length);
    for (const { state, html } of pages) {
      expect(html.includes('<form')).toBe(state === 'expired');
      expect(html).not.toContain('name="choice"');
    }
  });

  it('say by whom a level was settled, and mask the address', () => {
    const text = views.linkStateViews.map((view) => textOf(renderLinkState(view))).join('\n');
    expect(text).toContain('Marguerite Okafor Approved');
    expect(text).toContain('t•••@example.com');
    expect(text).toContain(
      'Tomasz Wieczorek for Helena Brandt approved on Mon 23 Nov 2026, 10:41 (Europe/Berlin, UTC+1)',
    );
  });

  it('answer every unknown link with the same bytes, which name no request', () => {
    expect(renderUnknownLink()).toBe(renderUnknownLink());
    expect(renderUnknownLink()).not.toMatch(/<form|Execution <code>/);
  });

  it('tell after a refused post what to do next', () => {
    for (const problem of views.requestProblems) {
      const html = renderRequestProblem({ problem, retry: '/approve/k3v9' });
      expect(html).toContain('href="/approve/k3v9"');
      expect(textOf(html)).toContain(problem === 'busy' ? 'it tells what is recorded' : 'Nothing was recorded');
    }
    expect(renderRequestProblem({ problem: 'too-many' })).not.toContain('<a ');
  });
});

describe('the pages of operators', () => {
  it('list executions with what they wait for, postures and the age of the flags', () => {
    const html = renderStatusPage(views.status);
    const text = textOf(html);
    expect(html).toContain('href="/status/x-2026-11-20-7f3k9m2q"');
    expect(text).toContain('Ingrid Sandoval , Jae-won Moon until Thu 26 Nov 2026, 16:00');
    expect(text).toContain('Flag snapshot 35 s old');
    expect(text).toContain('● Normal');
    expect(text).toContain('Done 42');
  });

  it('say that nothing is there yet, and that without flags every skill is off', () => {
    const text = textOf(renderStatusPage({ ...views.status, executions: [], flags: 'none' }));
    expect(text).toContain('No execution yet.');
    expect(text).toContain('No flag snapshot: every skill is off.');
  });

  it('show an execution whose state machine is not known, without a drawing', () => {
    const html = renderExecutionPage({ ...views.execution, definition: { StartAt: '', States: {} }, visited: [] });
    expect(html).not.toMatch(/class="graph"|NaN|Infinity/);
    expect(textOf(html)).toContain('No state was entered yet.');
  });

  it('show an execution with its path, decisions, reasons, outputs and audit chain', () => {
    const html = renderExecutionPage(views.execution);
    const text = textOf(html);
    for (const part of [
      'RequestApproval (now)',
      'Tomasz Wieczorek for Helena Brandt Approved',
      'auto-approve-small – No The discount of 2250 bp is not at most 500 bp.',
      `handoff_packet sha256:${'c'.repeat(64)}`,
      'policy-approval-check – Not reached',
      'DecisionRecorded Marguerite Okafor',
    ])
      expect(text).toContain(part);
    expect(html).not.toMatch(/token/i);
  });
});

describe('words for people', () => {
  it('write times in the zone of the reader, across daylight saving', () => {
    const at = (instant: string, timeZone: string) => ({ instant, timeZone });
    expect(writeLong(at('2026-03-29T00:59:00.000Z', 'Europe/Berlin'))).toBe('Sunday 29 March 2026, 01:59');
    expect(writeLong(at('2026-03-29T01:00:00.000Z', 'Europe/Berlin'))).toBe('Sunday 29 March 2026, 03:00');
    expect(writeShort(at('2026-11-01T05:30:00.000Z', 'America/New_York'))).toBe('Sun 1 Nov 2026, 01:30');
    expect(writeZone(at('2026-11-01T05:30:00.000Z', 'America/New_York'))).toBe('America/New York, UTC-4');
    expect(writeZone(at('2026-11-01T06:30:00.000Z', 'America/New_York'))).toBe('America/New York, UTC-5');
    expect(writeZone(at('2026-11-01T06:30:00.000Z', 'Asia/Kolkata'))).toBe('Asia/Kolkata, UTC+5:30');
    expect(writeBrief(at('2026-11-24T18:30:00.000Z', 'Asia/Kolkata'))).toBe('Wed 25 Nov, 00:00');
    expect(writeZone(at('2026-11-01T06:30:00.000Z', 'UTC'))).toBe('UTC');
    expect(() => writeLong(at('2026-11-01T06:30:00.000Z', 'Mars/Olympus'))).toThrow(RangeError);
  });

  it('say how many must approve', () => {
    expect(quorumSentence(1, 1)).toBe('One person decides.');
    expect(quorumSentence(1, 3)).toBe('1 of 3 must approve: any one of them.');
    expect(quorumSentence(2, 3)).toBe('2 of 3 must approve.');
    expect(quorumSentence(2, 2)).toBe('Both of 2 must approve.');
    expect(quorumSentence(4, 4)).toBe('All 4 must approve.');
  });

  it('mask addresses', () => {
    expect(maskAddress('grace@example.com')).toBe('g•••@example.com');
    expect(maskAddress('"a@b"@example.com')).toBe('"•••@example.com');
    expect(maskAddress('@example.com')).toBe('•••');
    expect(maskAddress('nonsense')).toBe('•••');
  });
});
