import { type Instant, instant } from '../instant.ts';
import { isEmployed } from './employment.ts';
import type { LoadedDirectory } from './loaded.ts';
import type { Delegation } from './schema.ts';

/** Who sits in a principal's seat, and by which delegations, in order. */
export interface ResolvedDelegate {
  readonly approver: string;
  readonly delegations: string[];
}

/** Why nobody can sit in a principal's seat, and at whom the chain broke. */
export interface UnresolvedDelegate {
  readonly problem: 'unknown-person' | 'left-company' | 'loop';
  readonly personId: string;
}

/** Whether a delegation holds at an instant: from its start, up to but not including its end. */
export function isActive(delegation: Delegation, at: Instant): boolean {
  const now = instant(at);
  return instant(delegation.start) <= now && now < instant(delegation.end);
}

function activeDelegation(directory: LoadedDirectory, personId: string, at: Instant): Delegation | undefined {
  return directory.delegationsFrom(personId).find((delegation) => isActive(delegation, at));
}

/**
 * Follows the delegations that hold at an instant from a person to the end of the chain, where the seat is. The last person
 * acts with the principal's limit, never with their own. A chain in which somebody has left the company gives no seat: nobody
 * can lend what they no longer hold. Loading refuses loops; should one be met all the same, it is a problem, not a hang.
 * @param at an instant; links are active from `start` up to but not including `end`.
 */
export function resolveDelegate(
  directory: LoadedDirectory,
  principalId: string,
  at: Instant,
): ResolvedDelegate | UnresolvedDelegate {
  const visited = new Set<string>();
  const delegations: string[] = [];
  for (let approver = principalId; ; ) {
    const person = directory.person(approver);
    if (person === undefined) return { problem: 'unknown-person', personId: approver };
    if (!isEmployed(person, at)) return { problem: 'left-company', personId: approver };
    if (visited.has(approver)) return { problem: 'loop', personId: approver };
    visited.add(approver);
    const link = activeDelegation(directory, approver, at);
    if (link === undefined) return { approver, delegations };
    delegations.push(link.id);
    approver = link.to;
  }
}

/**
 * Everybody below a person in their delegation chain at an instant, nearest first, without the person: whoever may act for
 * them, or for somebody who acts for them. They cannot approve the person's own request.
 */
export function delegatesOf(directory: LoadedDirectory, personId: string, at: Instant): readonly string[] {
  const chain = [personId];
  for (let link = activeDelegation(directory, personId, at); link !== undefined && !chain.includes(link.to); ) {
    chain.push(link.to);
    link = activeDelegation(directory, link.to, at);
  }
  return chain.slice(1);
}
