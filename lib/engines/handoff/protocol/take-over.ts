import type { Contract } from '../contract.ts';
import { bouncesLeft } from '../guards.ts';
import { compareReadback } from '../readback.ts';
import { validatePacket } from '../validate-packet.ts';
import type { Command } from './commands.ts';
import { contractOf, type HandoffFile, handOverOf, packetIn, payloadIn } from './document.ts';
import { ledgerAtAcceptance } from './obligations.ts';
import { holdsRole } from './people.ts';
import { type Performed, Recorder, refusal } from './record.ts';
import type { ProtocolCase, Stamp } from './shapes.ts';

type Of<T extends Command['type']> = Extract<Command, { type: T }>;

/** How the criteria of one time stand: those that a machine checked, and those that somebody of their role says hold. */
export function criteriaStanding(
  file: ProtocolCase,
  { document }: Contract,
  at: 'acceptance' | 'delivery',
  machine: readonly { readonly id: string; readonly holds: boolean }[],
  said: readonly string[],
  who: string,
): { id: string; holds: boolean; says: string }[] {
  return document.acceptance
    .filter((each) => each.at === at)
    .map((each) => ({
      id: each.id,
      says: each.says,
      holds:
        each.by === 'role'
          ? said.includes(each.id) && holdsRole(file, who, each.role)
          : machine.some(({ id, holds }) => id === each.id && holds),
    }));
}

/** What the receiver stated back did not match: counted, and a person has to decide when there were too many attempts. */
function misread(recorder: Recorder, facts: readonly string[], fields: Readonly<Record<string, string>>): Performed {
  recorder.event('misread', { facts: [...facts] });
  const { misreadings, terms } = recorder.document.handoff;
  const left = terms.readbackAttempts - misreadings;
  if (left > 0)
    return recorder.done({ message: `What was stated back does not match. ${left} attempt(s) are left.`, fields });
  recorder.event('escalate', { cause: 'readback' }, 'system');
  return recorder.done({
    message: 'What was stated back does not match, and no attempt is left: a person has to decide.',
    fields,
  });
}

/** Reads back, acknowledges and accepts, in one go. The packet is looked at once more: what was fresh may have become stale. */
export function accept(
  file: ProtocolCase,
  document: HandoffFile,
  { readback, criteria: said }: Of<'accept'>,
  stamp: Stamp,
): Performed {
  const contract = contractOf(file, document.handoff.contract);
  const packet = packetIn(document);
  const payload = payloadIn(file);
  if (payload === undefined)
    return refusal(document, 'What was to be handed over has been erased. It can only be rejected.');
  const recorder = new Recorder(document, stamp);
  const parent = handOverOf(file).previous?.packets.at(-1);
  const validation = validatePacket(contract, packet, payload, recorder.at, parent === undefined ? {} : { parent });
  const [problem] = validation.gates.flatMap(({ problems }) => problems);
  if (problem !== undefined) return refusal(document, `It can no longer be accepted as it is: ${problem.message}`);
  const machine = validation.criteria.results.map(({ id, verdict }) => ({ id, holds: verdict === 'holds' }));
  const criteria = criteriaStanding(file, contract, 'acceptance', machine, said, stamp.by.id);
  const open = criteria.filter(({ holds }) => !holds);
  if (open.length > 0) {
    const fields = Object.fromEntries(
      open.map(({ id }) => [`criterion.${id}`, 'Somebody of its role has to say that it holds.']),
    );
    return refusal(
      document,
      `Not everything that acceptance needs holds: ${open.map(({ says }) => says).join(' ')}`,
      fields,
    );
  }
  const { problems, misread: wrong, matched } = compareReadback(contract.document, payload.value, readback);
  const fieldsOf = (codes: (code: string) => boolean): Record<string, string> =>
    Object.fromEntries(
      problems
        .filter(({ code }) => codes(code))
        .map(({ pointer, message, mend }) => [
          `readback${pointer.slice(1).replaceAll('~1', '/').replaceAll('~0', '~')}`,
          `${message} ${mend}`,
        ]),
    );
  // What is missing is told first and alone, so that leaving one out does not try the others.
  const missing = fieldsOf((code) => code === 'readback-missing' || code === 'unknown-fact');
  if (Object.keys(missing).length > 0) return refusal(document, 'Every fact has to be stated back.', missing);
  if (document.handoff.state === 'offered') recorder.event('acknowledge', {});
  if (!matched)
    return misread(
      recorder,
      wrong,
      fieldsOf(() => true),
    );
  const statement = recorder.keep({
    schema: 'countersign/handoff-readback/1',
    handoff: document.handoff.id,
    packet: document.handoff.packet,
    statements: { ...readback },
    by: stamp.by.id,
    at: recorder.at,
  });
  recorder.event('accept', {
    packet: document.handoff.packet,
    readback: statement,
    criteria: criteria.map(({ id, holds }) => ({ id, holds })),
  });
  const { working } = document.handoff.terms;
  return recorder
    .change({ ledger: ledgerAtAcceptance(document.ledger, packet, contract, working, recorder.at) })
    .done();
}

export function reject(
  _file: ProtocolCase,
  document: HandoffFile,
  { code, facts, because }: Of<'reject'>,
  stamp: Stamp,
): Performed {
  const recorder = new Recorder(document, stamp);
  if (because !== undefined) recorder.say('question', because, { code });
  return recorder
    .event('reject', { code, facts: [...facts] })
    .pass('back', 'rejection')
    .done();
}

/** A question of the receiver is a return. Beyond the budget it is not asked again: a person decides, and sees what was to be asked. */
export function ask(
  _file: ProtocolCase,
  document: HandoffFile,
  { question, facts }: Of<'ask'>,
  stamp: Stamp,
): Performed {
  const recorder = new Recorder(document, stamp);
  if (stamp.by.part === 'receiver' && bouncesLeft(document.handoff) <= 0) {
    recorder.say('escalation', question);
    return recorder.event('escalate', { cause: 'bounces' }, 'system').done();
  }
  recorder.say('question', question);
  return recorder
    .event('ask', { facts: [...facts] })
    .pass('back', 'question')
    .done();
}

const ASIDE = ['clarify', 'escalated', 'verified'];

/** What the customer writes stops the work until the sender has looked at it; where somebody looks at it already it is put beside. */
export function message(
  _file: ProtocolCase,
  document: HandoffFile,
  { text, facts }: Of<'message'>,
  stamp: Stamp,
): Performed {
  const recorder = new Recorder(document, stamp);
  recorder.say('message', text);
  if (ASIDE.includes(document.handoff.state)) return recorder.done();
  return recorder
    .event('ask', { facts: [...facts] }, 'customer')
    .pass('back', 'customer')
    .done();
}
