import { checkManifests } from '../audit/manifest.ts';
import type { Finding } from './finding.ts';
import type { EvidencePacket } from './packet-schema.ts';

/** Manifests that the verifier got from where nobody alters them, and the keys that may have signed them. */
export interface AnchorsAtHand {
  /** Oldest first; one is enough when it names the execution. */
  readonly manifests: readonly unknown[];
  /** PEM. */
  readonly publicKeys: readonly string[];
}

/**
 * The chain reaches at least as far as a signed manifest says it did, and had that head there. A packet from which later
 * events were cut off, however consistently, fails here.
 * @throws InvalidInput when a public key is none.
 */
export function checkAnchor(packet: EvidencePacket, { manifests, publicKeys }: AnchorsAtHand): Finding {
  const checked = checkManifests(manifests, publicKeys);
  if (!checked.ok) return checked.problem;
  const { executionId, chain } = packet;
  const entries = checked.manifests.flatMap(({ day, executions }) =>
    executions.filter((one) => one.executionId === executionId).map((one) => ({ day, ...one })),
  );
  if (entries.length === 0)
    return 'No manifest names this execution: take those of the days on which its chain grew, and of the day after.';
  for (const { day, length, head } of entries) {
    if (chain.events.length < length)
      return `The chain has ${chain.events.length} events and had ${length} on ${day}: its end was cut off.`;
    if (chain.events[length - 1]?.digest !== head) return `Event ${length} is not the one that was anchored on ${day}.`;
  }
  return undefined;
}
