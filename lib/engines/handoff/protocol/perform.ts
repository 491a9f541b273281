import type { EventType } from '../events.ts';
import { IllegalTransition, legalFrom } from '../lifecycle.ts';
import { isTerminal } from '../states.ts';
import { amend, answer } from './answer.ts';
import type { Command } from './commands.ts';
import { deliver, merge, rework, settleNow, split, verify } from './deliver.ts';
import type { HandoffFile } from './document.ts';
import { end, escalate, resume } from './judge.ts';
import { firstEventOf, type Performed, Recorder } from './record.ts';
import type { ProtocolCase, Stamp } from './shapes.ts';
import { accept, ask, message, reject } from './take-over.ts';

const record = (document: HandoffFile, stamp: Stamp): Recorder => new Recorder(document, stamp);

function carryOut(file: ProtocolCase, document: HandoffFile, command: Command, stamp: Stamp): Performed {
  switch (command.type) {
    case 'acknowledge':
      return record(document, stamp).event('acknowledge', {}).done();
    case 'accept':
      return accept(file, document, command, stamp);
    case 'reject':
      return reject(file, document, command, stamp);
    case 'ask':
      return ask(file, document, command, stamp);
    case 'message':
      return message(file, document, command, stamp);
    case 'start':
      return record(document, stamp).event('start', {}).done();
    case 'deliver':
      return deliver(file, document, command, stamp);
    case 'verify':
      return verify(file, document, command, stamp);
    case 'rework':
      return rework(file, document, command, stamp);
    case 'answer':
      return answer(file, document, command, stamp);
    case 'amend':
      return amend(file, document, command, stamp);
    case 'escalate':
      return escalate(file, document, command, stamp);
    case 'resume':
      return resume(file, document, command, stamp);
    case 'end':
      return end(file, document, command, stamp);
    case 'pause':
      return record(document, stamp).event('pause', { code: command.code }).done();
    case 'continue':
      return record(document, stamp).event('continue', {}).done();
    case 'withdraw':
      return record(document, stamp).event('withdraw', { code: command.code }).done();
    case 'supersede':
      return record(document, stamp).event('supersede', { successor: command.successor }).done();
    case 'settle':
      return settleNow(file, document, command, stamp);
    case 'split':
      return split(file, document, command, stamp);
    case 'merge':
      return merge(file, document, command, stamp);
  }
}

/** The first event that a command makes, by which it is legal or not; some settle obligations and make none. */
function firstEvent({ handoff: { state, accepted } }: HandoffFile, { type }: Command): EventType | undefined {
  switch (type) {
    case 'accept':
      return state === 'offered' ? 'acknowledge' : 'accept';
    case 'deliver':
      return state === 'accepted' ? 'start' : 'deliver';
    case 'end':
      return accepted ? 'roll-back' : 'withdraw';
    case 'message':
    case 'settle':
    case 'split':
    case 'merge':
      return undefined;
    default:
      return type;
  }
}

const PARTIES: readonly string[] = ['sender', 'receiver'];

/** Nothing about a handoff is looked at for somebody who cannot do this here. @throws IllegalTransition */
function requireLegal(document: HandoffFile, command: Command, { by }: Stamp): void {
  const { handoff } = document;
  const event = firstEvent(document, command);
  const mine =
    event === undefined
      ? !isTerminal(handoff.state) && (command.type === 'message' ? by.part === 'customer' : PARTIES.includes(by.part))
      : legalFrom(handoff).some((each) => each.event === event && each.who.includes(by.part));
  if (mine) return;
  const message = `"${command.type}" cannot be done by the ${by.part} while the handoff is ${handoff.state}.`;
  throw new IllegalTransition(handoff, event ?? 'ask', [
    {
      pointer: '/type',
      code: 'no-such-transition',
      message,
      mend: 'Do what is legal here, or let the other side do it.',
    },
  ]);
}

/**
 * Does what a party of the handoff does. Pure: the same document, command and stamp give the same document. What was done before
 * changes nothing.
 * @throws IllegalTransition and InvalidInput when it cannot be, nothing having changed.
 */
export function perform(file: ProtocolCase, document: HandoffFile, command: Command, stamp: Stamp): Performed {
  const first = firstEventOf(stamp.id);
  if (document.handoff.history.some(({ event }) => event.id === first)) return { document, artifacts: [] };
  requireLegal(document, command, stamp);
  return carryOut(file, document, command, stamp);
}
