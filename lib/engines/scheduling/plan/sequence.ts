import { byText } from '../../../core/directory/loaded.ts';
import type { Minute } from './local-time.ts';

/** A touch within a half-day. */
export interface InHalfDay {
  readonly id: string;
  /** When it may take place. */
  readonly from: Minute;
  readonly to: Minute;
  readonly p50: number;
  readonly p80: number;
  /** What is at stake; the larger comes first where windows leave the choice. */
  readonly loss: number;
}

export interface Sequenced {
  readonly id: string;
  readonly start: Minute;
  readonly end: Minute;
  readonly reservedUntil: Minute;
}

/** The order's three parts: what must be over early, what may be at any time, what cannot begin at once. */
function part({ from, to }: InHalfDay, start: Minute, end: Minute): 0 | 1 | 2 {
  if (from === start) return to === end ? 1 : 0;
  if (to === end) return 2;
  return from - start <= end - to ? 0 : 2;
}

/**
 * The order in which the touches of a half-day are done where nothing speaks against it: first those that must be over before its
 * end, the earliest deadline first; then those that may take place at any time, the largest loss first; then those that cannot begin
 * at once, in the order in which they can.
 */
export function inUsualOrder(touches: readonly InHalfDay[], start: Minute, end: Minute): InHalfDay[] {
  return touches.toSorted((a, b) => {
    const place = part(a, start, end);
    const byPart = place - part(b, start, end);
    if (byPart !== 0) return byPart;
    const own = place === 0 ? a.to - b.to : place === 1 ? b.loss - a.loss : a.from - b.from;
    return own || byText(a.id, b.id);
  });
}

/**
 * Clock times within a half-day in the usual order. Each touch starts as soon as it may, and keeps its time until p80, so that an
 * overrun of one does not push the next one into quiet hours.
 *
 * It always works out when the limits of the half-day and its early and late windows hold: they say that the early ones fit in this
 * order from the beginning, the late ones from the end, and all of them between.
 */
export function sequence(touches: readonly InHalfDay[], start: Minute, end: Minute): Sequenced[] {
  let free = start;
  return inUsualOrder(touches, start, end).map(({ id, from, p50, p80 }) => {
    const begin = Math.max(free, from);
    free = begin + p80;
    return { id, start: begin, end: begin + p50, reservedUntil: free };
  });
}
