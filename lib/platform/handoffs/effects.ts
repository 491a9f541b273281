import { type Instant, secondsUntil } from '../../core/instant.ts';
import { markRunning } from '../approvals/signal.ts';
import { appendAudit } from '../audit/append.ts';
import type { FlowState } from '../contracts/flow.ts';
import { log } from '../log.ts';
import type { Runtime } from '../runtime.ts';
import { hasEnded, type OpenHandoff } from './handoff.ts';
import { changeHandoff } from './handoff-store.ts';
import { sendHandoffMails } from './send-mails.ts';

/** Step Functions' longest timeout. */
const LONGEST_TIMEOUT_SECONDS = 99_999_999;

/**
 * What a handoff means for its execution now: another wait, with the timeout counted from now, or its end. Whether an end is
 * published is the handoff's own outcome; Publish and Conclude read it from there.
 */
export function flowOf(handoff: OpenHandoff, now: Instant): FlowState {
  const { executionId, skill, wait, end, number } = handoff;
  if (wait === undefined)
    return { executionId, skill, verdict: end?.outcome === 'published' ? 'handed-over' : 'handoff-ended' };
  const timeoutSeconds = Math.min(Math.max(1, secondsUntil(now, wait.dueAt)), LONGEST_TIMEOUT_SECONDS);
  return { executionId, skill, verdict: 'await-handoff', wait: { number, timeoutSeconds } };
}

/** The handoff without the task that held it: it has its signal, or does not wait any more. */
export function withoutTask(handoff: OpenHandoff, signal: 'accepted' | 'gone'): OpenHandoff {
  const { task: _used, ...rest } = handoff;
  return { ...rest, signal };
}

/**
 * Delivers the signal that a handoff owes to the task that waited. Safe to repeat: the state machine takes a token once. A token
 * that nobody waits for any more is given up; the task that comes next, or HandoffOverdue, reads where the handoff stands.
 * @returns the handoff afterwards; its signal is still pending when there is no task yet.
 */
export async function deliverHandoffSignal(runtime: Runtime, handoff: OpenHandoff): Promise<OpenHandoff> {
  const { executionId, task, signal } = handoff;
  if (signal !== 'pending' || task === undefined) return handoff;
  await markRunning(runtime, executionId);
  const taken = await runtime.states.succeedTask(task.token, flowOf(handoff, runtime.clock.now()));
  return changeHandoff(runtime, executionId, (current) =>
    // A newer token has its own signal to get.
    current.task?.token === task.token && current.signal === 'pending' ? withoutTask(current, taken) : undefined,
  );
}

/**
 * Carries out what a handoff owes after it was written: its signal, its mails, its events. What fails here stays owed and the
 * sweeper finishes it, so no failure of mail or audit ever fails the step, the person or the system that answered.
 */
export async function carryOutHandoff(runtime: Runtime, handoff: OpenHandoff): Promise<void> {
  const { executionId } = handoff;
  const effects = [
    async () => deliverHandoffSignal(runtime, handoff),
    async () => sendHandoffMails(runtime, executionId),
    async () => appendAudit(runtime, executionId),
  ];
  for (const effect of effects) {
    try {
      await effect();
    } catch (error) {
      log('error', {
        event: 'handoff-effect-postponed',
        executionId,
        ended: hasEnded(handoff),
        error: error instanceof Error ? error.name : 'unknown',
      });
    }
  }
}
