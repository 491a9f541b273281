import { digestOf } from '../../../core/digest.ts';
import type { LoadedDirectory } from '../../../core/directory/loaded.ts';
import type { Instant } from '../../../core/instant.ts';
import { buildPlan, type Seating } from '../../approval-routing/build-plan.ts';
import { type Exclusion, peopleExcluded } from '../../approval-routing/exclusions.ts';
import type { ContractDocument } from '../contract-document.ts';
import type { HandoffPolicy } from './policy.ts';

/** Levels to ask, each with what asks for it. */
export type Asked = ReadonlyMap<string, readonly string[]>;

export interface SeatQuestion {
  readonly policy: HandoffPolicy;
  readonly asked: Asked;
  readonly directory: LoadedDirectory;
  readonly requester: string;
  readonly at: Instant;
  /** What approvals of a level that allows it are bound to when the request comes again; none are kept without it. */
  readonly basis?: unknown;
}

export interface SeatedPlan extends Seating {
  readonly excluded: readonly Exclusion[];
  readonly workUnits: number;
}

function ask(asked: Map<string, string[]>, levels: readonly string[], because: string): void {
  for (const level of levels) asked.set(level, [...(asked.get(level) ?? []), because]);
}

/** Which levels a packet of a contract needs, by the approval policy that the contract names. */
export function askedForPacket({ document }: HandoffPolicy, contract: ContractDocument, risk: number): Asked {
  const asked = new Map<string, string[]>();
  const named = document.approvals.find(({ id }) => id === contract.approval?.policy);
  if (named === undefined) return asked;
  ask(asked, named.always, `contract:${contract.id}`);
  for (const line of named.whenRiskAtLeast)
    if (risk >= line.risk)
      ask(
        asked,
        line.levels.filter((id) => !asked.has(id)),
        `risk:${line.risk}`,
      );
  return asked;
}

/** Which levels a new version of a contract needs. */
export function askedForChange({ document }: HandoffPolicy, breaking: boolean): Asked {
  const asked = new Map<string, string[]>();
  ask(asked, document.changes.always, 'always');
  if (breaking) ask(asked, document.changes.whenBreaking, 'breaking');
  return asked;
}

/** Seats the levels by the router that seats everybody else. */
export function seat({ policy, asked, directory, requester, at, basis }: SeatQuestion): SeatedPlan {
  const excluded = peopleExcluded(
    { requester, owners: [], editors: [] },
    policy.document.separationOfDuties,
    directory,
    at,
  );
  const work = { units: 0 };
  // No level of a handoff policy goes by an amount.
  const amount = { currency: 'EUR', minorUnits: 0 };
  const hearing = { directory, requester, recordOwner: requester, excluded, amount, at, work };
  const seating = buildPlan(asked, policy.levels, ({ assurance }) => assurance, hearing);
  const { plan } = seating;
  const rest = { excluded, workUnits: work.units };
  if (plan === undefined || basis === undefined) return { ...seating, ...rest };
  const stages = plan.stages.map((stage) => ({
    ...stage,
    levels: stage.levels.map((level) => {
      const document = policy.levels.find(({ id }) => id === level.levelId);
      const answersAlone = seating.onceEach.every(({ keeps }) => keeps !== level.levelId);
      if (document?.carryOver === undefined || !answersAlone) return level;
      const { withinBusinessDays } = document.carryOver;
      const over = {
        schema: 'countersign/handoff-basis/1',
        policy: policy.document.version,
        level: document,
        requester,
        of: basis,
      };
      return { ...level, carryOver: { basis: digestOf(over), withinBusinessDays, decidedElsewhere: [] } };
    }),
  }));
  return { ...seating, plan: { ...plan, stages }, ...rest };
}
