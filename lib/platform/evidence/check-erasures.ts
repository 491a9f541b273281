import { parseErasureRecord } from '../contracts/erasure-record.ts';
import { type Finding, same } from './finding.ts';
import type { EvidencePacket } from './packet-schema.ts';

/** Records of erasures that another execution of the same request ordered: they stand in its chain, not in this one. */
export function foreignErasures({ record, artifacts }: EvidencePacket): ReadonlySet<string> {
  const own = new Set((record.erasures ?? []).map((order) => order.record));
  return new Set(artifacts.flatMap(({ erasedBy }) => (erasedBy === undefined || own.has(erasedBy) ? [] : erasedBy)));
}

/** Whether anything in a packet was erased, or is said to be. */
export function tellsOfErasures({ record, artifacts }: EvidencePacket): boolean {
  return (
    record.erasures !== undefined ||
    artifacts.some(({ role, erasedBy }) => role === 'erasure' || erasedBy !== undefined)
  );
}

/** The record of an erasure out of a packet. @throws InvalidInput when it is not here, or is none. */
function recordOf({ artifacts }: EvidencePacket, digest: string) {
  return parseErasureRecord(artifacts.find((each) => each.role === 'erasure' && each.digest === digest)?.document);
}

/** Each order stands in the chain as in the record, and its own record says the same. */
function checkOrders(packet: EvidencePacket): Finding {
  const { record, chain } = packet;
  const orders = record.erasures ?? [];
  const events = chain.events.filter(({ type }) => type === 'payload-erased');
  if (events.length !== orders.length)
    return `The chain tells of ${events.length} erasures, the record of ${orders.length}.`;
  for (const order of orders) {
    const event = events.find(({ data }) => data.erasure === order.record);
    if (event === undefined) return `The chain knows no erasure ${order.record}.`;
    const { executionId, at, by, reason, erased } = recordOf(packet, order.record);
    const digests = erased.map(({ digest }) => digest);
    const told = { executionId: event.executionId, at: event.at, by: event.actor, ...event.data };
    const written = { executionId, at, by, erasure: order.record, digests, reason };
    if (!same(told, written)) return `The record of the erasure ${order.record} says something else than the chain.`;
    const { digests: ordered, at: orderedAt, by: orderedBy } = order;
    if (!same({ digests: ordered, at: orderedAt, by: orderedBy }, { digests, at, by }))
      return `The execution says something else of the erasure ${order.record} than its record.`;
  }
  return undefined;
}

/** Whatever has no document here was erased by a record that names it, and whatever a record of this execution names has none. */
export function checkErasures(packet: EvidencePacket): Finding {
  const wrong = checkOrders(packet);
  if (wrong !== undefined) return wrong;
  for (const { role, digest, erasedBy } of packet.artifacts) {
    if (erasedBy === undefined) continue;
    const { erased, request } = recordOf(packet, erasedBy);
    if (!erased.some((each) => each.digest === digest))
      return `The erasure that the ${role} names does not tell of it.`;
    if (role === 'request' && request !== undefined && request.digest !== digest)
      return 'What is said to be left of the request is left of another one.';
  }
  const gone = new Set((packet.record.erasures ?? []).flatMap(({ digests }) => digests));
  const kept = packet.artifacts.find(({ digest, document }) => document !== undefined && gone.has(digest));
  return kept === undefined ? undefined : `The ${kept.role} was erased on record, and is here.`;
}
