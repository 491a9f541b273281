import { appendAudit } from '../audit/append.ts';
import { log } from '../log.ts';
import type { Runtime } from '../runtime.ts';
import { sendStageMails } from './send-mails.ts';
import { deliverSignal } from './signal.ts';
import { isSettled, type Stage } from './stage.ts';

/**
 * Carries out what a stage owes after it was written: its signal, its mails, its events. What fails here stays owed in the
 * stage and the sweeper finishes it, so no failure of mail or audit ever fails the step or the person who decided.
 */
export async function carryOut(runtime: Runtime, stage: Stage): Promise<void> {
  const { executionId } = stage;
  const effects = [
    async () => isSettled(stage) && (await deliverSignal(runtime, stage)),
    async () => sendStageMails(runtime, executionId, stage.stage),
    async () => appendAudit(runtime, executionId),
  ];
  for (const effect of effects) {
    try {
      await effect();
    } catch (error) {
      log('error', {
        event: 'stage-effect-postponed',
        executionId,
        stage: stage.stage,
        error: error instanceof Error ? error.name : 'unknown',
      });
    }
  }
}
