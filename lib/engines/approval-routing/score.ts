import type { UnverifiedFact } from './account-facts.ts';
import type { ApprovalPolicy } from './approval-policy.ts';
import { compare } from './comparison.ts';
import type { Decision } from './decide.ts';
import { type Facts, fieldOf } from './fields.ts';
import type { Work } from './work.ts';

/** One contribution to the risk score. */
export interface RiskFactor {
  readonly code: string;
  readonly points: number;
  /** JSON Pointer into the request. */
  readonly pointer: string;
  readonly message: string;
}

export interface Risk {
  /** The factors' points together, 100 at most. */
  readonly score: number;
  readonly factors: readonly RiskFactor[];
}

const POINTS_PER_UNVERIFIED_FACT = 10;

/** The risk of a request: the points of the policy's risk rules that apply, and of every fact that is not verified. */
export function riskOf(facts: Facts, unverified: readonly UnverifiedFact[], policy: ApprovalPolicy, work: Work): Risk {
  work.units += policy.risk.length;
  const declared = policy.risk.flatMap(({ code, when, points, message }) => {
    const { met, unverifiable, text } = compare(when, facts, policy.conversions);
    // What cannot be compared counts as risk: it may be true.
    if (!met && unverifiable === undefined) return [];
    return [{ code, points, pointer: fieldOf(when.field).pointer, message: `${message} (${text}).` }];
  });
  const doubts = unverified.map(({ code, pointer, message }) => ({
    code,
    points: POINTS_PER_UNVERIFIED_FACT,
    pointer,
    message,
  }));
  const factors = [...declared, ...doubts];
  return {
    score: Math.min(
      100,
      factors.reduce((sum, { points }) => sum + points, 0),
    ),
    factors,
  };
}

/** A reason why the route is less than certain, and how many basis points of confidence it costs. */
export interface Doubt {
  readonly code: string;
  readonly basisPoints: number;
  readonly message: string;
}

const COST = { 'unknown-account': 4_000, 'contradicts-directory': 1_500, 'unknown-person': 1_500 } as const;
const COST_OF_UNDECIDED_RULE = 2_000;
const COST_OF_NO_RULE = 2_500;

/** How sure the route is: 10,000 less what each doubt costs, never below zero. */
export function confidenceOf(
  decision: Decision,
  unverified: readonly UnverifiedFact[],
): { confidenceBasisPoints: number; confidenceReasons: Doubt[] } {
  const { denials, automatic, required, undecided } = decision;
  const noRule = denials.length + automatic.length + required.size + undecided.length === 0;
  const confidenceReasons: Doubt[] = [
    ...unverified.map(({ code, message }) => ({ code, basisPoints: COST[code], message })),
    ...undecided.map((ruleId) => ({
      code: 'undecided-rule',
      basisPoints: COST_OF_UNDECIDED_RULE,
      message: `The rule "${ruleId}" compares amounts between which the policy declares no conversion.`,
    })),
    ...(noRule
      ? [{ code: 'no-rule-fired', basisPoints: COST_OF_NO_RULE, message: 'No rule of the policy covers the request.' }]
      : []),
  ];
  const lost = confidenceReasons.reduce((sum, { basisPoints }) => sum + basisPoints, 0);
  return { confidenceBasisPoints: Math.max(0, 10_000 - lost), confidenceReasons };
}
