import type { Instant } from '../../core/instant.ts';
import { sweepApprovals } from '../approvals/sweep.ts';
import { keepCensus, takeCensus } from '../executions/census.ts';
import { reconcileExecutions } from '../executions/reconcile.ts';
import { reapSlots } from '../executions/slots.ts';
import { sweepExecutions } from '../executions/sweep.ts';
import { sweepHandoffs } from '../handoffs/sweep.ts';
import { log } from '../log.ts';
import { measure } from '../metrics.ts';
import { sweepPostures } from '../posture/sweep.ts';
import { restoreReleases } from '../publisher/restore.ts';
import type { Runtime } from '../runtime.ts';
import { handleFailedMails } from './failed-mails.ts';
import { figuresOf, measurePostures, readFigures } from './figures.ts';

/** Runs one part of a sweep; when it breaks off, the others go on and the failure counts. */
async function part<T extends object>(name: string, work: () => Promise<T>): Promise<T | undefined> {
  try {
    return await work();
  } catch (error) {
    log('error', { event: 'sweep-part-failed', part: name, error: error instanceof Error ? error.name : 'unknown' });
    return undefined;
  }
}

/**
 * One round of looking after everything: finishes what crashes left undone, sends what is owed, ends what nothing will move
 * any more, acts on mails that failed, lowers postures, frees slots, counts executions, and writes the figures that alarms watch.
 */
export async function sweep(runtime: Runtime, at: Instant): Promise<void> {
  const approvals = await part('approvals', () => sweepApprovals(runtime, at));
  const handoffs = await part('handoffs', () => sweepHandoffs(runtime, at));
  // Paying debts first: an execution that owes something is not looked after, it is paid for.
  const executions = await part('executions', () => sweepExecutions(runtime, at));
  const reconciliation = await part('reconciliation', () => reconcileExecutions(runtime, at));
  const mails = await part('failed-mails', () => handleFailedMails(runtime));
  // After the executions: what they owed to the count may move a posture.
  const postures = await part('postures', () => sweepPostures(runtime, at));
  const slots = await part('slots', async () => ({ reaped: await reapSlots(runtime, at) }));
  const census = await part('census', async () => {
    const taken = await takeCensus(runtime);
    await keepCensus(runtime, taken);
    return taken;
  });
  const figures = await part('figures', () => readFigures(runtime, at));
  const levels = await part('posture-levels', () => measurePostures(runtime));
  const parts = [approvals, handoffs, reconciliation, mails, executions, postures, slots, census, figures, levels];
  const brokenOff = parts.filter((done) => done === undefined).length;
  const failures =
    brokenOff +
    (approvals?.failures ?? 0) +
    (handoffs?.failures ?? 0) +
    (reconciliation?.failures ?? 0) +
    (mails?.failures ?? 0) +
    (executions?.failed ?? 0) +
    (postures?.failures ?? 0);
  const stuck = (approvals?.stuck ?? 0) + (handoffs?.stuck ?? 0) + (reconciliation?.stuck ?? 0);
  measure(runtime, {
    ...figures,
    ...(census === undefined ? {} : figuresOf(census, at)),
    StuckWaits: stuck,
    Reconciled: (reconciliation?.reconciled ?? 0) + (approvals?.abandoned ?? 0) + (handoffs?.abandoned ?? 0),
    RolledBack: executions?.rolledBack ?? 0,
    MailsGivenUp: mails?.mailsGivenUp ?? 0,
    SweepFailures: failures,
  });
  log(stuck + failures > 0 ? 'warn' : 'info', {
    event: 'swept',
    open: approvals?.open ?? 0,
    handoffs: handoffs?.open ?? 0,
    mails: (approvals?.mails ?? 0) + (handoffs?.mails ?? 0),
    signals: (approvals?.signals ?? 0) + (handoffs?.signals ?? 0),
    abandoned: (approvals?.abandoned ?? 0) + (handoffs?.abandoned ?? 0),
    started: executions?.started ?? 0,
    settled: executions?.settled ?? 0,
    counted: executions?.counted ?? 0,
    reconciled: reconciliation?.reconciled ?? 0,
    reaped: slots?.reaped ?? 0,
    stuck,
    failures,
  });
  // Last: a publisher that cannot be reached takes its time, and keeps nothing else from being looked after.
  await part('releases', async () => {
    for (const skill of runtime.skills) await restoreReleases(runtime, skill);
    return {};
  });
}
