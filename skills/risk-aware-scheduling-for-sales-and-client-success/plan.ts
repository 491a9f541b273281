import type { LoadedDirectory } from '../../lib/core/directory/loaded.ts';
import type { Instant } from '../../lib/core/instant.ts';
import type { Level } from '../../lib/engines/approval-routing/approval-policy.ts';
import { buildPlan, type Seating } from '../../lib/engines/approval-routing/build-plan.ts';
import { type Exclusion, peopleExcluded } from '../../lib/engines/approval-routing/exclusions.ts';
import type { SchedulingPolicy } from './configuration.ts';
import type { Trigger } from './triggers.ts';

/** Whom a plan is put to, and why. */
export interface PlanQuestion {
  readonly policy: SchedulingPolicy;
  readonly triggers: readonly Trigger[];
  readonly directory: LoadedDirectory;
  readonly requester: string;
  readonly recordOwner: string;
  readonly instant: Instant;
}

/** The levels to ask, each with what asks for it. */
function levelsAsked(triggers: readonly Trigger[]): Map<string, string[]> {
  const asked = new Map<string, string[]>();
  for (const { code, levels } of triggers)
    for (const level of levels) asked.set(level, [...new Set([...(asked.get(level) ?? []), code])]);
  return asked;
}

/** No level of this policy goes by an amount; the configuration says so. */
function withoutAmount({ mailCodeAbove: _, ...level }: SchedulingPolicy['levels'][number]): Level {
  return level;
}

/** Seats the people who decide about a plan, by the router that seats everybody else. */
export function planFor(
  question: PlanQuestion,
): Seating & { readonly excluded: readonly Exclusion[]; readonly workUnits: number } {
  const { policy, triggers, directory, requester, recordOwner, instant: at } = question;
  const parts = { requester, owners: [recordOwner], editors: [] };
  const excluded = peopleExcluded(parts, policy.separationOfDuties, directory, at);
  const work = { units: 0 };
  const levels = policy.levels.map(withoutAmount).toSorted((a, b) => a.order - b.order || (a.id < b.id ? -1 : 1));
  const amount = { currency: 'EUR', minorUnits: 0 };
  const hearing = { directory, requester, recordOwner, excluded, amount, at, work };
  const seating = buildPlan(levelsAsked(triggers), levels, ({ assurance }) => assurance, hearing);
  return { ...seating, excluded, workUnits: work.units };
}
