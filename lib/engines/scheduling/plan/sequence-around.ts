import type { Stretch } from './buckets.ts';
import type { Minute } from './local-time.ts';
import { type InHalfDay, inUsualOrder, type Sequenced } from './sequence.ts';

/** Orders are looked at so far and no further: counted, never timed. A half-day holds a handful of touches, and few need a second look. */
const MOST_LOOKS = 2_000;

export interface Around {
  readonly start: Minute;
  readonly end: Minute;
  /** When a touch cannot take place although its window is open, by its id. */
  readonly closed: (id: string) => readonly Stretch[];
  /** A touch that is to have a certain place in the order, counted from 0. */
  readonly held?: { readonly id: string; readonly place: number };
}

/** The first minute from which a touch has its whole time free. */
function earliest({ from, p80 }: InHalfDay, free: Minute, closed: readonly Stretch[]): Minute {
  let begin = Math.max(from, free);
  // Each round passes one closed stretch at least, so there are no more rounds than stretches.
  for (let at = 0; at <= closed.length; at += 1) {
    const stands = closed.find((each) => each.from < begin + p80 && begin < each.to);
    if (stands === undefined) break;
    begin = stands.to;
  }
  return begin;
}

/**
 * Clock times within a half-day around stretches that are closed to some of its touches: whoever can begin first goes first, of several
 * the one that does in the usual order, and where everything does not fit then, the next order is tried.
 *
 * A set of touches that could not be finished from one minute on cannot be finished from a later one; that is kept, so that the
 * search looks at sets and not at orders.
 * @returns `undefined` when no order works out, or none was found within a fixed number of looks.
 */
export function sequenceAround(touches: readonly InHalfDay[], around: Around): Sequenced[] | undefined {
  const { start, end, closed, held } = around;
  const order = inUsualOrder(touches, start, end);
  const shut = order.map(({ id }) => closed(id));
  const heldAt = held === undefined ? -1 : order.findIndex(({ id }) => id === held.id);
  const tooLate = new Map<number, Minute>();
  const found: Sequenced[] = [];
  let looks = 0;
  const fits = (index: number, begin: Minute): boolean => {
    const { to, p80 } = order[index] as InHalfDay;
    return begin + p80 <= to;
  };
  const descend = (taken: number, free: Minute): boolean => {
    if (found.length === order.length) return true;
    if (free >= (tooLate.get(taken) ?? Number.POSITIVE_INFINITY)) return false;
    const left = [...order.keys()].filter((index) => (taken & (1 << index)) === 0);
    const begins = left.map((index) => earliest(order[index] as InHalfDay, free, shut[index] ?? []));
    looks += left.length;
    if (looks > MOST_LOOKS) return false;
    const isHopeless = left.some((index, at) => !fits(index, begins[at] ?? free));
    const byBegin = left
      .map((index, at) => ({ index, begin: begins[at] ?? free }))
      .sort((a, b) => a.begin - b.begin || a.index - b.index);
    for (const { index, begin } of isHopeless ? [] : byBegin) {
      if (heldAt >= 0 && (index === heldAt) !== (found.length === held?.place)) continue;
      const { id, p50, p80 } = order[index] as InHalfDay;
      found.push({ id, start: begin, end: begin + p50, reservedUntil: begin + p80 });
      if (descend(taken | (1 << index), begin + p80)) return true;
      found.pop();
    }
    if (looks <= MOST_LOOKS) tooLate.set(taken, free);
    return false;
  };
  return descend(0, start) ? found : undefined;
}
