import type { Bucket } from './buckets.ts';
import type { Reason } from './candidates.ts';
import type { PlanRequest, Touch } from './request-shape.ts';
import type { Row } from './rows.ts';
import type { Scale } from './scale.ts';

/** A touch that the solver places: its columns are `begin` (inclusive) to `end`. The last one defers it, unless its slot is fixed. */
export interface ModelTouch {
  readonly touch: Touch;
  readonly begin: number;
  readonly end: number;
  readonly fixed: boolean;
}

/**
 * The problem as numbers. Each touch takes exactly one of its columns: a half-day of a rep, or deferral. A column has losses in
 * every scenario, a price of its own, and entries in the rows that it shares with others. Everything is a whole number; losses and
 * prices are in units of money (see `Scale`).
 */
export interface Model {
  readonly request: PlanRequest;
  readonly scale: Scale;
  readonly buckets: readonly Bucket[];
  readonly touches: readonly ModelTouch[];
  readonly rows: readonly Row[];
  /** Place of the touch in `touches`, by column. */
  readonly columnTouch: Int32Array;
  /** Place of the bucket, or -1 for deferral. */
  readonly columnBucket: Int32Array;
  /** Row of `losses`. */
  readonly columnLoss: Int32Array;
  /** Prices that come with the column alone: handover, deferral, move, broken promise. */
  readonly columnPrice: Float64Array;
  /** The part of the bucket in which the touch may take place, in minutes from its beginning. */
  readonly columnFrom: Int32Array;
  readonly columnTo: Int32Array;
  /** Entries of column c are `entryBegin[c]` to `entryBegin[c + 1]`. */
  readonly entryBegin: Int32Array;
  readonly entryRow: Int32Array;
  readonly entryCoefficient: Int32Array;
  /** Losses by delay class and scenario: `losses[class * scenarios + k]`. */
  readonly losses: Float64Array;
  readonly infeasible: ReadonlyMap<string, Reason>;
  readonly done: ReadonlyMap<string, string>;
  readonly notices: readonly Notice[];
  readonly multipliers: ReadonlyMap<string, readonly number[]>;
}

/** Something that a planner should know, though it stops nothing. */
export interface Notice {
  readonly code: 'frozen-slot-lost' | 'fixed-before-predecessor' | 'nothing-to-plan';
  readonly touch?: string;
  readonly message: string;
}
