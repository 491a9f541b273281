import { type Digest, digestOf } from '../../core/digest.ts';
import type { Contract } from './contract.ts';
import type { Weights } from './contract-document.ts';
import type { Packet } from './packet.ts';
import {
  acceptanceFactor,
  bouncesFactor,
  contingenciesFactor,
  evidenceFactor,
  headroomFactor,
  obligationsFactor,
  recipientFactor,
} from './readiness-factors.ts';
import type { Validation } from './validate-packet.ts';

/** What somebody can do to gain points. */
export interface Mend {
  readonly text: string;
  /** JSON Pointer into the packet. */
  readonly pointer: string;
  /** Points that it gains by itself. */
  readonly gains: number;
  /** How much trouble it is: 1 a field to fill in, 2 a person to ask, 3 a document to get, 4 somebody else's time or terms to change. */
  readonly effort: 1 | 2 | 3 | 4;
}

export interface Factor {
  readonly factor: keyof Weights;
  readonly points: number;
  readonly of: number;
  /** Why so many: the code of the first thing that costs points, or of why there are all. */
  readonly code: string;
  /** JSON Pointer into the packet. */
  readonly pointer: string;
  /** The cheapest way to more points; none when there are all, or nothing in anybody's hands. */
  readonly mend?: Mend;
}

/** Why the threshold is higher than the contract's. */
export interface Raise {
  readonly code: 'risk' | 'low-confidence';
  readonly by: number;
  readonly pointer: string;
}

export interface Readiness {
  readonly scorer: 'countersign/readiness/1';
  /** Digest of the contract, whose part the weights are. */
  readonly contract: Digest;
  readonly packet: Digest;
  readonly score: number;
  readonly threshold: number;
  readonly raises: readonly Raise[];
  readonly ready: boolean;
  readonly factors: readonly Factor[];
  /** Mends in the order in which they are worth it: least effort first, then most points. */
  readonly mends: readonly Mend[];
}

/** What readiness depends on beside the packet. All of it is stated, so that a score can be computed again. */
export interface ReadinessFacts {
  readonly packet: Digest;
  /** Whether the named recipient, or somebody of the consumer, is on shift at the instant of the validation. */
  readonly onShift: boolean;
  /** Minutes that the promise to the customer leaves, and that the rest of the way needs at worst; absent without a promise. */
  readonly headroom?: { readonly remainingMinutes: number; readonly neededMinutes: number };
  /** Returns that the thread has had. */
  readonly bounces: number;
}

/**
 * Scores a packet that passed its gates: whole points by the contract's weights, each factor with its reason and cheapest mend. Risk
 * and low confidence raise the threshold, at most to 100, and give or take no points.
 */
export function scoreReadiness(
  contract: Contract,
  packet: Packet,
  validation: Validation,
  facts: ReadinessFacts,
): Readiness {
  const { scorer, bounceBudget } = contract.document;
  const { weights, raises: rules } = scorer;
  const factors = [
    evidenceFactor(weights.evidence, validation.evidence),
    acceptanceFactor(weights.acceptance, validation.criteria),
    obligationsFactor(weights.obligations, packet),
    recipientFactor(weights.recipient, packet, facts.onShift),
    headroomFactor(weights.headroom, facts.headroom),
    contingenciesFactor(weights.contingencies, packet, scorer.contingencies),
    bouncesFactor(weights.bounces, facts.bounces, bounceBudget),
  ];
  const most = (list: readonly number[]): number => list.reduce((largest, by) => Math.max(largest, by), 0);
  const risk = most(rules.risk.flatMap(({ atLeast, by }) => (packet.risk >= atLeast ? [by] : [])));
  const doubt = most(
    rules.confidence.flatMap(({ belowBasisPoints, by }) =>
      packet.confidenceBasisPoints < belowBasisPoints ? [by] : [],
    ),
  );
  const raises: Raise[] = [
    ...(risk > 0 ? [{ code: 'risk', by: risk, pointer: '/risk' } as const] : []),
    ...(doubt > 0 ? [{ code: 'low-confidence', by: doubt, pointer: '/confidenceBasisPoints' } as const] : []),
  ];
  const score = factors.reduce((sum, { points }) => sum + points, 0);
  const threshold = Math.min(100, scorer.threshold + risk + doubt);
  const mends = factors.flatMap(({ mend }) => mend ?? []).sort((a, b) => a.effort - b.effort || b.gains - a.gains);
  return {
    scorer: scorer.version,
    contract: contract.digest,
    packet: facts.packet,
    score,
    threshold,
    raises,
    ready: score >= threshold,
    factors,
    mends,
  };
}

/** The digest of a score: what `score` events name. */
export function readinessDigest(readiness: Readiness): Digest {
  return digestOf(readiness);
}
