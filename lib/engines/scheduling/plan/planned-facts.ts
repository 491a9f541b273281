import type { Plan, ScheduledTouch } from './plan.ts';
import type { Account, PlanRequest, Rep, Touch } from './request-shape.ts';

/** What is looked at of a plan. */
export type Planned = Pick<Plan, 'touches' | 'scale' | 'notices'>;

/** A plan's slots and what they refer to, as the rules look at them. */
export interface PlannedFacts {
  readonly request: PlanRequest;
  readonly touches: ReadonlyMap<string, Touch>;
  readonly accounts: ReadonlyMap<string, Account>;
  readonly reps: ReadonlyMap<string, Rep>;
  readonly slots: readonly ScheduledTouch[];
}

export function plannedFacts(request: PlanRequest, plan: Planned): PlannedFacts {
  return {
    request,
    touches: new Map(request.touches.map((touch) => [touch.id, touch])),
    accounts: new Map(request.accounts.map((account) => [account.id, account])),
    reps: new Map(request.reps.map((rep) => [rep.id, rep])),
    slots: plan.touches.filter((each) => each.status === 'scheduled'),
  };
}
