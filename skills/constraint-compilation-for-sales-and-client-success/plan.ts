import type { LoadedDirectory } from '../../lib/core/directory/loaded.ts';
import type { Instant } from '../../lib/core/instant.ts';
import type { Level } from '../../lib/engines/approval-routing/approval-policy.ts';
import { buildPlan, type Seating } from '../../lib/engines/approval-routing/build-plan.ts';
import { type Exclusion, peopleExcluded } from '../../lib/engines/approval-routing/exclusions.ts';
import { AUTOMATICALLY } from '../../lib/engines/approval-routing/lower-rules.ts';
import type { ConstraintArtifact } from '../../lib/engines/constraints/artifact/document.ts';
import type { Comparison } from './compare.ts';
import type { CompilationPolicy } from './configuration.ts';

/** What people are asked about, and by whom. */
export interface PlanQuestion {
  readonly policy: CompilationPolicy;
  readonly comparison: Comparison;
  readonly artifact: ConstraintArtifact;
  readonly directory: LoadedDirectory;
  readonly requester: string;
  readonly recordOwner: string;
  readonly instant: Instant;
}

/** Whether a change lets something pass that was stopped, or asks fewer people. */
export function isLoosening({ kind, level }: Comparison['changes'][number]): boolean {
  if (kind === 'newly-allowed') return true;
  return level === AUTOMATICALLY ? kind === 'level-added' : kind === 'level-dropped';
}

/** Whether somebody has to answer for what was not proved clean. */
export function isDoubtful(artifact: ConstraintArtifact, comparison: Comparison): boolean {
  return artifact.waivers.inForce.length + artifact.analysis.unknowns.length + comparison.open.length > 0;
}

/** The levels to ask, each with what asks for it. */
function levelsAsked({ policy, comparison, artifact }: PlanQuestion): Map<string, string[]> {
  const asked = new Map<string, string[]>();
  const ask = (levelId: string, because: string): void => {
    const causes = asked.get(levelId) ?? [];
    if (!causes.includes(because)) asked.set(levelId, [...causes, because]);
  };
  const askOwner = (owner: string, because: string): void =>
    ask(
      Object.hasOwn(policy.owners, owner) ? (policy.owners[owner] ?? policy.fallbackLevel) : policy.fallbackLevel,
      because,
    );
  for (const { id, owners } of comparison.rules) for (const owner of owners) askOwner(owner, `rule:${id}`);
  for (const { owner } of artifact.waivers.inForce) askOwner(owner, `waiver:${owner}`);
  for (const levelId of policy.always) ask(levelId, 'always');
  if (comparison.changes.some(isLoosening)) for (const levelId of policy.whenLoosened) ask(levelId, 'loosened');
  if (isDoubtful(artifact, comparison)) for (const levelId of policy.whenDoubtful) ask(levelId, 'doubtful');
  return asked;
}

/** No level of this policy goes by an amount; the configuration says so. */
function withoutAmount({ mailCodeAbove: _, ...level }: CompilationPolicy['levels'][number]): Level {
  return level;
}

/** Seats the owners of the changed rules and the policy's approvers, by the router that seats everybody else. */
export function planFor(
  question: PlanQuestion,
): Seating & { readonly excluded: readonly Exclusion[]; readonly workUnits: number } {
  const { policy, directory, requester, recordOwner, instant: at } = question;
  const parts = { requester, owners: [recordOwner], editors: [] };
  const excluded = peopleExcluded(parts, policy.separationOfDuties, directory, at);
  const work = { units: 0 };
  const levels = policy.levels.map(withoutAmount).toSorted((a, b) => a.order - b.order || (a.id < b.id ? -1 : 1));
  // No level of this policy goes by an amount.
  const amount = { currency: 'EUR', minorUnits: 0 };
  const hearing = { directory, requester, recordOwner, excluded, amount, at, work };
  const seating = buildPlan(levelsAsked(question), levels, ({ assurance }) => assurance, hearing);
  return { ...seating, excluded, workUnits: work.units };
}
