import { resolveDelegate } from '../../core/directory/delegation.ts';
import { checkEligibility } from '../../core/directory/eligibility.ts';
import type { LoadedDirectory } from '../../core/directory/loaded.ts';
import type { Instant } from '../../core/instant.ts';
import type { Money } from '../../core/money.ts';
import type { Exclusion } from './exclusions.ts';
import type { Work } from './work.ts';

/** What seating needs to know of the request. */
export interface Hearing {
  readonly directory: LoadedDirectory;
  readonly requester: string;
  /** The owner that the directory knows; the one the request names, where it knows none. */
  readonly recordOwner: string;
  readonly excluded: readonly Exclusion[];
  readonly amount: Money;
  readonly at: Instant;
  readonly work: Work;
}

/** A seat without its number: whose authority, and who is asked today. */
export interface Seat {
  readonly principal: string;
  readonly approver: string;
  readonly delegations: readonly string[];
}

/** Why somebody gets no seat. */
export interface Refusal {
  readonly code: string;
  readonly message: string;
}

export function isSeat(result: Seat | Refusal): result is Seat {
  return 'approver' in result;
}

/** Seats one principal: through today's delegations, and only if the approver may decide this request. */
export function seatOf(principal: string, hearing: Hearing, minimumLimit: Money | undefined): Seat | Refusal {
  const { directory, requester, recordOwner, excluded, at, work } = hearing;
  work.units += 1;
  const resolved = resolveDelegate(directory, principal, at);
  if ('problem' in resolved)
    return { code: resolved.problem, message: `"${resolved.personId}" cannot fill the seat: ${resolved.problem}.` };
  const seat = { principal, approver: resolved.approver, delegations: resolved.delegations };
  const check = checkEligibility(directory, { ...seat, minimumLimit, requester, recordOwner, excluded, at });
  return check.eligible ? seat : { code: check.code, message: check.message };
}

/**
 * The nearest manager above somebody who can take their seat.
 * @param taken approvers who already sit; they are passed over.
 */
export function seatAbove(
  personId: string,
  hearing: Hearing,
  minimumLimit: Money | undefined,
  taken: ReadonlySet<string>,
): Seat | undefined {
  const person = hearing.directory.person(personId);
  const managers = person === undefined ? [] : hearing.directory.managersOf(person);
  for (const manager of managers) {
    const seat = seatOf(manager.id, hearing, minimumLimit);
    if (isSeat(seat) && !taken.has(seat.approver)) return seat;
  }
  return undefined;
}
