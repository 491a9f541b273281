import { isEmployed } from '../../core/directory/employment.ts';
import type { LoadedDirectory } from '../../core/directory/loaded.ts';
import type { Person } from '../../core/directory/schema.ts';
import type { Instant } from '../../core/instant.ts';
import { pointer } from '../../core/json.ts';
import type { LintFinding } from './lint-finding.ts';
import type { LevelDocument } from './policy-document.ts';
import { MOST_SEATS } from './seat-level.ts';

type Named = { readonly role: string } | { readonly person: string };

interface Place {
  readonly level: string;
  readonly named: Named;
  readonly at: string;
}

function placesOf(document: { readonly levels: readonly LevelDocument[] }): Place[] {
  return document.levels.flatMap((level, index) => [
    ...level.approvers.flatMap((selector, i) =>
      'role' in selector || 'person' in selector
        ? [{ level: level.id, named: selector, at: pointer('/levels', index, 'approvers', i) }]
        : [],
    ),
    ...level.escalation.flatMap(({ to }, i) =>
      'role' in to || 'person' in to
        ? [{ level: level.id, named: to, at: pointer('/levels', index, 'escalation', i, 'to') }]
        : [],
    ),
  ]);
}

/** Whether a person is gone: for certain at a known instant, otherwise possibly. */
function isLeaver(person: Person, at: Instant | undefined): boolean {
  return at === undefined ? person.employedUntil !== undefined : !isEmployed(person, at);
}

function lintPlace({ level, named, at: where }: Place, directory: LoadedDirectory, at?: Instant): LintFinding[] {
  const found = (severity: LintFinding['severity'], code: string, message: string, mend: string): LintFinding[] => [
    { severity, pointer: where, code, message: `Level "${level}": ${message}`, mend },
  ];
  const certain = at === undefined ? 'warning' : 'error';
  if ('person' in named) {
    const person = directory.person(named.person);
    if (person === undefined)
      return found(
        'error',
        'unknown-person',
        `the directory knows no person "${named.person}".`,
        'Name somebody the directory knows.',
      );
    return isLeaver(person, at)
      ? found(certain, 'leaver', `${person.name} leaves or has left (${person.employedUntil}).`, 'Name somebody else.')
      : [];
  }
  if (!directory.snapshot.roles.some(({ id }) => id === named.role))
    return found(
      'error',
      'unknown-role',
      `the directory knows no role "${named.role}".`,
      'Add the role, or correct its spelling.',
    );
  // The directory itself refuses roles that nobody has.
  if (directory.membersOf(named.role).every((person) => isLeaver(person, at)))
    return found(
      certain,
      'leavers-only',
      `everybody with the role "${named.role}" leaves or has left.`,
      'Give the role to somebody who stays.',
    );
  return [];
}

function mostPeople(level: LevelDocument, directory: LoadedDirectory): number {
  const people = new Set<string>();
  let managers = 0;
  for (const selector of level.approvers) {
    if ('person' in selector) people.add(selector.person);
    else if ('role' in selector) for (const { id } of directory.membersOf(selector.role)) people.add(id);
    else managers += 1;
  }
  return people.size + managers;
}

function lintQuorum(level: LevelDocument, index: number, directory: LoadedDirectory): LintFinding[] {
  const at = pointer('/levels', index, 'quorum');
  const people = mostPeople(level, directory);
  const wanted = typeof level.quorum === 'object' ? level.quorum.atLeast : 1;
  if (people < wanted)
    return [
      {
        severity: 'error',
        pointer: at,
        code: 'quorum-unreachable',
        message: `Level "${level.id}": ${wanted} approvals are needed and ${people} people are named.`,
        mend: 'Lower the quorum, or name more people.',
      },
    ];
  if (people > MOST_SEATS)
    return [
      {
        severity: level.quorum === 'all' ? 'error' : 'warning',
        pointer: at,
        code: 'too-many-approvers',
        message: `Level "${level.id}": ${people} people are named, and a level holds ${MOST_SEATS} seats.`,
        mend: 'Use a smaller role.',
      },
    ];
  return [];
}

/** Nobody's own limit can carry the level: either nobody may decide, or it is always a manager who does. */
function lintLimit(level: LevelDocument, index: number, directory: LoadedDirectory): LintFinding[] {
  if (level.minimumLimit === undefined) return [];
  const roles = level.approvers.flatMap((selector) => ('role' in selector ? directory.membersOf(selector.role) : []));
  if (roles.length === 0 || roles.some(({ limits }) => limits.length > 0)) return [];
  return [
    {
      severity: level.limitFallback === 'refuse' ? 'error' : 'warning',
      pointer: pointer('/levels', index, 'minimumLimit'),
      code: 'nobody-holds-a-limit',
      message: `Level "${level.id}": nobody with its roles may approve any amount.`,
      mend: 'Give them limits in the directory, or leave minimumLimit out.',
    },
  ];
}

/** Findings about the people and roles that a policy names, looked up in a directory. */
export function lintPeople(
  document: { readonly levels: readonly LevelDocument[] },
  directory: LoadedDirectory,
  at?: Instant,
): LintFinding[] {
  return [
    ...placesOf(document).flatMap((place) => lintPlace(place, directory, at)),
    ...document.levels.flatMap((level, index) => [
      ...lintQuorum(level, index, directory),
      ...lintLimit(level, index, directory),
    ]),
  ];
}
