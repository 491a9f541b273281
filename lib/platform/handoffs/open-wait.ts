import { InvalidInput } from '../../core/errors.ts';
import type { Instant } from '../../core/instant.ts';
import { markWaiting } from '../approvals/open-stage.ts';
import type { WaitingTask } from '../contracts/flow.ts';
import type { Runtime } from '../runtime.ts';
import { carryOutHandoff, flowOf } from './effects.ts';
import { mailIdOf, type OpenHandoff, withEvent, withMail } from './handoff.ts';
import { changeHandoff } from './handoff-store.ts';

/** Asks everybody of the wait in force, once. */
function asked(handoff: OpenHandoff, at: Instant): OpenHandoff {
  const { wait, number, seats } = handoff;
  if (wait === undefined || handoff.openedWait >= number) return handoff;
  const { state, awaits, part, party, clock, dueAt } = wait;
  const opened = withEvent(
    { ...handoff, openedWait: number },
    {
      eventId: `handoff.w${number}.opened`,
      at,
      type: 'handoff-wait-opened',
      actor: 'system',
      data: { wait: number, state, awaits, part, party, clock, dueAt, people: seats.map(({ personId }) => personId) },
    },
  );
  return seats.reduce<OpenHandoff>(
    (next, { personId }) =>
      withMail(next, { mailId: mailIdOf('ask', number, personId), kind: 'ask', personId, wait: number }, at),
    opened,
  );
}

/**
 * Gives a handoff to the task that waits for it, and mails everyone who is asked. Idempotent per wait: a state that is tried again
 * replaces the token and changes nothing else, due instants least of all. A wait that was answered before its task came is
 * signalled at once. A task of an earlier wait never takes the place of a later one's.
 * @throws InvalidInput when the flow names no wait, or one that the handoff has not come to; NotFound without a handoff.
 */
export async function openWait(runtime: Runtime, { taskToken, flow }: WaitingTask): Promise<void> {
  const { executionId, wait } = flow;
  if (wait === undefined) throw new InvalidInput('A waiting task must name the wait that it opens.');
  await markWaiting(runtime, executionId);
  let stale = false;
  const handoff = await changeHandoff(runtime, executionId, (current) => {
    if (wait.number > current.number)
      throw new InvalidInput(`The handoff of ${executionId} has not come to wait ${wait.number}.`);
    stale = current.task !== undefined && current.task.wait > wait.number;
    if (stale) return undefined;
    const { signal: _earlier, ...held } = { ...current, task: { token: taskToken, wait: wait.number } };
    const over = current.wait === undefined || wait.number < current.number;
    return over ? { ...held, signal: 'pending' } : asked(held, runtime.clock.now());
  });
  if (stale) await runtime.states.succeedTask(taskToken, flowOf(handoff, runtime.clock.now()));
  else await carryOutHandoff(runtime, handoff);
}
