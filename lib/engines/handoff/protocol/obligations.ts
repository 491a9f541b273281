import type { WorkingTime } from '../../../core/calendar/business-time.ts';
import { addBusinessMinutes } from '../../../core/calendar/business-time.ts';
import { addSeconds, type Instant } from '../../../core/instant.ts';
import type { Contract } from '../contract.ts';
import {
  emptyLedger,
  type NewObligation,
  type ObligationLedger,
  openIn,
  openObligations,
  transferObligations,
} from '../obligations.ts';
import type { Packet } from '../packet.ts';
import type { Duration } from '../words.ts';

function later(at: Instant, length: Duration, working: WorkingTime): Instant {
  return 'clockMinutes' in length
    ? addSeconds(at, length.clockMinutes * 60)
    : addBusinessMinutes(at, length.businessMinutes, working);
}

/**
 * The obligations of a thread when a handoff of it is offered: those it had, and those that its packet brings. What nobody owns
 * is owed by the consumer; what has no date is due when the delivery is, if every clock runs out.
 */
export function ledgerAtOffer(
  before: ObligationLedger | undefined,
  packet: Packet,
  { document }: Contract,
  working: WorkingTime,
  at: Instant,
): ObligationLedger {
  const ledger = before ?? emptyLedger(packet.thread);
  const { acknowledgement, acceptance, delivery } = document.times;
  const known = new Set(ledger.obligations.map(({ id }) => id));
  const brought = packet.obligations.filter(({ id }) => !known.has(id));
  const last = (): Instant =>
    [acknowledgement, acceptance, delivery].reduce((now, length) => later(now, length, working), at);
  const opened = brought.map(
    ({ id, says, owner, due }): NewObligation => ({
      id,
      says,
      owner: owner ?? packet.routing.consumer,
      due: due ?? last(),
    }),
  );
  return openObligations(ledger, packet.handoff, opened);
}

/** What acceptance does: what the packet puts on the consumer is owed by the consumer, and the contract's own obligations begin. */
export function ledgerAtAcceptance(
  ledger: ObligationLedger,
  packet: Packet,
  { document }: Contract,
  working: WorkingTime,
  at: Instant,
): ObligationLedger {
  const { consumer } = packet.routing;
  const open = openIn(ledger);
  const passed = packet.obligations
    .filter(({ id, owner }) => owner === consumer && open.some((each) => each.id === id && each.owner !== consumer))
    .map(({ id }) => id);
  const known = new Set(ledger.obligations.map(({ id }) => id));
  const begun = document.obligations
    .map(({ id, says, owner, due }) => ({
      id: `${packet.handoff}.${id}`,
      says,
      owner: owner === 'sender' ? packet.sender.party : consumer,
      due: later(at, due, working),
    }))
    .filter(({ id }) => !known.has(id));
  return openObligations(transferObligations(ledger, passed, consumer), packet.handoff, begun);
}
