import { delegatesOf } from '../../core/directory/delegation.ts';
import type { LoadedDirectory } from '../../core/directory/loaded.ts';
import type { Instant } from '../../core/instant.ts';
import type { ApprovalPolicy } from './approval-policy.ts';
import { byText } from './order.ts';
import type { ApprovalRequest } from './request.ts';

/** Somebody who may not decide a request, and the reason's code. */
export interface Exclusion {
  readonly personId: string;
  readonly reason: ExclusionReason;
}
export type ExclusionReason =
  | 'requester'
  | 'delegate-of-requester'
  | 'record-owner'
  | 'delegate-of-record-owner'
  | 'quote-editor'
  | 'reports-to-requester'
  | 'manages-requester';

function reportsOf(personId: string, directory: LoadedDirectory): string[] {
  return directory.snapshot.people
    .filter((person) => directory.managersOf(person).some(({ id }) => id === personId))
    .map(({ id }) => id);
}

/**
 * Everybody who may not decide a request, whatever the level, each once with the first reason that applies, by person id.
 * Requester, record owner (the one named and the one the directory knows) and everybody below them in a delegation chain
 * always are; the policy adds the rest.
 */
export function exclusionsOf(
  request: ApprovalRequest,
  requester: string,
  policy: ApprovalPolicy,
  directory: LoadedDirectory,
  at: Instant,
): Exclusion[] {
  const { quoteEditors } = policy.separationOfDuties;
  // Naming somebody else as the owner does not make the owner eligible.
  const knownOwner = directory.account(request.account.id)?.recordOwner;
  const owners = [request.recordOwner, ...(knownOwner === undefined ? [] : [knownOwner])];
  const editors = quoteEditors === 'exclude' ? (request.quoteEditors ?? []) : [];
  return peopleExcluded({ requester, owners, editors }, policy.separationOfDuties, directory, at);
}

/** Whose part in a matter keeps them from deciding it. */
export interface PartInMatter {
  readonly requester: string;
  /** Who answers for the record. */
  readonly owners: readonly string[];
  /** Who wrote what is to be decided, where the policy excludes them. */
  readonly editors: readonly string[];
}

/** Everybody whom these parts exclude, each once with the first reason that applies, by person id. */
export function peopleExcluded(
  { requester, owners, editors }: PartInMatter,
  { reportsOfRequester }: Pick<ApprovalPolicy['separationOfDuties'], 'reportsOfRequester'>,
  directory: LoadedDirectory,
  at: Instant,
): Exclusion[] {
  const reasons: [ExclusionReason, readonly string[]][] = [
    ['requester', [requester]],
    ['record-owner', owners],
    ['delegate-of-requester', delegatesOf(directory, requester, at)],
    ['delegate-of-record-owner', owners.flatMap((owner) => delegatesOf(directory, owner, at))],
    ['quote-editor', editors],
    ['reports-to-requester', reportsOfRequester === 'exclude' ? reportsOf(requester, directory) : []],
  ];
  const excluded = new Map<string, ExclusionReason>();
  for (const [reason, people] of reasons)
    for (const personId of people) if (!excluded.has(personId)) excluded.set(personId, reason);
  return [...excluded]
    .map(([personId, reason]) => ({ personId, reason }))
    .sort((a, b) => byText(a.personId, b.personId));
}

/** The exclusions of a level that must be independent of the requester's chain of command. */
export function withReportingLine(
  excluded: readonly Exclusion[],
  requester: string,
  directory: LoadedDirectory,
): Exclusion[] {
  const person = directory.person(requester);
  const line = person === undefined ? [] : directory.managersOf(person);
  return [...excluded, ...line.map(({ id }) => ({ personId: id, reason: 'manages-requester' as const }))];
}
