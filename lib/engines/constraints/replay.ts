import type { Problem } from '../../core/errors.ts';
import type { ConstraintSet } from './model.ts';
import { Decider, type PastRequest } from './replay/decider.ts';
import { type Flip, flipOf } from './replay/flip.ts';

/** Of what was decided at the time only outcome and route are on record. */
const NOTHING_KNOWN = { violated: [], applied: [], problems: [] } as const;

/** What a replay came to so far. */
export interface ReplaySummary {
  readonly requests: number;
  /** Requests that neither set can read. */
  readonly unreadable: number;
  readonly flips: number;
  /** How many went from an outcome to an outcome: `allowed -> denied`. Requests that stay are counted as well. */
  readonly outcomes: Readonly<Record<string, number>>;
  /** How many routes gained, and lost, each label. */
  readonly labels: {
    readonly added: Readonly<Record<string, number>>;
    readonly dropped: Readonly<Record<string, number>>;
  };
  /** How many flips each rule stands behind. */
  readonly rules: Readonly<Record<string, number>>;
}

function add(counts: Map<string, number>, key: string): void {
  counts.set(key, (counts.get(key) ?? 0) + 1);
}

function sorted(counts: ReadonlyMap<string, number>): Record<string, number> {
  return Object.fromEntries([...counts].sort(([a], [b]) => (a < b ? -1 : 1)));
}

/**
 * Replays past requests through a new set, against an older set or against what was decided at the time. Requests come one by one,
 * so that a file of any length takes the same memory.
 */
export class Replay {
  readonly #newer: Decider;
  readonly #older: Decider | undefined;
  #requests = 0;
  #unreadable = 0;
  #flips = 0;
  readonly #outcomes = new Map<string, number>();
  readonly #added = new Map<string, number>();
  readonly #dropped = new Map<string, number>();
  readonly #rules = new Map<string, number>();

  constructor(newer: ConstraintSet, older?: ConstraintSet) {
    this.#newer = new Decider(newer);
    this.#older = older === undefined ? undefined : new Decider(older);
  }

  /** Takes in a request. @returns what flips, or why neither set can read it, or `undefined` where all stays as it was */
  take(request: PastRequest): { readonly flip: Flip } | { readonly problems: readonly Problem[] } | undefined {
    const { input, day, decided } = request;
    const to = this.#newer.decide(input, day);
    const from =
      this.#older?.decide(input, day) ??
      (decided === undefined ? undefined : { ...decided, route: [...decided.route].sort(), ...NOTHING_KNOWN });
    const isUnreadable = to.outcome === 'refused' && (from === undefined || from.outcome === 'refused');
    if (isUnreadable) {
      this.#unreadable += 1;
      return { problems: to.problems };
    }
    this.#requests += 1;
    if (from === undefined) {
      add(this.#outcomes, to.outcome);
      return undefined;
    }
    add(this.#outcomes, from.outcome === to.outcome ? to.outcome : `${from.outcome} -> ${to.outcome}`);
    const older = { verdict: from, ...(this.#older === undefined ? {} : { decider: this.#older }) };
    const flip = flipOf(request, older, { verdict: to, decider: this.#newer });
    if (flip === undefined) return undefined;
    this.#flips += 1;
    for (const label of flip.labels.added) add(this.#added, label);
    for (const label of flip.labels.dropped) add(this.#dropped, label);
    if (flip.to !== 'refused') for (const { rule } of flip.because) add(this.#rules, rule);
    return { flip };
  }

  summary(): ReplaySummary {
    return {
      requests: this.#requests,
      unreadable: this.#unreadable,
      flips: this.#flips,
      outcomes: sorted(this.#outcomes),
      labels: { added: sorted(this.#added), dropped: sorted(this.#dropped) },
      rules: sorted(this.#rules),
    };
  }
}

/** Replays a list of requests at once. */
export function replay(
  older: ConstraintSet | undefined,
  newer: ConstraintSet,
  requests: Iterable<PastRequest>,
): ReplaySummary & { readonly flipped: readonly Flip[]; readonly refused: readonly PastRequest[] } {
  const run = new Replay(newer, older);
  const flipped: Flip[] = [];
  const refused: PastRequest[] = [];
  for (const request of requests) {
    const taken = run.take(request);
    if (taken === undefined) continue;
    if ('flip' in taken) flipped.push(taken.flip);
    else refused.push(request);
  }
  return { ...run.summary(), flipped, refused };
}
