import type { ApprovalView } from '../../lib/pages/approval-page.ts';
import type { CodeNotice, CodeView } from '../../lib/pages/code-page.ts';
import type { DecisionView } from '../../lib/pages/decision-page.ts';
import type { ExecutionView } from '../../lib/pages/execution-page.ts';
import type { LinkState, LinkStateView } from '../../lib/pages/link-state-page.ts';
import type { MailView } from '../../lib/pages/mails/mail.ts';
import type { RequestProblem } from '../../lib/pages/request-problem-page.ts';
import type { StatusView } from '../../lib/pages/status-page.ts';
import type { RequestView, SeatHolder, SeatView } from '../../lib/pages/views.ts';
import type { ZonedTime } from '../../lib/pages/zoned-time.ts';

/** View models of one realistic story, for tests and for pictures of the pages. */

const berlin = (instant: string): ZonedTime => ({ instant, timeZone: 'Europe/Berlin' });
const utc = (instant: string): ZonedTime => ({ instant, timeZone: 'UTC' });
const digest = (letter: string): string => `sha256:${letter.repeat(64)}`;

export const request: RequestView = {
  executionId: 'x-2026-11-20-7f3k9m2q',
  kind: 'Discount',
  accountName: 'Nordlicht Logistik GmbH',
  requesterName: 'Ines Albrecht',
};

export const delegatedSeat: SeatHolder = { approverName: 'Tomasz Wieczorek', principalName: 'Helena Brandt' };

/** A delegate decides for the head of sales: two of three must approve, three terms go beyond policy. */
export const approval: ApprovalView = {
  executionId: request.executionId,
  kind: 'approval',
  skillTitle: 'Human approval routing',
  terms: {
    schema: 'countersign/terms/1',
    kind: request.kind,
    accountName: request.accountName,
    requesterName: request.requesterName,
    summary: 'A three-year renewal with a discount and payment days beyond what the policy grants on its own.',
    lines: [
      { label: 'Discount', value: '22.5 %', policy: 'up to 15 % in this segment', differs: true },
      { label: 'Payment days', value: '60 days', policy: 'up to 30 days', differs: true },
      { label: 'Margin after discount', value: '41.2 %', policy: 'at least 45 %', differs: true },
      { label: 'Contract value', value: '186,000.00 EUR', differs: false },
      { label: 'Term', value: '36 months', differs: false },
      { label: 'Fleet platform, 120 vehicles', value: '148,800.00 EUR', differs: false },
      { label: 'Onboarding, 12 days', value: '37,200.00 EUR', differs: false },
    ],
    justification:
      'Nordlicht consolidates three depots and would move all of them to us. Their current supplier offered 20 %.\n\nThe longer payment time mirrors what their own customers give them; they have never paid late.',
  },
  stage: { number: 1, of: 2 },
  level: { name: 'Sales management', required: 2 },
  seat: delegatedSeat,
  otherSeats: [
    {
      approverName: 'Marguerite Okafor',
      standing: 'approved',
      at: berlin('2026-11-20T14:12:00.000Z'),
      comment: 'Fine with me, the depots are worth it.',
    },
    { approverName: 'Søren Lindqvist', standing: 'open' },
  ],
  due: berlin('2026-11-24T16:00:00.000Z'),
  assurance: 'link',
  risk: {
    score: 46,
    factors: [
      { points: 30, message: 'The discount is 7.5 percentage points beyond policy.' },
      { points: 12, message: 'The margin after discount is below the floor of the segment.' },
      { points: 8, message: 'Payment is asked for 30 days later than usual.' },
      { points: -4, message: 'The account has a low risk of churn.' },
    ],
  },
  because: [
    'A discount above 15 % in the mid-market segment is decided by sales management.',
    'Payment beyond 30 days needs two of three managers.',
  ],
  next: 'Finance decides (stage 2 of 2); then the discount is published.',
  form: { action: '/approve/k3v9', nonce: 'n-5f0b2c7e9a' },
};

/** The same page after a rejection without a reason was posted. */
export const approvalWithErrors: ApprovalView = {
  ...approval,
  form: {
    ...approval.form,
    fieldErrors: { comment: 'Write the reason for the rejection: the requester reads it.' },
    values: { choice: 'reject', comment: '' },
  },
};

/** A request that comes again after it was sent back for changes. */
export const reapproval: ApprovalView = {
  ...approval,
  seat: { approverName: 'Søren Lindqvist' },
  otherSeats: [
    { approverName: 'Marguerite Okafor', standing: 'open' },
    { approverName: 'Tomasz Wieczorek', principalName: 'Helena Brandt', standing: 'open' },
  ],
  earlier: {
    executionId: 'x-2026-11-18-2b6n8q4d',
    wishes: [{ by: 'Marguerite Okafor', comment: 'Less discount, and no exit clause.' }],
    changes: [
      { label: 'Discount', before: '25 %', after: '22.5 %' },
      { label: 'Payment days', before: '30 days', after: '60 days' },
      { label: 'Exit clause', before: 'after 12 months' },
    ],
  },
};

/** An execution that the determinism check escalated. */
export const oversight: ApprovalView = {
  ...approval,
  kind: 'oversight',
  level: { name: 'Operations on call', required: 1 },
  seat: { approverName: 'Rana Haddad' },
  otherSeats: [],
  because: ['The determinism check failed: two runs on the same input gave different digests.'],
  next: 'Nothing is published either way; a re-run passes every gate anew.',
};

/** As much as a large but real request brings: every part of the page is full. */
export const fullApproval: ApprovalView = {
  ...reapproval,
  seat: delegatedSeat,
  terms: {
    ...approval.terms,
    lines: [
      ...approval.terms.lines,
      ...Array.from({ length: 11 }, (_, at) => ({
        label: `Line item ${at + 1}: regional telematics package`,
        value: `${at + 2},400.00 EUR at 18.5 % discount, 36 months`,
        ...(at % 3 === 0 && { policy: 'up to 15 % discount on this item' }),
        differs: at % 3 === 0,
      })),
    ],
    justification: 'Nordlicht consolidates three depots and moves all of them to us within the year. '
      .repeat(12)
      .trim(),
  },
  otherSeats: [
    ...approval.otherSeats,
    { approverName: 'Chidinma Eze', principalName: 'Oluwaseun Adeyemi-Bakare', standing: 'open', escalated: true },
    { approverName: 'Bartholomäus Freiherr von Hohenfels', standing: 'missed', at: berlin('2026-11-23T16:00:00.000Z') },
  ],
  risk: { score: 58, factors: [...approval.risk.factors, ...approval.risk.factors.slice(0, 2)] },
  because: [...approval.because, 'A renewal of more than 24 months is seen by the regional head.'],
  form: {
    ...approval.form,
    fieldErrors: { comment: 'Write the reason for the rejection: the requester reads it.' },
    values: { choice: 'reject', comment: 'The margin is '.repeat(10) },
  },
};

/** The approval page of a level that asks for a code besides the link. */
export const approvalWithCode: ApprovalView = { ...approval, assurance: 'mail-code' };

const codeUntil = berlin('2026-11-23T09:51:00.000Z');

export const codeNotices: readonly CodeNotice[] = [
  { notice: 'mailed', until: codeUntil },
  { notice: 'still-works', until: codeUntil },
  { notice: 'wrong', attemptsLeft: 4, until: codeUntil },
  { notice: 'wrong', attemptsLeft: 0, until: codeUntil },
  { notice: 'unreadable' },
  { notice: 'none' },
  { notice: 'not-mailed' },
  { notice: 'capped', from: berlin('2026-11-23T10:41:00.000Z') },
  { notice: 'capped', from: berlin('2026-11-23T10:41:00.000Z'), until: codeUntil },
];

/** The page that asks for the code, in every state of the code. */
export const codeViews: readonly CodeView[] = codeNotices.map((code) => ({
  request,
  levelName: approval.level.name,
  seat: delegatedSeat,
  maskedAddress: 't•••@example.com',
  code,
  form: {
    ...approval.form,
    choice: 'request-changes',
    comment: 'Shorten the payment time.\n45 days would do.',
  },
}));

export const decision: DecisionView = {
  request,
  alreadyRecorded: false,
  decision: {
    ...delegatedSeat,
    choice: 'approve',
    comment: 'Agreed, as long as the term stays at 36 months.',
    at: berlin('2026-11-23T09:41:00.000Z'),
    assurance: 'link',
    termsDigest: digest('4'),
  },
  counts: true,
  level: {
    name: 'Sales management',
    required: 2,
    result: 'approved',
    otherSeats: [approval.otherSeats[0]!, { approverName: 'Søren Lindqvist', standing: 'closed' }],
  },
  next: 'Finance is asked now (stage 2 of 2) and has until Thursday. Ines Albrecht is mailed the outcome.',
};

export const decisionAgain: DecisionView = { ...decision, alreadyRecorded: true };

const maskedAddress = 't•••@example.com';
const at = berlin('2026-11-23T09:41:00.000Z');

const settledSeats: readonly SeatView[] = [
  approval.otherSeats[0]!,
  { ...delegatedSeat, standing: 'approved', at },
  { approverName: 'Søren Lindqvist', standing: 'closed' },
];

export const linkStates: readonly LinkState[] = [
  { state: 'level-done', levelName: 'Sales management', result: 'approved', seats: settledSeats },
  { state: 'superseded', mailedAt: at, maskedAddress },
  { state: 'expired', maskedAddress, due: approval.due, form: approval.form },
  { state: 'fresh-link-cap', maskedAddress, due: approval.due },
  { state: 'fresh-link-mailed', maskedAddress },
  { state: 'withdrawn', by: 'Ines Albrecht', at, reason: 'The customer postponed to spring.' },
  { state: 'terms-changed', at, askedAgain: true },
  { state: 'not-eligible', reason: 'Since Monday you report to the requester, so you may not decide this request.' },
  { state: 'decided-by-other', by: delegatedSeat, choice: 'approve', at },
  { state: 'ended', outcome: 'expired', at },
];

export const linkStateViews: readonly LinkStateView[] = linkStates.map((link) => ({ request, link }));

export const requestProblems: readonly RequestProblem[] = [
  'missing-choice',
  'stale-nonce',
  'missing-cookie',
  'cross-site',
  'too-large',
  'unreadable',
  'too-many',
  'busy',
];

const task = (next: string): object => ({
  Type: 'Task',
  Resource: 'arn:aws:states:::lambda:invoke',
  Catch: [{ ErrorEquals: ['States.ALL'], Next: 'Recover' }],
  Next: next,
});

const waiting = (next: string): object => ({
  ...task(next),
  Resource: 'arn:aws:states:::lambda:invoke.waitForTaskToken',
});

/** The state machine of a skill, without what the drawing does not show. */
export const definition = {
  StartAt: 'Preflight',
  States: {
    Preflight: task('Execute'),
    Execute: task('Verify'),
    Verify: task('Verdict'),
    Verdict: {
      Type: 'Choice',
      Choices: [
        { Variable: '$.verdict', StringEquals: 'publish', Next: 'Publish' },
        { Variable: '$.verdict', StringEquals: 'approve', Next: 'RequestApproval' },
        { Variable: '$.verdict', StringEquals: 'escalate', Next: 'RequestOversight' },
      ],
      Default: 'Block',
    },
    Block: task('Blocked'),
    RequestOversight: waiting('Block'),
    Recover: { Type: 'Task', Resource: 'arn:aws:states:::lambda:invoke', Next: 'Failed' },
    RequestApproval: {
      ...waiting('StageVerdict'),
      Catch: [
        { ErrorEquals: ['States.Timeout'], Next: 'Escalate' },
        { ErrorEquals: ['States.ALL'], Next: 'Recover' },
      ],
    },
    StageVerdict: {
      Type: 'Choice',
      Choices: [
        { Variable: '$.verdict', StringEquals: 'next-stage', Next: 'RequestApproval' },
        { Variable: '$.verdict', StringEquals: 'reopen', Next: 'RequestApproval' },
        { Variable: '$.verdict', StringEquals: 'approved', Next: 'Publish' },
      ],
      Default: 'Conclude',
    },
    Escalate: task('StageVerdict'),
    Conclude: task('Concluded'),
    Concluded: { Type: 'Succeed' },
    Publish: task('Published'),
    Published: { Type: 'Succeed' },
    Failed: { Type: 'Fail' },
    Blocked: { Type: 'Succeed' },
  },
};

const seen = (instant: string): ZonedTime => utc(`2026-11-${instant}:00.000Z`);

export const execution: ExecutionView = {
  request,
  skillTitle: 'Human approval routing',
  accountId: 'nordlicht-logistik',
  status: 'waiting',
  startedAt: seen('20T13:02'),
  definition,
  visited: ['Preflight', 'Execute', 'Verify', 'Verdict', 'RequestApproval', 'StageVerdict', 'RequestApproval'],
  current: 'RequestApproval',
  podRounds: [{ round: 1, pods: 8, solvedAt: seen('20T13:03') }],
  stages: [
    {
      stage: 1,
      round: 1,
      levels: [
        {
          name: 'Sales management',
          required: 2,
          result: 'approved',
          due: utc('2026-11-24T16:00:00.000Z'),
          seats: [
            { approverName: 'Marguerite Okafor', standing: 'approved', at: seen('20T14:12') },
            { ...delegatedSeat, standing: 'approved', at: seen('23T09:41') },
            { approverName: 'Søren Lindqvist', standing: 'closed', at: seen('23T09:41') },
          ],
        },
      ],
    },
    {
      stage: 2,
      round: 1,
      levels: [
        {
          name: 'Finance',
          required: 1,
          result: 'open',
          due: seen('26T16:00'),
          seats: [
            { approverName: 'Ingrid Sandoval', standing: 'open' },
            { approverName: 'Jae-won Moon', standing: 'open' },
          ],
        },
        {
          name: 'Legal',
          required: 1,
          result: 'approved',
          due: seen('26T16:00'),
          seats: [
            {
              approverName: 'Catalina Ruiz',
              standing: 'approved',
              at: seen('23T11:05'),
              comment: 'Clauses are standard.',
            },
          ],
        },
      ],
    },
  ],
  offered: {
    handoff: 'h-2026-1187',
    contract: 'Incident to tier 2 1.2.0',
    sender: 'Tier 1',
    receiver: 'Tier 2',
    state: 'in-delivery',
    waits: {
      title: 'Deliver what was found',
      party: 'tier-2',
      people: ['Ingrid Sandoval', 'Jae-won Moon'],
      clock: 'delivery',
      due: seen('26T16:00'),
    },
  },
  trace: [
    { id: 'discount-mid-market', met: true, because: 'The discount of 2250 bp is above 1500 bp.' },
    { id: 'payment-days', met: true, because: 'The payment time of 60 days is above 30 days.' },
    { id: 'auto-approve-small', met: false, because: 'The discount of 2250 bp is not at most 500 bp.' },
    { id: 'deny-churned', met: false, because: 'The account has no notice of termination.' },
  ],
  risk: approval.risk,
  gates: [
    { gate: 'schema-contract-check', result: 'pass' },
    { gate: 'determinism-check', result: 'pass' },
    { gate: 'policy-approval-check', result: 'not-reached' },
  ],
  outputs: [
    { name: 'primary_artifact_bundle', digest: digest('a') },
    { name: 'execution_scorecard', digest: digest('b') },
    { name: 'handoff_packet', digest: digest('c') },
  ],
  events: [
    { seq: 1, at: seen('20T13:02'), type: 'ExecutionStarted', actor: 'Ines Albrecht', digest: digest('1') },
    { seq: 2, at: seen('20T13:02'), type: 'StageOpened', actor: 'approval desk', digest: digest('2') },
    { seq: 3, at: seen('20T14:12'), type: 'DecisionRecorded', actor: 'Marguerite Okafor', digest: digest('3') },
    { seq: 4, at: seen('23T09:41'), type: 'DecisionRecorded', actor: 'Tomasz Wieczorek', digest: digest('4') },
    { seq: 5, at: seen('23T09:41'), type: 'StageOpened', actor: 'approval desk', digest: digest('5') },
  ],
  evidenceHref: '/executions/x-2026-11-20-7f3k9m2q/evidence',
};

export const status: StatusView = {
  environment: 'local',
  now: utc('2026-11-23T11:20:00.000Z'),
  executions: [
    {
      executionId: 'x-2026-11-20-7f3k9m2q',
      skillTitle: 'Human approval routing',
      kind: 'Discount',
      accountId: 'nordlicht-logistik',
      status: 'waiting',
      waitsFor: { names: ['Ingrid Sandoval', 'Jae-won Moon'], until: seen('26T16:00') },
      startedAt: seen('20T13:02'),
    },
    {
      executionId: 'x-2026-11-20-5b2n8t4r',
      skillTitle: 'Handoff contracting',
      kind: 'Handoff',
      accountId: 't-2026-0931',
      status: 'waiting',
      waitsForParty: { party: 'tier-2', state: 'in-delivery', due: seen('26T16:00') },
      startedAt: seen('20T12:10'),
    },
    {
      executionId: 'x-2026-11-20-1c8w4d0p',
      skillTitle: 'Human approval routing',
      kind: 'Credit',
      accountId: 'harbour-and-hill',
      status: 'succeeded',
      outcome: 'published',
      startedAt: seen('20T09:30'),
    },
    {
      executionId: 'x-2026-11-19-9z2r6t5b',
      skillTitle: 'Human approval routing',
      kind: 'Non-standard terms',
      accountId: 'quarry-works',
      status: 'succeeded',
      outcome: 'rejected',
      startedAt: seen('19T15:44'),
    },
    {
      executionId: 'x-2026-11-19-3h7j1k8v',
      skillTitle: 'Human approval routing',
      kind: 'Renewal concession',
      accountId: 'atelier-mizu',
      status: 'failed',
      outcome: 'rolled-back',
      startedAt: seen('19T08:05'),
    },
  ],
  counts: [
    { state: 'Waiting', count: 1 },
    { state: 'Running', count: 0 },
    { state: 'Done', count: 42 },
    { state: 'Failed', count: 1 },
  ],
  flags: { ageSeconds: 35, digest: digest('f') },
  skills: [
    {
      name: 'human-approval-routing-for-sales-and-client-success',
      title: 'Human approval routing',
      posture: 'normal',
      flag: 'on',
      flagName: 'skill_01668_human-approval-routing',
    },
  ],
};

const seatMail = {
  request,
  summary: approval.terms.summary,
  seat: delegatedSeat,
  levelName: approval.level.name,
  due: approval.due,
  link: 'https://approve.example.com/approve/k3v9.Zm9yZXZlcnlvdW5n',
};

export const codeMail: MailView = {
  mail: 'code',
  request,
  approverName: delegatedSeat.approverName,
  code: '042917',
  until: codeUntil,
};

/** The mails that name the request in their subject: all but the one that shows on a locked screen. */
export const mails: readonly MailView[] = [
  {
    ...seatMail,
    mail: 'approval-request',
    beyondPolicy: ['Discount', 'Payment days', 'Margin after discount'],
    unverified: 0,
    required: 2,
    seats: 3,
    comesAgain: true,
  },
  { ...seatMail, mail: 'reminder', number: 1, replacesEarlierLink: true },
  {
    ...seatMail,
    mail: 'escalation',
    missedBy: ['Helena Brandt', 'Søren Lindqvist'],
    missedAt: berlin('2026-11-23T16:00:00.000Z'),
  },
  { ...seatMail, mail: 'fresh-link' },
  { ...seatMail, mail: 'oversight', gate: 'determinism-check', reasons: oversight.because },
  {
    mail: 'link-closed',
    request,
    seat: { approverName: 'Søren Lindqvist' },
    levelName: approval.level.name,
    because: 'approved',
    by: ['Marguerite Okafor', 'Tomasz Wieczorek'],
    at,
  },
  ...(
    [
      'published',
      'rejected',
      'changes-requested',
      'withdrawn',
      'expired',
      'blocked',
      'needs-scoping',
      'rolled-back',
    ] as const
  ).map((outcome) => ({
    mail: 'outcome' as const,
    request,
    outcome,
    at,
    by: outcome === 'rejected' ? ['Marguerite Okafor'] : [],
    ...((outcome === 'rejected' || outcome === 'changes-requested') && {
      reason: 'The margin is too thin for three years.\nTwo years would do.',
    }),
    problems:
      outcome === 'blocked'
        ? [
            {
              pointer: '/input/discount',
              code: 'denied-by-policy',
              message: 'The policy denies discounts to accounts under notice.',
              mend: 'Settle the notice first.',
            },
          ]
        : [],
    statusUrl: 'https://countersign.example.com/status/x-2026-11-20-7f3k9m2q',
  })),
];
