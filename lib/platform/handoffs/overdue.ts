import { canonicalJson } from '../../core/digest.ts';
import { InvalidInput } from '../../core/errors.ts';
import type { Instant } from '../../core/instant.ts';
import { latest } from '../approvals/seat-times.ts';
import { markRunning } from '../approvals/signal.ts';
import type { FlowState } from '../contracts/flow.ts';
import type { Runtime } from '../runtime.ts';
import { carryOutHandoff, flowOf, withoutTask } from './effects.ts';
import { HandoffStands } from './errors.ts';
import { type HandoffFile, readHandoffFile } from './file.ts';
import { documentOf, type OpenHandoff, withEvent } from './handoff.ts';
import { changeHandoff } from './handoff-store.ts';
import { moved } from './move.ts';

/** Clocks that may run out one after the other at one instant: after a long outage, say. */
const MOST_MISSES = 20;

/**
 * What follows when the clock of the wait has run out, and those of the waits that it leads to, as far as they have run out too.
 * @throws HandoffStands when what follows is due already and nothing has changed.
 */
function missed(handoff: OpenHandoff, file: HandoffFile, at: Instant): OpenHandoff {
  let current = handoff;
  for (let misses = 0; misses < MOST_MISSES; misses += 1) {
    const { wait, number } = current;
    if (wait === undefined || wait.dueAt > at) return current;
    const { clock, dueAt, state, party } = wait;
    const noted = withEvent(current, {
      eventId: `handoff.w${number}.missed`,
      at,
      type: 'handoff-clock-missed',
      actor: 'system',
      data: { wait: number, clock, dueAt, state, party },
    });
    const document = file.protocol.miss(file.case, documentOf(current), at);
    const did = `The clock "${clock}" ran out`;
    const next = moved(noted, file, document, { at, by: 'system', did, endsWait: false });
    const stands = canonicalJson(document) === current.document && next.wait !== undefined && next.wait.dueAt <= at;
    if (stands)
      throw new HandoffStands(`Nothing follows the clock "${clock}" of ${handoff.executionId}, which ran out.`);
    current = next;
  }
  return current;
}

/**
 * Carries on after a wait timed out. The handoff is changed under condition: an answer recorded before wins over the timeout, and
 * the handoff goes on from there. Otherwise its protocol says what follows the clock. Safe to run again for the same timeout.
 * @throws InvalidInput when the flow names no wait, HandoffStands.
 */
export async function missHandoffClock(runtime: Runtime, flow: FlowState): Promise<FlowState> {
  const { executionId, wait } = flow;
  if (wait === undefined) throw new InvalidInput('A timed-out flow must name the wait of its handoff.');
  const file = await readHandoffFile(runtime, executionId);
  const handoff = await changeHandoff(runtime, executionId, (current) => {
    const held = current.task === undefined || current.task.wait > wait.number ? current : withoutTask(current, 'gone');
    // Answered in time, or an earlier run of this step has been here.
    if (current.wait === undefined || current.number !== wait.number) return held;
    // The timer speaks for its deadline even if this machine's clock is a little behind.
    const now = runtime.clock.now();
    const next = missed(held, file, latest([now, current.wait.dueAt], now));
    // The task that waited has timed out: what comes next is answered here, and owes no signal.
    return next.task === undefined ? { ...next, signal: 'gone' } : next;
  });
  await markRunning(runtime, executionId);
  await carryOutHandoff(runtime, handoff);
  return flowOf(handoff, runtime.clock.now());
}
