import { sweepApprovals } from '../../lib/platform/approvals/sweep.ts';
import { sweepExecutions } from '../../lib/platform/executions/sweep.ts';
import { log } from '../../lib/platform/log.ts';
import { runtime } from '../runtime.ts';

/** Every minute: finish what crashes left undone, send reminders that are due, and count what is stuck. */
export async function handler(): Promise<void> {
  const ports = await runtime();
  const at = ports.clock.now();
  const approvals = await sweepApprovals(ports, at);
  const executions = await sweepExecutions(ports, at);
  log(approvals.stuck + approvals.failures + executions.failed > 0 ? 'warn' : 'info', {
    event: 'swept',
    ...approvals,
    ...executions,
  });
}
