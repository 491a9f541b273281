import { openStage } from '../../lib/platform/approvals/open-stage.ts';
import { waitHandler } from '../step-handler.ts';

/** RequestApproval: opens a stage and mails its approvers; the task token ends the wait when the stage is settled. */
export const handler = waitHandler(openStage);
