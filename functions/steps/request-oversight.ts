import { parseWith } from '../../lib/core/zod-problems.ts';
import { openOversight } from '../../lib/platform/approvals/oversight.ts';
import { waitingTask } from '../../lib/platform/contracts/flow.ts';
import { runtime } from '../runtime.ts';

/** RequestOversight: asks oversight about an escalated execution; nothing it answers leads to Publish. */
export async function handler(event: unknown): Promise<void> {
  await openOversight(await runtime(), parseWith(waitingTask, event, 'The waiting task'));
}
