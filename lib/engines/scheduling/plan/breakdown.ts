import { minuteOf } from './local-time.ts';
import type { Model } from './model.ts';
import type { Totals } from './plan.ts';
import { minorUnitsOf, type Scale } from './scale.ts';
import { State, tailSum } from './state.ts';

/** What happened to a touch's slot of the previous plan. */
export function movedFrom(model: Model, column: number): { readonly moved: boolean; readonly brokenPromise: boolean } {
  const id = model.touches[model.columnTouch[column] ?? -1]?.touch.id;
  const slot = model.request.previous?.slots.find(({ touch }) => touch === id);
  if (slot === undefined) return { moved: false, brokenPromise: false };
  const bucket = model.buckets[model.columnBucket[column] ?? -1];
  const start = minuteOf(slot.start);
  const kept =
    bucket !== undefined &&
    model.request.reps[bucket.rep]?.id === slot.rep &&
    start >= bucket.start &&
    start < bucket.end;
  return { moved: !kept, brokenPromise: !kept && slot.promised };
}

/** Whether a column gives the touch to somebody else than the account's preferred rep. */
export function isHandover(model: Model, column: number): boolean {
  const bucket = model.buckets[model.columnBucket[column] ?? -1];
  const id = model.touches[model.columnTouch[column] ?? -1]?.touch.account;
  const preferred = model.request.accounts.find((account) => account.id === id)?.preferredRep;
  return bucket !== undefined && preferred !== undefined && model.request.reps[bucket.rep]?.id !== preferred;
}

/** Mean loss of a column over the scenarios, in minor units, rounded down. */
export function expectedLoss(model: Model, column: number): number {
  const { scenarios, unit } = model.scale;
  const from = (model.columnLoss[column] ?? 0) * scenarios;
  let sum = 0;
  for (let k = 0; k < scenarios; k += 1) sum += model.losses[from + k] ?? 0;
  return Math.floor((sum * unit) / scenarios);
}

function perScenario(sum: number, { scenarios, unit }: Scale): number {
  return Number((BigInt(sum) * BigInt(unit)) / BigInt(scenarios));
}

/** The parts of a plan's value. */
export function totalsOf(model: Model, choice: Int32Array): Totals {
  const { weights } = model.request;
  const state = State.of(model, choice);
  const placed = [...choice].filter((column) => (model.columnBucket[column] ?? -1) >= 0);
  const changes = [...choice].map((column) => movedFrom(model, column));
  const excess = (kind: 'fairness' | 'floor'): number =>
    model.rows.reduce(
      (sum, row, place) => sum + (row.kind === kind ? Math.max(0, (state.activity[place] ?? 0) - row.high) : 0),
      0,
    );
  return {
    objective: minorUnitsOf(state.objective(), model.scale),
    expectedLoss: perScenario(
      state.scenarioLoss.reduce((sum, loss) => sum + loss, 0),
      model.scale,
    ),
    conditionalValueAtRisk: perScenario(tailSum(state.scenarioLoss), model.scale),
    handover: placed.filter((column) => isHandover(model, column)).length * weights.handover,
    deferral: (choice.length - placed.length) * weights.deferral,
    moves: changes.filter(({ moved }) => moved).length * weights.move,
    brokenPromises: changes.filter(({ brokenPromise }) => brokenPromise).length * weights.brokenPromise,
    fairness: excess('fairness') * weights.fairnessPerMinute,
    floorShortfall: excess('floor') * weights.floorShortfall,
    scheduled: placed.length,
    deferred: choice.length - placed.length,
  };
}
