import { canonicalJson, type Digest } from '../../core/digest.ts';
import type { Stage } from '../approvals/stage.ts';
import { parseErasureRecord } from '../contracts/erasure-record.ts';
import type { ExecutionRecord } from '../contracts/execution.ts';
import { parseSkillResult } from '../executions/skill-result-schema.ts';
import type { References } from '../skill/reference.ts';
import type { SkillResult } from '../skill/skill-result.ts';
import type { ArtifactRole, EvidencePacket } from './packet-schema.ts';

/** What a check found wrong, or `undefined`. */
export type Finding = string | undefined;

/** Whether two values are the same JSON value. */
export function same(a: unknown, b: unknown): boolean {
  return canonicalJson(a ?? null) === canonicalJson(b ?? null);
}

/** The evidence has every field of a record but what it owed, so it can stand where a record's facts are asked. */
export function recordIn(packet: EvidencePacket): ExecutionRecord {
  return packet.record as unknown as ExecutionRecord;
}

/** Likewise for stages: what was left out of them decides nothing. */
export function stagesIn(packet: EvidencePacket): readonly Stage[] {
  return packet.stages as unknown as readonly Stage[];
}

/** The document in a role, or `undefined`. */
export function documentOf(packet: EvidencePacket, role: ArtifactRole): unknown {
  return packet.artifacts.find((artifact) => artifact.role === role)?.document;
}

/** The artifacts whose documents were erased, by role. */
export function erasedIn(packet: EvidencePacket, role: ArtifactRole): boolean {
  return packet.artifacts.some((artifact) => artifact.role === role && artifact.erasedBy !== undefined);
}

/** The request as it is stored, or what its erasure left of it, by the record that stands in its place. */
export function requestIn(packet: EvidencePacket): unknown {
  const found = packet.artifacts.find(({ role }) => role === 'request');
  if (found?.erasedBy === undefined) return found?.document;
  const record = packet.artifacts.find(({ role, digest }) => role === 'erasure' && digest === found.erasedBy);
  return parseErasureRecord(record?.document).request?.left;
}

/** The baselines of other skills that the execution looked at. */
export function referencesIn({ record, artifacts }: EvidencePacket): References {
  const documents = new Map(artifacts.map(({ digest, document }) => [digest, document]));
  const found = (record.references ?? []).map(
    ({ skill, version, digest }) =>
      [skill, { skill, version, digest: digest as Digest, configuration: documents.get(digest) }] as const,
  );
  return Object.fromEntries(found);
}

/**
 * The skill's result in the packet, or `undefined` when the execution came to none.
 * @throws InvalidInput when what stands there is no result.
 */
export function resultOf(packet: EvidencePacket): SkillResult | undefined {
  const document = documentOf(packet, 'result');
  return document === undefined ? undefined : parseSkillResult(document);
}
