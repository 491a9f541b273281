import type { ApprovalPlan } from '../../core/approval/plan.ts';
import type { Terms } from '../../core/approval/terms.ts';
import type { Json } from '../../core/json.ts';

/** Why a step decided as it did: one rule or factor, met or not, with the values that were compared. */
export interface TraceEntry {
  /** The rule, factor or check. */
  readonly id: string;
  readonly met: boolean;
  /** One sentence for people. */
  readonly because: string;
  /** The values compared, as data. */
  readonly detail: Json;
}

/** One contribution to the risk score. */
export interface RiskFactor {
  readonly code: string;
  readonly points: number;
  /** JSON Pointer into the input. */
  readonly pointer: string;
  readonly message: string;
}

/** A reason that keeps an execution from being published. */
export interface Reason {
  readonly code: string;
  readonly message: string;
  readonly pointer: string;
}

/**
 * What a skill's `execute` returns. Pure data: the same input, configuration, directory and instant give the same bytes.
 * The verdict is the skill's wish; the gates have the last word.
 */
export interface SkillResult {
  /** `publish` needs nobody; `approve` needs the plan carried out; `block` is refused by policy, with reasons. */
  readonly verdict: 'publish' | 'approve' | 'block';
  readonly reasons: readonly Reason[];
  /** The skill's own result; it becomes the body of the primary artifact. */
  readonly artifact: Json;
  readonly terms: Terms;
  readonly plan?: ApprovalPlan;
  readonly risk: { readonly score: number; readonly factors: readonly RiskFactor[] };
  readonly confidenceBasisPoints: number;
  readonly trace: readonly TraceEntry[];
  /** Deterministic count of the work done, held against the skill's budget. */
  readonly workUnits: number;
  /** Where a downstream router should go next, for a published outcome. */
  readonly nextHop: string;
}
