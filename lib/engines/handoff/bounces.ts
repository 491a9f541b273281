import type { Instant } from '../../core/instant.ts';

/** Work that went from one party to another. */
export interface Pass {
  readonly from: string;
  readonly to: string;
  readonly at: Instant;
  /** Why it moved. What a customer caused is not held against anybody. */
  readonly cause: 'handoff' | 'question' | 'rejection' | 'rework' | 'customer';
}

/** Work that came back to a party that had handed it over. */
export interface Bounce {
  /** Index of the pass that brought it back. */
  readonly pass: number;
  /** Parties in order, such as A, B, A: `ways` beyond 3 came back by a detour. */
  readonly ways: readonly string[];
}

export interface BounceStanding {
  readonly bounces: readonly Bounce[];
  readonly count: number;
  readonly budget: number;
  /** More returns than the budget allows: only a person may decide what happens next. */
  readonly mustDecide: boolean;
}

/**
 * Counts how often work came back: each pass to a party that had held the work before, also when it came by a detour (A to B to C
 * to A). Handing it on again after it has come back is a pass forward: A to B to A to B to A are two returns, both to A.
 * @param passes in order of time.
 * @param budget the contract's bounce budget.
 */
export function bouncesOf(passes: readonly Pass[], budget: number): BounceStanding {
  const bounces: Bounce[] = [];
  let held: string[] = [];
  passes.forEach(({ from, to, cause }, index) => {
    if (held.at(-1) !== from) held = [...held, from];
    const before = held.lastIndexOf(to);
    if (cause !== 'customer' && before >= 0) bounces.push({ pass: index, ways: [...held.slice(before), to] });
    held = before >= 0 ? [...held.slice(0, before), to] : [...held, to];
  });
  return { bounces, count: bounces.length, budget, mustDecide: bounces.length > budget };
}
