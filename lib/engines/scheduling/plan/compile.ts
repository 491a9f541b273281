import { bucketsOf, Reach } from './buckets.ts';
import { type Candidate, Candidates, fixedSlot, type Holds, type Reason } from './candidates.ts';
import { Columns } from './columns.ts';
import { blockedBy, placeFixed } from './fixed.ts';
import { addColumns } from './limits.ts';
import { minuteOf } from './local-time.ts';
import type { Model, Notice } from './model.ts';
import { type Admitted, scaleOf } from './prices.ts';
import type { Account, PlanRequest, Touch } from './request-shape.ts';
import { drawScenarios } from './scenarios.ts';

/** What keeps a touch out of the plan because of another one. */
function becauseOf(first: string): Reason {
  return {
    code: 'predecessor-infeasible',
    message: `The touch "${first}", which comes before it in the playbook, cannot be scheduled.`,
    mend: 'Mend that touch, or take it out of the playbook.',
  };
}

/** Slots that turned out not to hold, by touch. */
export interface Lost {
  readonly frozen: Map<string, string>;
  readonly pinned: Map<string, Reason>;
}

/** Where a touch fits by itself, or why nowhere. */
export type PlacesOf = (
  touch: Touch,
  account: Account,
  holds: Holds,
) => { readonly found: readonly Candidate[]; readonly reason?: Reason };

/** The touches that fit somewhere; why the others do not is entered into the maps. */
export function admit(
  request: PlanRequest,
  placesOf: PlacesOf,
  lost: Lost,
  notices: Notice[],
  infeasible: Map<string, Reason>,
): Admitted[] {
  const accounts = new Map(request.accounts.map((account) => [account.id, account]));
  const done = new Set(request.actuals.filter(({ status }) => status === 'done').map(({ touch }) => touch));
  const frozenUntil = request.previous === undefined ? 0 : minuteOf(request.previous.frozenUntil);
  const admitted: Admitted[] = [];
  for (const touch of request.touches) {
    const account = accounts.get(touch.account);
    if (account === undefined || done.has(touch.id)) continue;
    const pinRefused = lost.pinned.get(touch.id);
    if (pinRefused !== undefined) {
      infeasible.set(touch.id, pinRefused);
      continue;
    }
    const wanted = lost.frozen.has(touch.id) ? undefined : fixedSlot(request, touch);
    let { found, reason } = placesOf(touch, account, { frozenUntil, fixed: wanted });
    let fixed = wanted !== undefined && found.length > 0;
    if (wanted?.by === 'freeze' && found.length === 0) {
      lost.frozen.set(touch.id, reason?.message ?? '');
      ({ found, reason } = placesOf(touch, account, { frozenUntil, fixed: undefined }));
      fixed = false;
    }
    if (reason !== undefined) infeasible.set(touch.id, reason);
    else if (found.length > 0) admitted.push({ touch, account, found, fixed });
  }
  for (const [touch, why] of lost.frozen) {
    const message = `The slot of "${touch}" in the frozen time does not hold any longer: ${why}`;
    notices.push({ code: 'frozen-slot-lost', touch, message });
  }
  return dropFollowers(admitted, done, infeasible);
}

/** Touches whose predecessor cannot take place cannot either, unless their slot is fixed. */
function dropFollowers(admitted: Admitted[], done: ReadonlySet<string>, infeasible: Map<string, Reason>): Admitted[] {
  let kept = admitted;
  for (;;) {
    const dropped = kept.filter(
      ({ touch, fixed }) =>
        touch.after !== undefined && !fixed && !done.has(touch.after) && infeasible.has(touch.after),
    );
    if (dropped.length === 0) return kept;
    for (const { touch } of dropped) infeasible.set(touch.id, becauseOf(touch.after ?? ''));
    kept = kept.filter((each) => !dropped.includes(each));
  }
}

/**
 * Writes a request as numbers. Touches that fit into no half-day are left out, with the reason; so are pins that do not fit
 * beside each other. A slot of the frozen time that does not hold any longer is freed, with a notice.
 */
export function compile(request: PlanRequest): Model {
  return settle(request, () => true).model;
}

/**
 * Slots of the frozen time and pins that do not hold, beside each other or by themselves: found out from the fixed touches alone, for
 * the others have nothing to do with it.
 */
export function lostSlots(request: PlanRequest): Lost {
  return settle(request, (touch) => fixedSlot(request, touch) !== undefined).lost;
}

function settle(
  request: PlanRequest,
  isMeant: (touch: Touch) => boolean,
): { readonly model: Model; readonly lost: Lost } {
  const lost: Lost = { frozen: new Map(), pinned: new Map() };
  const multipliers = drawScenarios(request);
  const buckets = bucketsOf(request);
  const candidates = new Candidates(request, buckets, new Reach());
  const placesOf: PlacesOf = (touch, account, holds) =>
    isMeant(touch) ? candidates.of(touch, account, holds) : { found: [] };
  for (;;) {
    const notices: Notice[] = [];
    const infeasible = new Map<string, Reason>();
    const admitted = admit(request, placesOf, lost, notices, infeasible);
    const columns = new Columns(request, buckets, multipliers, scaleOf(request, admitted, multipliers));
    addColumns(columns, admitted, notices);
    const done = new Map(
      request.actuals.filter(({ status }) => status === 'done').map(({ touch, at }) => [touch, at] as const),
    );
    if (admitted.length === 0) notices.push({ code: 'nothing-to-plan', message: 'No touch can be scheduled.' });
    const model = columns.model({ infeasible, done, notices });
    const conflicts = placeFixed(model);
    const alone = blockedBy(model);
    if (conflicts.size === 0 && alone.size === 0) return { model, lost };
    for (const [touch, reason] of [...conflicts, ...alone]) {
      const slot = request.touches.find(({ id }) => id === touch);
      const frozen = slot !== undefined && !lost.frozen.has(touch) && fixedSlot(request, slot)?.by === 'freeze';
      if (frozen) lost.frozen.set(touch, reason.message);
      else lost.pinned.set(touch, reason);
    }
  }
}
