import type { Digest } from '../../core/digest.ts';
import type { Interval, RuleIndex, Span, Values } from './model.ts';

/** What an analysis can find. */
export type FindingCode =
  /** Some facts leave no terms that satisfy all of these rules, though they do for every proper subset. */
  | 'conflict'
  /** Two rules can put exclusive labels on one route. */
  | 'exclusive-routes'
  /** The rule applies to no input at all. */
  | 'dead-rule'
  /** The rule applies only where it is overridden, or to inputs that other rules deny. */
  | 'shadowed-rule'
  /** Without the rule, every decision is the same. */
  | 'redundant-rule'
  /** No row of a table that must be complete meets the input. */
  | 'table-gap'
  /** Two rows of a `unique` table, or two rows with different results of an `any` table, meet one input. */
  | 'table-overlap'
  /** No permitted input has this value of an enum, or this element of a set. */
  | 'unreachable-value'
  /** The condition of the rule holds wherever the rule applies: it demands nothing. */
  | 'always-true'
  /** A part of a condition never holds within the domains, though the rest could. */
  | 'always-false';

/** The smallest change of one number in the source that clears a finding. */
export interface Repair {
  readonly rule: RuleIndex;
  /** Which number: where it stands in the source text of the rule, as the formula's path (JSON Pointer into the rule). */
  readonly pointer: string;
  readonly from: number;
  readonly to: number;
  /** For people: `rule discount-cap: change 15 % to 20 %`. */
  readonly message: string;
}

/** How a finding was proved. */
export interface Proof {
  /** `intervals`: interval and bit-set algebra. `solver`: Z3. */
  readonly by: 'intervals' | 'solver';
  /** What an independent evaluator confirmed: the witness, and that each proper subset of the rules can be satisfied. */
  readonly checks: readonly { readonly claim: string; readonly holds: true }[];
}

export interface Finding {
  readonly code: FindingCode;
  /** Digest over code, rules' ids and normalised contents, and period: what a waiver is bound to. */
  readonly digest: Digest;
  readonly severity: 'error' | 'warning';
  readonly message: string;
  /** A minimal set: without any one of them the finding is gone. Ascending. */
  readonly rules: readonly RuleIndex[];
  readonly table?: string;
  /** Which part of the rule, or which value of a field, where it is not the whole: a JSON Pointer into the rule or the set. */
  readonly pointer?: string;
  /** A concrete input that shows it, where one can. */
  readonly witness?: Values;
  /** A day of the period on which the witness shows it: days since 1970-01-01. */
  readonly witnessDay?: number;
  /** For each proper subset of a conflict (by the rule left out): values that satisfy the others, facts as in the witness. */
  readonly subsetWitnesses?: readonly { readonly without: RuleIndex; readonly values: Values }[];
  /** The days on which it holds. */
  readonly period: Interval;
  /** Who must talk, ascending. */
  readonly owners: readonly string[];
  readonly spans: readonly Span[];
  readonly repair?: Repair;
  readonly mend: string;
  readonly proof: Proof;
}

/** A question that was not answered: neither found nor excluded. */
export interface Unknown {
  readonly question: FindingCode;
  readonly rules: readonly RuleIndex[];
  /** `opaque`: beyond the analysable subset. `budget`: the declared work was spent. */
  readonly because: 'opaque' | 'budget';
  /** Solver steps (Z3's rlimit) or boxes that were spent on it. */
  readonly spent: number;
  readonly message: string;
}

/** What an analysis may spend; work, never time, so that it ends the same everywhere. */
export interface AnalysisBudget {
  /** Z3 resource units for one search for conflicts; all other questions together may spend as many, each a tenth of them. */
  readonly solverSteps: number;
  /** Boxes that the interval tier may make for each question. */
  readonly boxes: number;
  /** Minimal sets that are listed for each kind of finding. */
  readonly minimalSets: number;
}

export interface Analysis {
  readonly verdict: 'clean' | 'findings' | 'unknown';
  readonly findings: readonly Finding[];
  readonly unknowns: readonly Unknown[];
  /** Kinds of which there are more minimal sets than the budget lists. */
  readonly truncated: readonly FindingCode[];
  readonly coverage: { readonly rules: number; readonly analysable: number; readonly tables: number };
  readonly spent: { readonly solverSteps: number; readonly boxes: number; readonly solverLoaded: boolean };
}

/** A context of a solver that stays open: what one script declares and asserts is there in the next one. */
export interface SolverSession {
  /** Runs a script and answers what Z3 prints, and the steps that were spent on it. */
  run(script: string): { readonly output: string; readonly spent: number };
  close(): void;
}

/**
 * Decides satisfiability of SMT-LIB 2 text, in contexts that know nothing of each other, within so many steps for each
 * check. The engine is given one: it never loads Z3 by itself, so whatever needs no solver loads none.
 */
export interface Solver {
  open(steps: number): SolverSession;
}
