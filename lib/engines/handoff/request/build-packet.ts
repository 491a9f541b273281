import { digestOf } from '../../../core/digest.ts';
import type { LoadedDirectory } from '../../../core/directory/loaded.ts';
import type { Instant } from '../../../core/instant.ts';
import { ALWAYS_OPEN, calendarsOf, resolveCalendar } from '../calendars.ts';
import type { Contract } from '../contract.ts';
import { type CustomerPromise, type OpenObligation, type Packet, parsePacket } from '../packet.ts';
import { type Payload, sealPayload } from '../payload.ts';
import type { HandOver } from './input.ts';

/** The payload of a request; `undefined` when it was erased. @throws InvalidInput (`invalid-salt`). */
export function payloadOf({ payload }: Pick<HandOver, 'payload'>): Payload | undefined {
  return 'value' in payload ? sealPayload(payload.value, payload.salt) : undefined;
}

/** The promise that the packet carries: the thread's own, or what the head of a thread states. */
function promiseOf({ promise, previous }: HandOver, directory: LoadedDirectory): CustomerPromise | undefined {
  if (previous !== undefined) return previous.handoff.promise;
  if (promise === undefined) return undefined;
  const { startedAt, within, calendar } = promise;
  const working =
    calendar === undefined
      ? { calendar: ALWAYS_OPEN, timeZone: 'UTC' }
      : resolveCalendar(calendar, calendarsOf(directory), '/promise/calendar');
  return { startedAt, within, working: structuredClone(working), pauses: [] };
}

/** What the thread owes already keeps its owner and its date where the request names none. */
function carriedOn(named: OpenObligation, previous: HandOver['previous']): OpenObligation {
  const known = previous?.ledger.obligations.find(({ id, standing }) => id === named.id && standing.is === 'open');
  return known === undefined ? named : { owner: known.owner, due: known.due, ...named };
}

export interface PacketFacts {
  readonly input: HandOver;
  readonly contract: Contract;
  readonly payload: Pick<Payload, 'digest' | 'salt'>;
  readonly directory: LoadedDirectory;
  readonly by: string;
  readonly at: Instant;
}

/**
 * The packet of a request. Lists keep the order in which they were sent, so that pointers into either mean the same; the handoff is
 * named by a digest over what makes it this one.
 * @throws InvalidInput when the parts make no packet.
 */
export function buildPacket({ input, contract, payload, directory, by, at }: PacketFacts): Packet {
  const { id, version } = contract.document;
  const { previous, routing, thread } = input;
  const promise = promiseOf(input, directory);
  const named = { contract: contract.digest, thread, routing, sender: input.sender, by, payload: payload.digest, at };
  return parsePacket({
    schema: 'countersign/contract-packet/1',
    handoff: `h-${digestOf(named).slice('sha256:'.length, 'sha256:'.length + 20)}`,
    thread,
    contract: { id, version, digest: contract.digest },
    sender: { party: input.sender.party, by },
    routing,
    payload: { digest: payload.digest, salted: payload.salt !== undefined },
    evidence: input.evidence,
    risk: input.risk,
    confidenceBasisPoints: input.confidenceBasisPoints,
    obligations: input.obligations.map((each) => carriedOn(each, previous)),
    contingencies: input.contingencies,
    ...(previous === undefined ? {} : { parent: { handoff: previous.handoff.id, packet: previous.handoff.packet } }),
    ...(promise === undefined ? {} : { promise }),
    createdAt: at,
  });
}
