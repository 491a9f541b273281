import { canonicalJson } from '../../core/digest.ts';
import { verifyChain } from '../audit/chain.ts';
import { promotedDigest } from '../configuration/validation.ts';
import { firstDifference } from '../executions/first-difference.ts';
import { acceptanceFacts, conclusionFacts } from '../executions/record-facts.ts';
import { completenessOf } from './completeness.ts';
import { type Finding, recordIn, same } from './finding.ts';
import type { EvidencePacket } from './packet-schema.ts';

const CHAIN_PROBLEMS = {
  sequence: 'is not the one that belongs here: an event is missing, doubled or out of order',
  execution: 'belongs to another execution',
  previous: 'does not follow the event before it',
  digest: 'was altered: it does not have the digest it claims',
} as const;

/** The events hold together. */
export function checkChain(packet: EvidencePacket): Finding {
  const checked = verifyChain(packet.chain.events);
  if (!checked.ok) return `Event ${checked.seq} ${CHAIN_PROBLEMS[checked.problem]}.`;
  const foreign = packet.chain.events.find(({ executionId }) => executionId !== packet.executionId);
  return foreign === undefined ? undefined : `Event ${foreign.seq} belongs to another execution.`;
}

/** The chain is as long as the packet says. */
export function checkChainLength({ chain }: EvidencePacket): Finding {
  if (chain.length === chain.events.length) return undefined;
  return `The chain is said to have ${chain.length} events and has ${chain.events.length}.`;
}

/** The chain ends where the packet says. */
export function checkChainHead({ chain }: EvidencePacket): Finding {
  return chain.events.at(-1)?.digest === chain.head ? undefined : 'The last event is not the head of the chain.';
}

function contradiction(packet: EvidencePacket, type: string, facts: { readonly [key: string]: unknown }): Finding {
  const event = packet.chain.events.find((one) => one.type === type);
  if (event === undefined) return `The chain holds no event "${type}".`;
  const stated = Object.fromEntries(Object.keys(facts).map((key) => [key, event.data[key]]));
  const at = firstDifference(stated, JSON.parse(canonicalJson(facts)));
  return at === undefined ? undefined : `The record contradicts the event "${type}" at ${at}.`;
}

/** The record says what the chain says was fixed at acceptance and at the end. */
export function checkRecord(packet: EvidencePacket): Finding {
  if (packet.record.executionId !== packet.executionId) return 'The record belongs to another execution.';
  const { configuration, engine, promoted } = packet.record;
  if (promotedDigest(configuration.digest, engine) !== promoted)
    return 'The promoted digest is not the one of the configuration and the engine.';
  const accepted = contradiction(packet, 'execution-accepted', acceptanceFacts(recordIn(packet)));
  if (accepted !== undefined || packet.record.outcome === undefined) return accepted;
  return contradiction(packet, 'execution-concluded', conclusionFacts(recordIn(packet)));
}

/** Everything that must have happened is in the chain, as often as it happened. */
export function checkCompleteness(packet: EvidencePacket): Finding {
  const claim = completenessOf(packet);
  if (!same(packet.completeness, claim)) return 'The packet claims another completeness than its parts support.';
  for (const { type, count } of claim.requires) {
    const found = packet.chain.events.filter((event) => event.type === type).length;
    if (found !== count) return `The chain must hold ${count} event(s) "${type}" and holds ${found}.`;
  }
  return undefined;
}
