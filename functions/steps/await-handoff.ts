import { openWait } from '../../lib/platform/handoffs/open-wait.ts';
import { waitHandler } from '../step-handler.ts';

/** AwaitHandoff: asks whoever a handoff waits for; the task token ends the wait when somebody has answered. */
export const handler = waitHandler(openWait);
