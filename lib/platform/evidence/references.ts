import type { Digest } from '../../core/digest.ts';
import type { ArtifactRole, EvidencePacket } from './packet-schema.ts';

/** The artifacts that a record refers to, by role. */
export function referencedArtifacts(
  record: Pick<
    EvidencePacket['record'],
    'request' | 'configuration' | 'directory' | 'result' | 'outputs' | 'incident' | 'statement'
  > & {
    readonly references?: readonly { readonly digest: string }[] | undefined;
    readonly erasures?: readonly { readonly record: string }[] | undefined;
    readonly pods?: { readonly ledger: string } | undefined;
    readonly handoff?: { readonly document: string; readonly artifacts: readonly string[] } | undefined;
  },
): readonly { readonly role: ArtifactRole; readonly digest: Digest }[] {
  const { outputs, handoff, statement } = record;
  const references: readonly (readonly [ArtifactRole, string | undefined])[] = [
    ['request', record.request],
    ['configuration', record.configuration.digest],
    ['directory', record.directory],
    ...(record.references ?? []).map(({ digest }) => ['reference', digest] as const),
    ['pod-ledger', record.pods?.ledger],
    ['result', record.result],
    ['primary-artifact-bundle', outputs?.primaryArtifactBundle],
    ['execution-scorecard', outputs?.executionScorecard],
    ['handoff-packet', outputs?.handoffPacket],
    ['handoff', handoff?.document],
    ...(handoff?.artifacts ?? []).map((digest) => ['handoff-artifact', digest] as const),
    ['incident', record.incident],
    ['statement', statement?.envelope],
    ['statement-key', statement?.key],
    ...(record.erasures ?? []).map(({ record: of }) => ['erasure', of] as const),
  ];
  return references.flatMap(([role, digest]) => (digest === undefined ? [] : [{ role, digest: digest as Digest }]));
}
