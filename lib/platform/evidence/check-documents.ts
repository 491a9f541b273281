import { digestOf } from '../../core/digest.ts';
import { executionScorecard, handoffPacket, primaryArtifactBundle } from '../contracts/outputs.ts';
import { foreignErasures } from './check-erasures.ts';
import { documentOf, type Finding, resultOf, same } from './finding.ts';
import type { EvidencePacket } from './packet-schema.ts';
import { referencedArtifacts } from './references.ts';

/** Every artifact has its digest, and the record's references are exactly what is here. */
export function checkArtifacts(packet: EvidencePacket): Finding {
  for (const { role, digest, document, erasedBy } of packet.artifacts) {
    if (erasedBy !== undefined && document !== undefined) return `The ${role} is here, and is said to be erased.`;
    if (erasedBy === undefined && (document === undefined || digestOf(document) !== digest))
      return `The ${role} does not have the digest ${digest}.`;
  }
  const foreign = foreignErasures(packet);
  const stated = packet.artifacts
    .filter(({ role, digest }) => !(role === 'erasure' && foreign.has(digest)))
    .map(({ role, digest }) => ({ role, digest }));
  const referenced = referencedArtifacts(packet.record);
  if (!same(stated, referenced)) return 'The artifacts are not those that the record refers to.';
  return undefined;
}

/** The outputs fit their contracts. */
export function checkOutputs(packet: EvidencePacket): Finding {
  if (packet.record.outputs === undefined)
    return packet.record.outcome === undefined ? undefined : 'The execution has ended without outputs.';
  const contracts = [
    ['primary-artifact-bundle', primaryArtifactBundle],
    ['execution-scorecard', executionScorecard],
    ['handoff-packet', handoffPacket],
  ] as const;
  for (const [role, contract] of contracts) {
    const parsed = contract.safeParse(documentOf(packet, role));
    if (!parsed.success) return `The ${role} does not fit its contract.`;
    const { executionId, skill, outcome, concludedAt, gates } = parsed.data;
    const { record } = packet;
    const stated = { executionId, skill, outcome, concludedAt, gates };
    const recorded = {
      executionId: record.executionId,
      skill: record.skill,
      outcome: record.outcome,
      concludedAt: record.concludedAt,
      gates: record.gates,
    };
    if (!same(stated, recorded)) return `The ${role} does not agree with the record.`;
  }
  const result = resultOf(packet);
  const primary = primaryArtifactBundle.parse(documentOf(packet, 'primary-artifact-bundle'));
  if (result !== undefined && !same([primary.artifact, primary.risk], [result.artifact, result.risk]))
    return 'The primary artifact bundle does not hold what the skill computed.';
  const handoff = handoffPacket.parse(documentOf(packet, 'handoff-packet'));
  if (handoff.primaryArtifact.digest !== packet.record.outputs.primaryArtifactBundle)
    return 'The handoff packet names another primary artifact.';
  return undefined;
}

/** The packet is as it was put together. */
export function checkPacketDigest(packet: EvidencePacket): Finding {
  const { digest, ...content } = packet;
  return digestOf(content) === digest ? undefined : 'The packet does not have the digest it claims.';
}
