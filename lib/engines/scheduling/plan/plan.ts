import type { Problem } from '../../../core/errors.ts';
import type { Standing } from '../answer.ts';
import type { Reason } from './candidates.ts';
import type { PlanCertificate } from './certificate.ts';
import type { PlanExplanation } from './explanation.ts';
import type { Notice } from './model.ts';
import type { Segment } from './request-shape.ts';
import type { Scale } from './scale.ts';

/** A half-day of a rep: `date` and `clock` are the rep's own, the instants are UTC. */
export interface HalfDay {
  readonly date: string;
  readonly clock: string;
  readonly start: string;
  readonly end: string;
  readonly afterHours: boolean;
}

interface EveryTouch {
  readonly touch: string;
  readonly account: string;
}

/** A touch with its place. It is expected to end at `end` (p50), and has its time until `reservedUntil` (p80). */
export interface ScheduledTouch extends EveryTouch {
  readonly status: 'scheduled';
  readonly rep: string;
  readonly halfDay: HalfDay;
  readonly start: string;
  readonly end: string;
  readonly reservedUntil: string;
  /** Mean loss over the scenarios, in minor units. */
  readonly expectedLoss: number;
  readonly delayDays: number;
  /** By somebody else than the account's preferred rep. */
  readonly handover: boolean;
  /** Its slot could not be changed: a pin, or frozen time. */
  readonly fixed: boolean;
  /** The previous plan had it elsewhere. */
  readonly moved: boolean;
  readonly brokenPromise: boolean;
}

/** A touch that could be scheduled, and waits; its loss is taken at the end of the horizon and `deferralDays` more. */
export interface DeferredTouch extends EveryTouch {
  readonly status: 'deferred';
  readonly reason: Reason;
  readonly expectedLoss: number;
  /** What deferral adds to the loss of its best half-day, were it free, in minor units. */
  readonly lossBeyondBest: number;
  readonly moved: boolean;
  readonly brokenPromise: boolean;
}

/** A touch that no plan can schedule. Its loss is no part of the objective, since nothing changes it. */
export interface InfeasibleTouch extends EveryTouch {
  readonly status: 'infeasible';
  readonly reason: Reason;
  readonly expectedLoss: number;
  readonly brokenPromise: boolean;
}

export interface DoneTouch extends EveryTouch {
  readonly status: 'done';
  readonly at: string;
}

export type PlannedTouch = ScheduledTouch | DeferredTouch | InfeasibleTouch | DoneTouch;

/** What a plan costs, in minor units, each rounded down; `objective` is (1 - lambda) expected loss + lambda CVaR + the rest. */
export interface Totals {
  readonly objective: number;
  readonly expectedLoss: number;
  /** Mean loss of the worst tenth of the scenarios. */
  readonly conditionalValueAtRisk: number;
  readonly handover: number;
  readonly deferral: number;
  readonly moves: number;
  readonly brokenPromises: number;
  readonly fairness: number;
  readonly floorShortfall: number;
  readonly scheduled: number;
  readonly deferred: number;
}

export interface RepLoad {
  readonly rep: string;
  readonly touches: number;
  /** Minutes at p80 that the plan gives. */
  readonly minutes: number;
  /** Minutes that the rep has for touches within the horizon: contract less load, in every week of it. */
  readonly freeMinutes: number;
  /** Load and plan over contract, in basis points. */
  readonly usedBasisPoints: number;
  /** Minutes above the share of all work that their contract makes. */
  readonly aboveShare: number;
}

export interface FloorResult {
  readonly segment: Segment;
  readonly feasible: number;
  readonly required: number;
  readonly served: number;
  readonly missing: number;
}

/** A half-day whose touches would not all end in time if one of them took as long as one in twenty does. */
export interface TightHalfDay {
  readonly rep: string;
  readonly start: string;
  readonly minutesOver: number;
}

export interface Plan {
  readonly format: 'countersign/plan/1';
  /** Digest of the request in its canonical order. */
  readonly request: string;
  readonly standing: Exclude<Standing, 'refused'>;
  readonly currency: string;
  /** Every touch of the request, by id. */
  readonly touches: readonly PlannedTouch[];
  /** Z: the value that the certificate is about. */
  readonly objective: number;
  readonly scale: Scale;
  readonly totals: Totals;
  /** Losses by scenario in minor units, as drawn. */
  readonly losses: readonly number[];
  readonly scenarios: {
    readonly seed: number;
    readonly count: number;
    /** By account, by scenario, in basis points. */
    readonly multipliers: Readonly<Record<string, readonly number[]>>;
  };
  /** The plain rule, highest risk first, under the same limits, and what the plan saves against it. */
  readonly baseline: {
    readonly rule: 'highest-risk-first';
    readonly totals: Totals;
    readonly losses: readonly number[];
    /** Of the objective, in minor units. */
    readonly saves: number;
    readonly savesBasisPoints: number;
    /** Of the expected loss alone, which no price of a floor or a move enters. */
    readonly savesExpectedLoss: number;
  };
  /** Mean loss of touches that no plan can schedule, in minor units. */
  readonly infeasibleLoss: number;
  readonly reps: readonly RepLoad[];
  readonly floors: readonly FloorResult[];
  readonly tight: readonly TightHalfDay[];
  readonly notices: readonly Notice[];
  readonly spent: { readonly moves: number; readonly iterations: number; readonly rounds: number };
}

/** What planning answers: a plan with its proof and its reasons, or why there is none. */
export type PlanResult =
  | {
      readonly standing: Plan['standing'];
      readonly plan: Plan;
      /** Absent where nothing is proved: standing `heuristic`. */
      readonly certificate?: PlanCertificate;
      readonly explanation: PlanExplanation;
    }
  | { readonly standing: 'refused'; readonly problems: readonly Problem[] };
