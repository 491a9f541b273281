import type { EvidencePacket, EvidenceStage, Requirement } from './packet-schema.ts';

type Parts = Pick<EvidencePacket, 'record' | 'stages'>;

function decisionsOf(stages: readonly EvidenceStage[], carried: boolean): number {
  return stages
    .flatMap(({ levels }) => levels.flatMap(({ seats }) => seats))
    .filter(({ decision }) => decision !== undefined && (decision.carried !== undefined) === carried).length;
}

/** The events that must stand in the chain, by what the record and the stages say has happened. */
export function requiredEvents({ record, stages }: Parts): Requirement[] {
  return [
    { type: 'execution-accepted', count: 1 },
    { type: 'pods-solved', count: record.pods?.rounds ?? 0 },
    { type: 'executed', count: record.result === undefined ? 0 : 1 },
    { type: 'decision-recorded', count: decisionsOf(stages, false) },
    { type: 'approval-carried-over', count: decisionsOf(stages, true) },
    { type: 'stage-settled', count: stages.filter(({ outcome }) => outcome !== 'open').length },
    { type: 'handoff-moved', count: record.handoff?.transitions ?? 0 },
    { type: 'handoff-settled', count: record.handoff === undefined ? 0 : 1 },
    { type: 'payload-erased', count: record.erasures?.length ?? 0 },
    { type: 'execution-concluded', count: record.outcome === undefined ? 0 : 1 },
  ].filter(({ count }) => count > 0);
}

/** What the packet claims about its own completeness, and on what the claim rests. */
export function completenessOf(parts: Parts): EvidencePacket['completeness'] {
  const ended = parts.record.outcome !== undefined;
  const rest = ended
    ? 'The execution has ended: the chain must hold every event listed here.'
    : 'The execution has not ended: the chain is complete up to the moment of this packet, and more will follow.';
  return {
    ended,
    requires: requiredEvents(parts),
    statement: `Digests and chain show that nothing was altered. That nothing is missing rests on the chain's length and head. ${rest}`,
  };
}
