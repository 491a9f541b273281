import { digestOf } from '../../core/digest.ts';
import type { Instant } from '../../core/instant.ts';

/** What happened to a skill, as against one of its executions. */
export type IncidentKind = 'candidate-rolled-back' | 'baseline-rolled-back' | 'posture-critical';

/** An incident that oversight is to be told of; kept in the aggregate whose write brought it about until it was. */
export interface Incident {
  readonly incidentId: string;
  readonly kind: IncidentKind;
  readonly at: Instant;
  /** A person's id, a caller's principal, or `system`. */
  readonly by: string;
  readonly because: string;
  /** What stood before and what stands now: configuration versions, or postures. */
  readonly from: string;
  readonly to: string;
  /** The executions that led to it, the latest ones. */
  readonly executions: readonly string[];
}

/** As many executions as an incident names. */
export const NAMED_EXECUTIONS = 50;

/** An incident's id. @param subject what it befell: a configuration version, or the posture. */
export function incidentIdOf(kind: IncidentKind, skill: string, subject: string, at: Instant): string {
  return `inc-${digestOf([kind, skill, subject, at]).slice('sha256:'.length, 'sha256:'.length + 32)}`;
}
