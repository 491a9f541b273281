import { CountersignError, InvalidInput } from '../../../core/errors.ts';
import { amendmentOf } from '../handoff.ts';
import { type Packet, parsePacket } from '../packet.ts';
import type { Command } from './commands.ts';
import { type HandoffFile, packetIn } from './document.ts';
import { offerPacket } from './offer.ts';
import { receiversOf } from './people.ts';
import { type Performed, Recorder, refusal } from './record.ts';
import type { ProtocolCase, Stamp } from './shapes.ts';

type Of<T extends Command['type']> = Extract<Command, { type: T }>;

/** The sender answers, and it goes on where it stood. */
export function answer(_file: ProtocolCase, document: HandoffFile, command: Of<'answer'>, stamp: Stamp): Performed {
  const recorder = new Recorder(document, stamp);
  const said = recorder.say('answer', command.answer);
  return recorder.event('answer', { answer: said }).pass('on', 'handoff').done();
}

function withChanges(
  packet: Packet,
  { evidence, contingencies, obligations, recipient }: Of<'amend'>,
  at: string,
): Packet {
  const replaced = new Set(evidence.map(({ id }) => id));
  const changed = new Map(obligations.map((each) => [each.id, each]));
  const stranger = obligations.find(({ id }) => !packet.obligations.some((each) => each.id === id));
  if (stranger !== undefined) {
    const message = `The packet has no obligation "${stranger.id}".`;
    throw new InvalidInput(message, [
      { pointer: '/obligations', code: 'unknown-obligation', message, mend: 'Name one of the packet.' },
    ]);
  }
  return parsePacket({
    ...packet,
    evidence: [...packet.evidence.filter(({ id }) => !replaced.has(id)), ...evidence],
    contingencies: [...packet.contingencies, ...contingencies],
    obligations: packet.obligations.map((each) => {
      const { owner = each.owner, due = each.due } = changed.get(each.id) ?? {};
      return { ...each, ...(owner === undefined ? {} : { owner }), ...(due === undefined ? {} : { due }) };
    }),
    routing: recipient === undefined ? packet.routing : { ...packet.routing, recipient },
    createdAt: at,
  });
}

/**
 * The sender completes the packet: evidence, contingencies, who owes what and by when, who should take it. It goes the whole way
 * again. The payload stays: another payload is another handoff, which supersedes this one. What people approved has to be the same.
 */
export function amend(file: ProtocolCase, document: HandoffFile, command: Of<'amend'>, stamp: Stamp): Performed {
  const { recipient } = command;
  if (recipient !== undefined && !receiversOf(file, document).includes(recipient))
    return refusal(document, `"${recipient}" does not work for the receiver.`, {
      recipient: 'Name somebody of the receiver.',
    });
  try {
    const recorder = new Recorder(document, stamp);
    const { promise } = document.handoff;
    const before = packetIn(document);
    const packet = withChanges(promise === undefined ? before : { ...before, promise }, command, recorder.at);
    recorder.say('answer', command.because);
    recorder.event('amend', {
      ...amendmentOf(document.handoff, packet),
      ...(recipient === undefined ? {} : { recipient }),
    });
    recorder.change({ packets: [...document.packets, packet] });
    return offerPacket(file, recorder, packet).done();
  } catch (error) {
    // What keeps it from being offered is told to whoever amends; nothing has changed.
    if (
      !(error instanceof CountersignError) ||
      error.code === 'Conflict' ||
      error.problems.some(({ code }) => code === 'no-such-transition' || code === 'not-your-part')
    )
      throw error;
    const [problem] = error.problems;
    return refusal(document, problem === undefined ? error.message : `${problem.message} ${problem.mend}`);
  }
}
