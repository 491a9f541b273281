import { canonicalJson } from '../../../core/digest.ts';
import { CountersignError } from '../../../core/errors.ts';
import { replay } from '../lifecycle.ts';
import { checkLedger } from '../obligations.ts';
import { packetDigest } from '../packet.ts';
import type { Reason } from '../request/result.ts';
import type { HandoffFile } from './document.ts';
import { draftOf } from './offer.ts';
import type { ProtocolCase } from './shapes.ts';

const broken = (code: string, message: string, pointer: string): Reason => ({ code, message, pointer });

/** What does not hold when a handoff is replayed from its draft: events that do not lead to it, packets that it does not name, lost obligations. */
export function checkDocument(file: ProtocolCase, document: HandoffFile): Reason[] {
  const { handoff, packets, ledger } = document;
  const [first] = packets;
  const last = packets.at(-1);
  if (first === undefined || last === undefined) return [broken('packet-missing', 'There is no packet.', '/packets')];
  const found: Reason[] = checkLedger(ledger).map(({ code, message, pointer }) =>
    broken(code, message, `/ledger${pointer}`),
  );
  if (packetDigest(last) !== handoff.packet)
    found.push(broken('other-packet', 'The last packet is not the one that counts.', '/packets'));
  const lost = handoff.obligations.filter(
    (id) => handoff.accepted && !ledger.obligations.some((each) => each.id === id),
  );
  found.push(...lost.map((id) => broken('obligation-lost', `The obligation "${id}" stands in no ledger.`, '/ledger')));
  try {
    const again = replay(
      draftOf(file, first, handoff.createdAt),
      handoff.history.map(({ event }) => event),
    );
    if (canonicalJson(again) !== canonicalJson(handoff))
      found.push(broken('replay-differs', 'The recorded events lead to another handoff.', '/handoff'));
  } catch (error) {
    if (!(error instanceof CountersignError)) throw error;
    found.push(broken('replay-refused', error.message, '/handoff/history'));
  }
  return found;
}
