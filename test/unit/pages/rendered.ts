import { renderApprovalPage } from '../../../lib/pages/approval-page.ts';
import { renderCodePage } from '../../../lib/pages/code-page.ts';
import { renderDecisionRecorded } from '../../../lib/pages/decision-page.ts';
import { renderExecutionPage } from '../../../lib/pages/execution-page.ts';
import { renderLinkState, renderUnknownLink } from '../../../lib/pages/link-state-page.ts';
import { renderMail } from '../../../lib/pages/mails/render-mail.ts';
import { renderRequestProblem } from '../../../lib/pages/request-problem-page.ts';
import { renderStatusPage } from '../../../lib/pages/status-page.ts';
import * as views from '../../pages/fixtures.ts';

/** A page or mail of the fixtures, and how to render it from texts of somebody else. */
export interface Rendered {
  readonly name: string;
  readonly render: (change: <T>(view: T) => T) => string;
}

const approvals = {
  approval: views.approval,
  approvalWithErrors: views.approvalWithErrors,
  reapproval: views.reapproval,
  oversight: views.oversight,
  fullApproval: views.fullApproval,
  approvalWithCode: views.approvalWithCode,
};

/** The pages of people who decide. */
export const approvalPages: readonly Rendered[] = Object.entries(approvals).map(([name, view]) => ({
  name,
  render: (change) => renderApprovalPage(change(view)),
}));

/** The page that asks for a mailed code, in each state of the code. */
export const codePages: readonly Rendered[] = views.codeViews.map((view, at) => ({
  name: `code ${at + 1} ${view.code.notice}`,
  render: (change) => renderCodePage(change(view)),
}));

/** Every page that Countersign serves. */
export const pages: readonly Rendered[] = [
  ...approvalPages,
  ...codePages,
  { name: 'decision', render: (change) => renderDecisionRecorded(change(views.decision)) },
  {
    name: 'decisionAgain',
    render: (change) => renderDecisionRecorded(change({ ...views.decisionAgain, counts: false })),
  },
  ...views.linkStateViews.map((view) => ({
    name: `link ${view.link.state}`,
    render: (change: <T>(view: T) => T) => renderLinkState(change(view)),
  })),
  { name: 'unknown link', render: () => renderUnknownLink() },
  ...views.requestProblems.map((problem) => ({
    name: `problem ${problem}`,
    render: () => renderRequestProblem({ problem, retry: '/approve/k3v9' }),
  })),
  { name: 'status', render: (change) => renderStatusPage(change({ ...views.status, nextPage: '/status?page=2' })) },
  {
    name: 'status empty',
    render: (change) =>
      renderStatusPage(change({ ...views.status, executions: [], counts: [], flags: 'none' as const })),
  },
  { name: 'execution', render: (change) => renderExecutionPage(change(views.execution)) },
];

/** The HTML part of every mail. */
export const mailsAsHtml: readonly Rendered[] = [...views.mails, views.codeMail].map((view) => ({
  name: `mail ${view.mail}${view.mail === 'outcome' ? ` ${view.outcome}` : ''}`,
  render: (change) => renderMail(change(view)).html,
}));
