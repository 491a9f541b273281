import { renderApprovalPage } from '../../../lib/pages/approval-page.ts';
import { renderCodePage } from '../../../lib/pages/code-page.ts';
import { renderDecisionRecorded } from '../../../lib/pages/decision-page.ts';
import { renderExecutionPage } from '../../../lib/pages/execution-page.ts';
import { renderHandoffPage } from '../../../lib/pages/handoff-page.ts';
import { renderHandoffState } from '../../../lib/pages/handoff-state-page.ts';
import { renderLinkState, renderUnknownLink } from '../../../lib/pages/link-state-page.ts';
import { renderHandoffMail } from '../../../lib/pages/mails/handoff-mails.ts';
import { renderMail } from '../../../lib/pages/mails/render-mail.ts';
import { renderQueuePage, renderQueuesPage } from '../../../lib/pages/queue-page.ts';
import { renderRequestProblem } from '../../../lib/pages/request-problem-page.ts';
import { renderStatusPage } from '../../../lib/pages/status-page.ts';
import * as views from '../../pages/fixtures.ts';
import * as handoffs from '../../pages/handoff-fixtures.ts';

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

/** The pages of people whom a handoff waits for. */
export const handoffPages: readonly Rendered[] = [
  ...Object.entries({
    handoff: handoffs.handoffPage,
    handoffWithErrors: handoffs.handoffPageWithErrors,
    handoffWithoutChoice: handoffs.handoffPageWithoutChoice,
  }).map(([name, view]) => ({
    name,
    render: (change: <T>(view: T) => T) => renderHandoffPage(change(view)),
  })),
  ...handoffs.handoffStates.map((view, at) => ({
    name: `handoff link ${at + 1} ${view.link.state}`,
    render: (change: <T>(view: T) => T) => renderHandoffState(change(view)),
  })),
];

/** Every page that Countersign serves. */
export const pages: readonly Rendered[] = [
  ...approvalPages,
  ...codePages,
  ...handoffPages,
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
  { name: 'queue', render: (change) => renderQueuePage(change(handoffs.queue)) },
  { name: 'queue empty', render: (change) => renderQueuePage(change({ ...handoffs.queue, rows: [], more: false })) },
  { name: 'queues', render: (change) => renderQueuesPage(change(handoffs.queues)) },
  { name: 'queues empty', render: (change) => renderQueuesPage(change({ ...handoffs.queues, queues: [] })) },
];

/** The HTML part of every mail. */
export const mailsAsHtml: readonly Rendered[] = [...views.mails, views.codeMail].map((view) => ({
  name: `mail ${view.mail}${view.mail === 'outcome' ? ` ${view.outcome}` : ''}`,
  render: (change) => renderMail(change(view)).html,
}));

/** The HTML part of every mail about a handoff. */
export const handoffMailsAsHtml: readonly Rendered[] = handoffs.handoffMails.map((view) => ({
  name: `mail handoff ${view.mail}`,
  render: (change) => renderHandoffMail(change(view)).html,
}));
