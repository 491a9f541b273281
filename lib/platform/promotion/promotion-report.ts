import type { Digest } from '../../core/digest.ts';
import type { Validation, ValidationSuite } from '../configuration/validation.ts';
import { validationSuites } from '../configuration/validation.ts';
import type { SimulationTotals } from './simulate.ts';

/** Who has to agree to a promotion, by what it changes. */
export type PromotionApproval = 'operator' | 'policy-owner' | 'oversight';

/** A contribution to the risk of a promotion. */
export interface PromotionRisk {
  readonly code: string;
  readonly points: number;
  readonly message: string;
}

/** What speaks for and against making a candidate the baseline. */
export interface PromotionReport {
  readonly schema: 'countersign/promotion-report/1';
  readonly skill: string;
  readonly version: string;
  readonly promotedDigest: Digest;
  readonly gates: readonly { readonly suite: ValidationSuite; readonly result: 'pass' | 'fail' | 'missing' }[];
  readonly varianceNotes: readonly string[];
  readonly risk: { readonly score: number; readonly factors: readonly PromotionRisk[] };
  /** How much was compared: half at ten past requests, nine tenths at ninety. */
  readonly confidenceBasisPoints: number;
  readonly approvals: {
    readonly required: readonly PromotionApproval[];
    /** People who agreed, as whoever promotes attests. */
    readonly given: readonly string[];
  };
  readonly recommendation: 'publish' | 'no-publish';
  /** Why it is not to be published. */
  readonly because: readonly string[];
}

/** At this many comparable requests the comparison is half convincing. */
const HALF_CONVINCED_AT = 10;
const MOST_POINTS = 100;

const RISKS: readonly {
  readonly code: string;
  readonly count: (totals: SimulationTotals) => number;
  /** Points at a share of all requests, in points per whole. */
  readonly weight: number;
  readonly message: string;
}[] = [
  { code: 'fewer-approvers', count: (t) => t.withDroppedApprovers, weight: 60, message: 'fewer people asked' },
  { code: 'newly-automatic', count: (t) => t.newlyAutomatic, weight: 80, message: 'nobody asked any more' },
  { code: 'newly-blocked', count: (t) => t.newlyBlocked, weight: 40, message: 'refused by policy' },
  { code: 'route-changed', count: (t) => t.changed, weight: 20, message: 'routed otherwise' },
  { code: 'slower', count: (t) => t.slower, weight: 10, message: 'slower by service level' },
];

/** Risk points: the share of past requests that a change touches, times its weight, rounded up. */
function risksOf(totals: SimulationTotals): PromotionRisk[] {
  const comparable = Math.max(1, totals.requests - totals.notComparable);
  return RISKS.flatMap(({ code, count, weight, message }) => {
    const touched = count(totals);
    if (touched === 0) return [];
    const points = Math.ceil((touched * weight) / comparable);
    return [{ code, points, message: `${touched} of ${comparable} past requests: ${message}.` }];
  });
}

function approvalsFor(totals: SimulationTotals): PromotionApproval[] {
  const weakens = totals.newlyAutomatic > 0 || totals.withDroppedApprovers > 0;
  return [
    'operator',
    ...(totals.changed > 0 ? (['policy-owner'] as const) : []),
    ...(weakens ? (['oversight'] as const) : []),
  ];
}

/** What a promotion is judged by. */
export interface PromotionQuestion {
  readonly skill: string;
  readonly version: string;
  readonly promotedDigest: Digest;
  readonly validation: Validation;
  /** From the simulation's record; absent when none was run. */
  readonly totals: SimulationTotals | undefined;
  /** The person who promotes, as operator. */
  readonly by: string;
  /** Further people who agreed. */
  readonly agreed: readonly string[];
}

/**
 * Judges a promotion. `publish` takes a record of a pass of every suite for this very digest, and as many different people as
 * the change asks for: whoever promotes is the operator and stands for nobody else.
 */
export function promotionReport(question: PromotionQuestion): PromotionReport {
  const { skill, version, promotedDigest, validation, totals, by } = question;
  const gates = validationSuites.map((suite) => {
    const record = validation.records.find((one) => one.suite === suite);
    return { suite, result: record?.result ?? ('missing' as const) };
  });
  const factors = totals === undefined ? [] : risksOf(totals);
  const required = totals === undefined ? (['operator'] as const) : approvalsFor(totals);
  const given = [...new Set([by, ...question.agreed])];
  const comparable = totals === undefined ? 0 : totals.requests - totals.notComparable;
  const because = [
    ...gates.flatMap(({ suite, result }) =>
      result === 'pass' ? [] : [`The suite ${suite} is ${result === 'fail' ? 'failed' : result}.`],
    ),
    ...(given.length < required.length
      ? [`It takes ${required.length} different people (${required.join(', ')}), and ${given.length} agreed.`]
      : []),
  ];
  return {
    schema: 'countersign/promotion-report/1',
    skill,
    version,
    promotedDigest,
    gates,
    varianceNotes: validation.records.flatMap(({ suite, notes }) => notes.map((note) => `${suite}: ${note}`)),
    risk: {
      score: Math.min(
        MOST_POINTS,
        factors.reduce((sum, { points }) => sum + points, 0),
      ),
      factors,
    },
    confidenceBasisPoints: Math.trunc((10_000 * comparable) / (comparable + HALF_CONVINCED_AT)),
    approvals: { required, given },
    recommendation: because.length === 0 ? 'publish' : 'no-publish',
    because,
  };
}
