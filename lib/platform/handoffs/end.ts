import { log } from '../log.ts';
import type { Runtime } from '../runtime.ts';
import type { HandoffEnd } from '../skill/handoff-protocol.ts';
import { carryOutHandoff, withoutTask } from './effects.ts';
import { type HandoffFile, readHandoffFile } from './file.ts';
import { documentOf, hasEnded, type OpenHandoff } from './handoff.ts';
import { changeHandoff, findHandoff } from './handoff-store.ts';
import { ended, type Move, moved } from './move.ts';

/** How an execution can put an end to its handoff. */
export type HandoffClosing = 'withdraw' | 'roll-back';

const DID: Readonly<Record<HandoffClosing, string>> = {
  withdraw: 'The request was withdrawn',
  'roll-back': 'The execution was rolled back',
};

/** The handoff after its protocol ended it. @throws what the protocol throws where it cannot be. */
function closed(current: OpenHandoff, file: HandoffFile, how: HandoffClosing, move: Move): OpenHandoff {
  const stamp = { id: `${how}.${file.record.executionId}`, at: move.at, by: partOf(how, move.by) };
  const document = file.protocol.end(file.case, documentOf(current), how, stamp);
  return document === undefined ? current : moved(current, file, document, move);
}

function partOf(how: HandoffClosing, by: string) {
  return how === 'withdraw' ? ({ part: 'sender', id: by } as const) : ({ part: 'system', id: 'system' } as const);
}

const moveOf = (runtime: Runtime, how: HandoffClosing, by: string): Move => ({
  at: runtime.clock.now(),
  by,
  did: DID[how],
  endsWait: true,
});

/**
 * Whether the handoff that an execution waits for could be withdrawn now.
 * @throws whatever the protocol throws where it cannot be: what was accepted is not the sender's alone any more.
 */
export async function checkWithdrawable(runtime: Runtime, executionId: string, by: string): Promise<void> {
  const handoff = await findHandoff(runtime, executionId);
  if (handoff === undefined || hasEnded(handoff)) return;
  const file = await readHandoffFile(runtime, executionId);
  closed(handoff, file, 'withdraw', moveOf(runtime, 'withdraw', by));
}

/**
 * Ends the handoff that an execution waits for, on its requester's word or because a fault broke the execution off. One that has
 * ended stays as it is. The state machine is signalled.
 * @param by a person's id, or `system`.
 * @returns whether the handoff stands ended by this or an earlier call of the same kind.
 * @throws whatever the protocol throws where the handoff cannot be ended so.
 */
export async function endHandoff(
  runtime: Runtime,
  executionId: string,
  how: HandoffClosing,
  by: string,
): Promise<boolean> {
  const found = await findHandoff(runtime, executionId);
  if (found === undefined) return false;
  const outcome: HandoffEnd['outcome'] = how === 'withdraw' ? 'withdrawn' : 'rolled-back';
  if (hasEnded(found)) return found.end?.outcome === outcome;
  const file = await readHandoffFile(runtime, executionId);
  const after = await changeHandoff(runtime, executionId, (current) =>
    hasEnded(current) ? undefined : closed(current, file, how, moveOf(runtime, how, by)),
  );
  await carryOutHandoff(runtime, after);
  return after.end?.outcome === outcome;
}

/** The end of a handoff whose protocol cannot be asked any more: its document stays as it is. */
function brokenOff(current: OpenHandoff, move: Move): OpenHandoff {
  const message = 'A fault broke the execution off while its handoff was open.';
  const reasons = [{ code: 'HandoffBrokenOff', message, pointer: '' }];
  return ended(current, { state: current.summary.state, outcome: 'rolled-back', reasons }, move);
}

/** The file of a handoff, or `undefined` where it cannot be read: that may be the very fault that is recovered from. */
async function fileIfSound(runtime: Runtime, executionId: string): Promise<HandoffFile | undefined> {
  try {
    return await readHandoffFile(runtime, executionId);
  } catch (error) {
    log('error', { event: 'handoff-unreadable', executionId, error: error instanceof Error ? error.name : 'unknown' });
    return undefined;
  }
}

function rolledBack(current: OpenHandoff, file: HandoffFile | undefined, move: Move): OpenHandoff {
  if (file === undefined) return brokenOff(current, move);
  try {
    const after = closed(current, file, 'roll-back', move);
    return hasEnded(after) ? after : brokenOff(current, move);
  } catch (error) {
    const name = error instanceof Error ? error.name : 'unknown';
    log('error', { event: 'handoff-not-rolled-back', executionId: current.executionId, error: name });
    return brokenOff(current, move);
  }
}

/**
 * Ends the handoff of an execution that a fault broke off, by its protocol where that can still be asked; else the handoff around its
 * document ends all the same: nobody may be left waiting for an execution that is gone. Nobody waits for a signal either; what else
 * is owed, the sweeper pays.
 */
export async function breakOffHandoff(runtime: Runtime, executionId: string): Promise<void> {
  const found = await findHandoff(runtime, executionId);
  if (found === undefined || hasEnded(found)) return;
  const file = await fileIfSound(runtime, executionId);
  await changeHandoff(runtime, executionId, (current) =>
    hasEnded(current)
      ? undefined
      : withoutTask(rolledBack(current, file, moveOf(runtime, 'roll-back', 'system')), 'gone'),
  );
}
