import { digestOf } from '../../../core/digest.ts';
import { InvalidInput, NotFound, type Problem } from '../../../core/errors.ts';
import type { Instant } from '../../../core/instant.ts';
import { calendarsOf } from '../calendars.ts';
import { bouncesLeft } from '../guards.ts';
import { draftHandoff } from '../handoff.ts';
import { type Packet, packetDigest, parsePacket } from '../packet.ts';
import { readinessDigest, scoreReadiness } from '../readiness.ts';
import { bouncesBefore, readinessFacts } from '../request/facts.ts';
import { handOverTerms } from '../request/terms.ts';
import { validatePacket } from '../validate-packet.ts';
import { contractOf, type HandoffFile, handOverOf, payloadIn } from './document.ts';
import { ledgerAtOffer } from './obligations.ts';
import { Recorder } from './record.ts';
import type { ProtocolCase } from './shapes.ts';

function refuse(problems: readonly Problem[]): never {
  throw new InvalidInput('What was decided about cannot be handed over any more.', problems);
}

/** The packet that the gates and people passed, out of the result. @throws NotFound, InvalidInput */
function packetOf({ result }: ProtocolCase): Packet {
  const { artifact } = result;
  const value = typeof artifact === 'object' && artifact !== null && 'packet' in artifact ? artifact.packet : undefined;
  if (value === undefined) throw new NotFound('The result has no packet to hand over.');
  return parsePacket(value);
}

/** Whether what people approved is what the packet comes to now. */
function termsHold(file: ProtocolCase, packet: Packet): boolean {
  const { approval, configuration, directory } = file;
  if (approval === undefined) return true;
  const contract = contractOf(file, packet.contract);
  const requesterName = directory.person(packet.sender.by)?.name ?? packet.sender.by;
  const partyName = (id: string): string => configuration.party(id)?.name ?? id;
  return (
    digestOf(handOverTerms({ contract, packet, payload: payloadIn(file), requesterName, partyName })) === approval.terms
  );
}

/**
 * Takes a packet from its draft to the offer: gates and score once more, at this time, and the approval where there was one.
 * @throws InvalidInput when a gate no longer passes, the score no longer suffices, or people approved something else.
 */
export function offerPacket(file: ProtocolCase, recorder: Recorder, packet: Packet): Recorder {
  const contract = contractOf(file, packet.contract);
  const payload = payloadIn(file);
  if (payload === undefined)
    return refuse([
      {
        pointer: '/payload',
        code: 'payload-erased',
        message: 'The payload has been erased.',
        mend: 'Hand over something that is there.',
      },
    ]);
  const { previous } = handOverOf(file);
  const parent = previous?.packets.at(-1);
  const validation = validatePacket(contract, packet, payload, recorder.at, parent === undefined ? {} : { parent });
  const problems = validation.gates.flatMap((gate) => gate.problems);
  if (problems.length > 0) refuse(problems);
  const facts = readinessFacts(contract, packet, {
    policy: file.configuration,
    directory: file.directory,
    at: recorder.at,
    previous,
  });
  const readiness = scoreReadiness(contract, packet, validation, facts);
  if (!termsHold(file, packet)) {
    const message = 'People approved something else than this packet.';
    refuse([
      {
        pointer: '',
        code: 'approval-of-other-terms',
        message,
        mend: 'Let another handoff supersede this one, and have it approved.',
      },
    ]);
  }
  const digest = packetDigest(packet);
  recorder.event('validate', { packet: digest, validation: digestOf(validation) }, 'system');
  recorder.event(
    'score',
    { packet: digest, readiness: readinessDigest(readiness), score: readiness.score, threshold: readiness.threshold },
    'system',
  );
  const { approval } = file;
  if (approval === undefined) return recorder.event('offer', { packet: digest }, 'system').pass('on', 'handoff');
  return recorder
    .event('request-approval', { packet: digest, plan: approval.terms }, 'system')
    .event('offer', { packet: digest, approval: { of: digest, decisions: approval.decisions } }, 'system')
    .pass('on', 'handoff');
}

/** The draft of a handoff, which only the packet and its surroundings make: what events replayed on it lead to can be checked. */
export function draftOf(file: ProtocolCase, packet: Packet, at: Instant) {
  const contract = contractOf(file, packet.contract);
  const { previous } = handOverOf(file);
  return draftHandoff({
    contract,
    packet,
    calendars: calendarsOf(file.directory),
    at,
    bouncesBefore: bouncesBefore(previous, contract),
  });
}

/**
 * The handoff as it is offered, once gates and people have passed it. Where its thread has come back more often than the contract
 * allows, a person decides first what follows.
 * @throws InvalidInput when it can no longer be offered; Publish then blocks.
 */
export function openHandoff(file: ProtocolCase, at: Instant): HandoffFile {
  const packet = packetOf(file);
  const contract = contractOf(file, packet.contract);
  const { previous } = handOverOf(file);
  const draft = draftOf(file, packet, at);
  const document: HandoffFile = {
    schema: 'countersign/handoff-document/1',
    handoff: draft,
    packets: [packet],
    ledger: ledgerAtOffer(previous?.ledger, packet, contract, draft.terms.working, at),
    passes: [...(previous?.passes ?? [])],
    notes: [],
  };
  const recorder = new Recorder(document, { id: `open.${file.executionId}`, at, by: { part: 'system', id: 'system' } });
  offerPacket(file, recorder, packet);
  // Rejected time and again the work would go back and forth for good, each time as a handoff of its own.
  return bouncesLeft(recorder.document.handoff) < 0
    ? recorder.event('escalate', { cause: 'bounces' }, 'system').document
    : recorder.document;
}
