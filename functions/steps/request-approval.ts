import { parseWith } from '../../lib/core/zod-problems.ts';
import { openStage } from '../../lib/platform/approvals/open-stage.ts';
import { waitingTask } from '../../lib/platform/contracts/flow.ts';
import { runtime } from '../runtime.ts';

/** RequestApproval: opens a stage and mails its approvers; the task token ends the wait when the stage is settled. */
export async function handler(event: unknown): Promise<void> {
  await openStage(await runtime(), parseWith(waitingTask, event, 'The waiting task'));
}
