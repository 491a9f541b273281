import { mailsSent } from '../approvals/records.ts';
import { readStages } from '../approvals/stage-store.ts';
import { mailsProblem, plannedMails } from '../executions/budget.ts';
import { skillNamed } from '../executions/context.ts';
import type { Runtime } from '../runtime.ts';
import { HandoffOverBudget } from './errors.ts';
import type { HandoffFile } from './file.ts';
import type { HandoffMail, OpenHandoff } from './handoff.ts';

/** What a person of a wait is mailed at most without asking for it: the link, a reminder, and that nothing is asked any more. */
const MAILS_OF_SEAT = 3;

/** The mail that tells the requester the outcome is kept free. */
const OUTCOME_MAILS = 1;

/**
 * Holds what a handoff's first wait and the approvals before it can cause against the budget of its skill. What comes later nobody
 * knows beforehand; it is counted as it is sent.
 * @throws HandoffOverBudget
 */
export function requireMailBudget({ skill, case: { result } }: HandoffFile, handoff: OpenHandoff): void {
  const problem = mailsProblem(skill, plannedMails(result.plan) + handoff.seats.length * MAILS_OF_SEAT);
  if (problem === undefined) return;
  throw new HandoffOverBudget(problem.message, [
    { ...problem, pointer: '', mend: 'Hand over to fewer people, or to a team that shares an address.' },
  ]);
}

/** Whether the mails that were sent for an execution, approvals and handoff together, have used up the budget of its skill. */
async function isUsedUp(runtime: Runtime, { executionId, skill, mailsSent: sent }: OpenHandoff): Promise<boolean> {
  const { mails } = skillNamed(runtime.skills, skill).budget;
  return mailsSent(await readStages(runtime, executionId)) + sent + OUTCOME_MAILS >= mails;
}

/**
 * Whether a mail stays unsent because the budget is used up. What waits stands in its team's queue all the same, and its clock runs.
 * Oversight is asked beyond the budget too: where a clock leads to it, somebody has to hear of it. So is who asks for a fresh link,
 * which has a cap of its own.
 */
export async function isOverBudget(runtime: Runtime, handoff: OpenHandoff, { kind }: HandoffMail): Promise<boolean> {
  if (kind === 'fresh-link' || (kind === 'ask' && handoff.wait?.part === 'oversight')) return false;
  return isUsedUp(runtime, handoff);
}
