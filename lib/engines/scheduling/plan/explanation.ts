import type { RowKind } from './rows.ts';

/** Another place for a touch, with everything else as it is. */
export interface Alternative {
  /** `deferred`, or a rep and the beginning of a half-day. */
  readonly rep?: string;
  readonly start?: string;
  /** What the plan would cost more, in minor units, rounded down; negative where a limit keeps a better place from it. */
  readonly costs: number;
}

/** Why a touch is where it is. */
export interface TouchExplanation {
  readonly touch: string;
  readonly why: string;
  /** The best other place that is free; its cost is the regret of not having the chosen one. */
  readonly runnerUp?: Alternative;
  /** A better place, and the limits that keep the touch from it. */
  readonly better?: Alternative & { readonly limits: readonly string[] };
}

/** What one unit more of a limit saves at the margin, by the prices of the certificate. */
export interface LimitPrice {
  readonly limit: string;
  readonly kind: RowKind;
  readonly subject: string;
  readonly date?: string;
  /** What the limit counts. */
  readonly unit: 'hour' | 'touch' | 'half-day';
  /** Minor units for one unit, rounded down. */
  readonly price: number;
  readonly sentence: string;
}

export interface PlanExplanation {
  readonly format: 'countersign/plan-explanation/1';
  readonly touches: readonly TouchExplanation[];
  /** Limits that cost something, the dearest first. */
  readonly prices: readonly LimitPrice[];
  /** What one unit more of each limit of a kind would save, taken together; dignity and equity have a price that people may know. */
  readonly kinds: readonly { readonly kind: RowKind; readonly limits: number; readonly price: number }[];
}
