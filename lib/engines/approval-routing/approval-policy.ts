import type { Digest } from '../../core/digest.ts';
import type { Money } from '../../core/money.ts';
import type { Comparison, Conversion } from './comparison.ts';
import type { LintFinding } from './lint-finding.ts';
import type { Matrix } from './matrix.ts';
import type { LevelDocument, PolicyDocument } from './policy-document.ts';

/** What a rule does when it fires. */
export type Effect =
  | { readonly do: 'require'; readonly levels: readonly string[] }
  | { readonly do: 'approve' }
  | { readonly do: 'deny'; readonly reason: string };

export interface Rule {
  readonly id: string;
  readonly name: string;
  readonly owner: string;
  readonly all: readonly Comparison[];
  readonly any: readonly Comparison[];
  readonly effect: Effect;
  /** Of a rule that comes from a constraint artifact: how many conditions it has; `all` and `any` are empty then. */
  readonly conditions?: number;
  /** Of such a rule: the digest over what it says. */
  readonly content?: Digest;
}

export interface Level extends Omit<LevelDocument, 'mailCodeAbove'> {
  readonly mailCodeAbove?: Money;
}

export interface RiskRule {
  readonly code: string;
  readonly when: Comparison;
  readonly points: number;
  readonly message: string;
}

/** An approval policy, read and checked, ready to route by. */
export interface ApprovalPolicy {
  readonly version: string;
  readonly name: string;
  readonly rules: readonly Rule[];
  /** By order, then by id. */
  readonly levels: readonly Level[];
  readonly fallbackLevel: string;
  readonly conversions: readonly Conversion[];
  readonly separationOfDuties: PolicyDocument['separationOfDuties'];
  readonly standardTerms: readonly Comparison[];
  readonly risk: readonly RiskRule[];
  /** The rules as the constraints engine decides and proves them, in the same order. */
  readonly matrix: Matrix;
  /** What the linter found that does not keep the policy from being used. */
  readonly warnings: readonly LintFinding[];
}
