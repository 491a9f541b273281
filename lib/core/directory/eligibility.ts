import type { Instant } from '../instant.ts';
import { formatMoney, type Money } from '../money.ts';
import { delegatesOf, isActive } from './delegation.ts';
import { isEmployed } from './employment.ts';
import type { LoadedDirectory } from './loaded.ts';
import type { Person } from './schema.ts';

/** A seat, and whose request it decides. */
export interface EligibilityQuestion {
  /** The person whose authority the seat carries. */
  readonly principal: string;
  /** The person who decides: the principal, or the delegate at the end of the chain. */
  readonly approver: string;
  /** Ids of the delegations from principal to approver, in order; empty when they are one person. */
  readonly delegations: readonly string[];
  /** The authority that the seat must carry, in the currency of the amount. */
  readonly minimumLimit?: Money | undefined;
  readonly requester: string;
  readonly recordOwner?: string | undefined;
  /** People whom the plan excluded when it was made, with the reason's code. */
  readonly excluded: readonly { readonly personId: string; readonly reason: string }[];
  /** When the decision falls. */
  readonly at: Instant;
}

export type IneligibilityCode =
  | 'left-company'
  | 'own-request'
  | 'record-owner'
  | 'delegate-of-requester'
  | 'delegation-ended'
  | 'limit-too-low'
  | 'excluded'
  | 'unknown-person';

export type Eligibility =
  | { readonly eligible: true }
  | { readonly eligible: false; readonly code: IneligibilityCode; readonly message: string };

function refuse(code: IneligibilityCode, message: string): Eligibility {
  return { eligible: false, code, message };
}

/** Everybody through whose hands the seat's authority passes: the principal, those on the way, and the approver. */
function peopleOfSeat(directory: LoadedDirectory, question: EligibilityQuestion): readonly string[] {
  const onTheWay = question.delegations.flatMap((id) => directory.delegation(id)?.to ?? []);
  return [...new Set([question.principal, ...onTheWay, question.approver])];
}

/** Separation of duties: nobody decides about their own request, neither in person nor through someone who acts for them. */
function ownInterest(
  directory: LoadedDirectory,
  { requester, recordOwner, at }: EligibilityQuestion,
  seat: readonly string[],
): Eligibility | undefined {
  const nameOf = (id: string): string => directory.person(id)?.name ?? id;
  if (seat.includes(requester)) {
    return refuse('own-request', `${nameOf(requester)} made this request, so this seat cannot decide it.`);
  }
  if (recordOwner !== undefined && seat.includes(recordOwner)) {
    return refuse('record-owner', `${nameOf(recordOwner)} owns the record, so this seat cannot decide about it.`);
  }
  for (const owner of [requester, recordOwner]) {
    if (owner === undefined) continue;
    const delegate = delegatesOf(directory, owner, at).find((id) => seat.includes(id));
    if (delegate === undefined) continue;
    const code = owner === requester ? 'delegate-of-requester' : 'record-owner';
    const part = owner === requester ? 'made this request' : 'owns the record';
    return refuse(code, `${nameOf(delegate)} acts for ${nameOf(owner)}, who ${part}.`);
  }
  return undefined;
}

/** The delegations must lead, link by link and today, from the principal to the approver. */
function brokenDelegation(directory: LoadedDirectory, question: EligibilityQuestion): Eligibility | undefined {
  let holder = question.principal;
  for (const id of question.delegations) {
    const link = directory.delegation(id);
    if (link === undefined || link.from !== holder || !isActive(link, question.at)) {
      return refuse('delegation-ended', `The delegation "${id}" no longer lets this seat be decided.`);
    }
    holder = link.to;
  }
  if (holder === question.approver) return undefined;
  return refuse('delegation-ended', `No delegation lets "${question.approver}" act for "${question.principal}".`);
}

function insufficientLimit(principal: Person, minimum: Money | undefined): Eligibility | undefined {
  if (minimum === undefined) return undefined;
  const limit = principal.limits.find((candidate) => candidate.currency === minimum.currency);
  if (limit !== undefined && limit.minorUnits >= minimum.minorUnits) return undefined;
  const held = limit === undefined ? `no limit in ${minimum.currency}` : `a limit of ${formatMoney(limit)}`;
  return refuse('limit-too-low', `${principal.name} has ${held}; this level needs ${formatMoney(minimum)}.`);
}

/**
 * Whether a seat may decide a request at an instant; asked when a plan is made and again when a decision falls. The first
 * reason against it is given, in this order: somebody of the seat is unknown or has left; separation of duties (the requester,
 * the record owner, and anyone below them in a delegation chain, be they the seat's principal, its approver or on the way from
 * one to the other); the plan's own exclusions; a delegation that is not, or no longer, in force; the limit, which is always the principal's. `record-owner`
 * also stands for those who act for the record owner.
 */
export function checkEligibility(directory: LoadedDirectory, question: EligibilityQuestion): Eligibility {
  const seat = peopleOfSeat(directory, question);
  const unknown = seat.find((id) => directory.person(id) === undefined);
  if (unknown !== undefined) return refuse('unknown-person', `The directory knows no person "${unknown}".`);
  const leaver = seat.map((id) => directory.requirePerson(id)).find((person) => !isEmployed(person, question.at));
  if (leaver !== undefined) return refuse('left-company', `${leaver.name} has left the company.`);
  const exclusion = question.excluded.find(({ personId }) => seat.includes(personId));
  return (
    ownInterest(directory, question, seat) ??
    (exclusion &&
      refuse('excluded', `${directory.requirePerson(exclusion.personId).name} is excluded: ${exclusion.reason}.`)) ??
    brokenDelegation(directory, question) ??
    insufficientLimit(directory.requirePerson(question.principal), question.minimumLimit) ?? { eligible: true }
  );
}
