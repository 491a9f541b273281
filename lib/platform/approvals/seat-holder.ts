import { resolveDelegate } from '../../core/directory/delegation.ts';
import { checkEligibility, type Eligibility } from '../../core/directory/eligibility.ts';
import type { LoadedDirectory } from '../../core/directory/loaded.ts';
import type { Instant } from '../../core/instant.ts';
import type { Seat, Stage, StageLevel } from './stage.ts';

/** Who decides at a seat, and by which delegations. */
export type Holder = Pick<Seat, 'principal' | 'approver' | 'delegations'>;

/** What eligibility depends on besides the seat itself. */
export interface DutyFacts extends Pick<Stage, 'requester' | 'excluded'> {
  readonly recordOwner?: string | undefined;
}

/** Whether somebody may decide at a seat at an instant, by the directory in force. */
export function eligibilityOf(
  directory: LoadedDirectory,
  facts: DutyFacts,
  level: Pick<StageLevel, 'minimumLimit'>,
  holder: Holder,
  at: Instant,
): Eligibility {
  return checkEligibility(directory, {
    principal: holder.principal,
    approver: holder.approver,
    delegations: holder.delegations,
    minimumLimit: level.minimumLimit,
    requester: facts.requester,
    recordOwner: facts.recordOwner,
    excluded: facts.excluded,
    at,
  });
}

/**
 * Who fills a planned seat at an instant: the planned approver while eligible, else whoever acts for the principal by then,
 * while eligible; else nobody. A delegation that began or ended since the plan was made is thereby heeded.
 */
export function fillSeat(
  directory: LoadedDirectory,
  facts: DutyFacts,
  level: Pick<StageLevel, 'minimumLimit'>,
  planned: Holder,
  at: Instant,
): Holder | undefined {
  const asPlanned: Holder = {
    principal: planned.principal,
    approver: planned.approver,
    delegations: planned.delegations,
  };
  const current = resolveDelegate(directory, planned.principal, at);
  const asOfNow: Holder | undefined = 'problem' in current ? undefined : { principal: planned.principal, ...current };
  return [asPlanned, asOfNow].find(
    (holder) => holder !== undefined && eligibilityOf(directory, facts, level, holder, at).eligible,
  );
}

/**
 * Fills the seats of a level one after the other, so that nobody gets two of them. A seat that nobody can fill keeps its
 * holder: it is not asked, and its deadline escalates it; nothing is skipped.
 * @param isOpen whether a seat may be filled anew at all.
 */
export function fillSeats<T extends Holder>(
  directory: LoadedDirectory,
  facts: DutyFacts,
  level: Pick<StageLevel, 'minimumLimit'>,
  seats: readonly T[],
  at: Instant,
  isOpen: (seat: T) => boolean = () => true,
): readonly T[] {
  const filled = [...seats];
  for (const [index, seat] of seats.entries()) {
    const holder = isOpen(seat) ? fillSeat(directory, facts, level, seat, at) : undefined;
    const isTaken = filled.some((other, place) => place !== index && other.approver === holder?.approver);
    if (holder !== undefined && !isTaken) filled[index] = { ...seat, ...holder };
  }
  return filled;
}
