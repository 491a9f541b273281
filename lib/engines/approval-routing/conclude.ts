import type { UnverifiedFact } from './account-facts.ts';
import type { ApprovalPolicy } from './approval-policy.ts';
import type { Decision } from './decide.ts';

/** A reason behind a disposition. */
export interface Reason {
  readonly code: string;
  readonly message: string;
  /** JSON Pointer into the request. */
  readonly pointer: string;
}

/** What follows from the rules, before anybody is seated. */
export interface Conclusion {
  readonly disposition: 'auto-approve' | 'approve' | 'deny';
  readonly reasons: readonly Reason[];
  /** Levels to seat, each with what asked for it. */
  readonly levels: ReadonlyMap<string, readonly string[]>;
}

const NONE: ReadonlyMap<string, readonly string[]> = new Map();

/** Why the fallback level is asked, if it is; the code stands in the plan's `because`. */
function fallbackReasons(decision: Decision, unverified: readonly UnverifiedFact[]): Reason[] {
  const undecided = decision.undecided.map((id) => ({
    code: 'undecided-rule',
    message: `The rule "${id}" cannot be decided, so a person decides.`,
    pointer: '/amount/currency',
  }));
  const doubts = unverified.map(({ pointer, message }) => ({ code: 'unverified-fact', message, pointer }));
  const gap = decision.required.size === 0 && decision.automatic.length === 0;
  const uncovered = {
    code: 'no-rule-fired',
    message: 'No rule of the policy covers the request, so a person decides.',
    pointer: '',
  };
  return [...undecided, ...doubts, ...(gap ? [uncovered] : [])];
}

/**
 * Denial outweighs everything. A level that is asked for outweighs automatic approval. Whatever is uncovered, undecided or
 * unverified brings in the fallback level: a gap is never silently approved.
 */
export function conclude(
  decision: Decision,
  unverified: readonly UnverifiedFact[],
  policy: ApprovalPolicy,
): Conclusion {
  if (decision.denials.length > 0)
    return {
      disposition: 'deny',
      reasons: decision.denials.map(({ ruleId, reason }) => ({ code: ruleId, message: reason, pointer: '' })),
      levels: NONE,
    };
  const fallback = fallbackReasons(decision, unverified);
  if (fallback.length === 0 && decision.required.size === 0)
    return {
      disposition: 'auto-approve',
      reasons: decision.automatic.map((id) => ({
        code: id,
        message: `The rule "${id}" approves it automatically.`,
        pointer: '',
      })),
      levels: NONE,
    };
  const levels = new Map(decision.required);
  const codes = [...new Set(fallback.map(({ code }) => code))].sort();
  if (codes.length > 0) levels.set(policy.fallbackLevel, [...(levels.get(policy.fallbackLevel) ?? []), ...codes]);
  return { disposition: 'approve', reasons: fallback, levels };
}
