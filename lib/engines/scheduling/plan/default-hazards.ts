import type { HazardPoint, Segment, TouchKind } from './request-shape.ts';

/**
 * Probability of losing the protected revenue, in basis points, by days of delay: what is taken where an account has no curve
 * of its own. They are starting points to be replaced by a company's own figures, and say only what most would agree on: a
 * rescue cannot wait, a check-in can, and the first days cost most.
 */
const BY_KIND: Readonly<Record<TouchKind, readonly (readonly [days: number, basisPoints: number])[]>> = {
  rescue: [
    [0, 800],
    [1, 1_100],
    [3, 1_800],
    [7, 3_000],
    [14, 4_500],
    [30, 6_000],
  ],
  renewal: [
    [0, 300],
    [2, 400],
    [5, 600],
    [10, 1_000],
    [20, 1_800],
    [30, 2_500],
  ],
  onboarding: [
    [0, 200],
    [3, 300],
    [7, 500],
    [14, 900],
    [30, 1_600],
  ],
  'business-review': [
    [0, 150],
    [5, 220],
    [10, 320],
    [20, 600],
    [30, 900],
  ],
  adoption: [
    [0, 120],
    [5, 170],
    [14, 300],
    [30, 600],
  ],
  'check-in': [
    [0, 80],
    [7, 110],
    [14, 160],
    [30, 300],
  ],
};

/** Smaller accounts leave sooner: in basis points of the curve above. */
const BY_SEGMENT: Readonly<Record<Segment, number>> = {
  enterprise: 10_000,
  'mid-market': 12_000,
  'small-business': 15_000,
};

/** The part of the annual revenue that a touch protects, in basis points, by kind. */
const STAKES: Readonly<Record<TouchKind, number>> = {
  rescue: 10_000,
  renewal: 10_000,
  onboarding: 6_000,
  'business-review': 4_000,
  adoption: 3_000,
  'check-in': 2_000,
};

/** The curve for touches of a kind with accounts of a segment, where the account has none. */
export function defaultHazard(kind: TouchKind, segment: Segment): readonly HazardPoint[] {
  return BY_KIND[kind].map(([days, basisPoints]) => ({
    days,
    basisPoints: Math.min(10_000, Math.floor((basisPoints * BY_SEGMENT[segment]) / 10_000)),
  }));
}

/** The part of the annual revenue that a touch of this kind protects, in basis points, where the touch does not say. */
export function defaultStake(kind: TouchKind): number {
  return STAKES[kind];
}

/**
 * The curve at a delay, in basis points: the line between the points around it, rounded down; flat before the first and after
 * the last.
 */
export function hazardAt(curve: readonly HazardPoint[], days: number): number {
  let before = curve[0];
  if (before === undefined) return 0;
  for (const point of curve) {
    if (point.days >= days) {
      if (point.days <= before.days || days <= before.days) return before.basisPoints;
      const rise = (point.basisPoints - before.basisPoints) * (days - before.days);
      return before.basisPoints + Math.floor(rise / (point.days - before.days));
    }
    before = point;
  }
  return before.basisPoints;
}
