import { byText } from '../../../core/directory/loaded.ts';
import { expectedLoss } from './breakdown.ts';
import { type Minute, minuteOf } from './local-time.ts';
import type { Model } from './model.ts';

/** A time at which the plan in force has a touch, in the half-day in which it is now. */
export interface Stay {
  readonly id: string;
  readonly start: Minute;
  readonly p80: number;
  /** The customer was told this time. */
  readonly promised: boolean;
}

/** Where kept slots had their touches: promises first, then what cannot be moved, then what is worth most. */
export function staysOf(model: Model, choice: Int32Array): Stay[] {
  if (model.request.previous === undefined) return [];
  const slots = new Map(model.request.previous.slots.map((slot) => [slot.touch, slot]));
  const found = [...choice].flatMap((column, place) => {
    const { touch, fixed } = model.touches[place] ?? {};
    const slot = slots.get(touch?.id ?? '');
    const bucket = model.buckets[model.columnBucket[column] ?? -1];
    if (touch === undefined || slot === undefined || bucket === undefined) return [];
    const start = minuteOf(slot.start);
    const isKept = model.request.reps[bucket.rep]?.id === slot.rep && start >= bucket.start && start < bucket.end;
    if (!isKept) return [];
    const rank = slot.promised ? 0 : fixed === true ? 1 : 2;
    const { id, minutes } = touch;
    return [{ id, start, p80: minutes.p80, promised: slot.promised, rank, loss: expectedLoss(model, column) }];
  });
  return found.sort((a, b) => a.rank - b.rank || b.loss - a.loss || byText(a.id, b.id));
}
