import { byText } from '../../../core/directory/loaded.ts';
import { minuteOf } from './local-time.ts';
import type { Plan, PlannedTouch } from './plan.ts';
import type { PlanRequest } from './request-shape.ts';

/**
 * What became of a touch since the plan in force. `kept`: same rep, same time. `retimed`: same rep and half-day at another time.
 * `moved`: another half-day or rep. `new`: it had no slot. `waiting`, `impossible`: it had a slot, and has none now.
 */
export type ChangeKind = 'kept' | 'retimed' | 'moved' | 'new' | 'waiting' | 'impossible';

export interface Slot {
  readonly rep: string;
  /** An instant. */
  readonly start: string;
}

export interface TouchChange {
  readonly touch: string;
  readonly account: string;
  readonly kind: ChangeKind;
  readonly from?: Slot;
  readonly to?: Slot;
  /** The slot of the plan in force was promised to the customer. */
  readonly promised: boolean;
  readonly brokenPromise: boolean;
  /** The account's annual revenue, in minor units. */
  readonly revenue: number;
}

function kindOf(each: PlannedTouch, from: Slot | undefined): ChangeKind | undefined {
  if (each.status === 'done') return undefined;
  if (from === undefined) return each.status === 'scheduled' ? 'new' : undefined;
  if (each.status === 'deferred') return 'waiting';
  if (each.status === 'infeasible') return 'impossible';
  if (each.moved) return 'moved';
  return minuteOf(each.start) === minuteOf(from.start) ? 'kept' : 'retimed';
}

/**
 * A plan beside the plan in force, touch by touch, the accounts with the most revenue first. Touches that are done, and those that had
 * no slot and still have none, are left out.
 * @returns `undefined` when there is no plan in force.
 */
export function changesOf(request: PlanRequest, plan: Pick<Plan, 'touches'>): readonly TouchChange[] | undefined {
  if (request.previous === undefined) return undefined;
  const before = new Map(request.previous.slots.map((slot) => [slot.touch, slot]));
  const revenueOf = new Map(request.accounts.map((each) => [each.id, each.annualRecurringRevenue.minorUnits]));
  const changes = plan.touches.flatMap((each): TouchChange[] => {
    const slot = before.get(each.touch);
    const kind = kindOf(each, slot);
    if (kind === undefined) return [];
    return [
      {
        touch: each.touch,
        account: each.account,
        kind,
        ...(slot === undefined ? {} : { from: { rep: slot.rep, start: new Date(slot.start).toISOString() } }),
        ...(each.status === 'scheduled' ? { to: { rep: each.rep, start: each.start } } : {}),
        promised: slot?.promised ?? false,
        brokenPromise: 'brokenPromise' in each && each.brokenPromise,
        revenue: revenueOf.get(each.account) ?? 0,
      },
    ];
  });
  return changes.sort((a, b) => b.revenue - a.revenue || byText(a.account, b.account) || byText(a.touch, b.touch));
}

/** A customer was told a time, and the plan has another one in the same half-day. */
export function isRetimedPromise({ kind, promised }: TouchChange): boolean {
  return kind === 'retimed' && promised;
}

const WORDS: readonly (readonly [ChangeKind, string])[] = [
  ['kept', 'kept'],
  ['retimed', 'at another time of their half-day'],
  ['moved', 'moved'],
  ['new', 'newly scheduled'],
  ['waiting', 'now waiting'],
  ['impossible', 'now impossible'],
];

/** The changes as one line for people: `9 kept, 4 moved, 1 now waiting; 2 promises broken`. */
export function changeLine(changes: readonly TouchChange[]): string {
  const counts = WORDS.map(([kind, words]) => ({ words, count: changes.filter((each) => each.kind === kind).length }));
  const told = counts.filter(({ count }) => count > 0).map(({ words, count }) => `${count} ${words}`);
  const broken = changes.filter(({ brokenPromise }) => brokenPromise).length;
  const promises = broken === 0 ? 'no promise broken' : `${broken} promise${broken === 1 ? '' : 's'} broken`;
  const retimed = changes.filter(isRetimedPromise).length;
  const times = retimed === 0 ? '' : `, ${retimed} promised time${retimed === 1 ? '' : 's'} changed`;
  return `${told.length === 0 ? 'no slot then or now' : told.join(', ')}; ${promises}${times}`;
}
