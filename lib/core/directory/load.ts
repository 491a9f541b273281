import type * as z from 'zod';
import type { Problem } from '../errors.ts';
import { InvalidInput } from '../errors.ts';
import { problemsOfZodError } from '../zod-problems.ts';
import { accountProblems } from './checks/accounts.ts';
import { calendarProblems } from './checks/calendars.ts';
import { callerProblems } from './checks/callers.ts';
import { delegationChainProblems } from './checks/delegation-chains.ts';
import { delegationProblems } from './checks/delegations.ts';
import { managementLoopProblems } from './checks/management-loops.ts';
import { peopleProblems } from './checks/people.ts';
import { roleProblems } from './checks/roles.ts';
import { buildLoadedDirectory, type LoadedDirectory } from './loaded.ts';
import { normalizeDirectory } from './normalize.ts';
import { type Directory, directory as directorySchema } from './schema.ts';

/** Every rule that looks at more than one field; each names what it found by pointer into the directory it is given. */
const CHECKS: readonly ((directory: Directory) => Problem[])[] = [
  calendarProblems,
  roleProblems,
  peopleProblems,
  managementLoopProblems,
  delegationProblems,
  delegationChainProblems,
  accountProblems,
  callerProblems,
];

const NOUNS: Readonly<Record<string, string>> = {
  calendars: 'Calendar',
  roles: 'Role',
  people: 'Person',
  delegations: 'Delegation',
  accounts: 'Account',
};

/** A member of an object or a list, whatever the value is. */
function member(value: unknown, key: PropertyKey): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, key) : undefined;
}

/** Puts the name of the person, role, calendar, delegation or account in front of a message about a part of it. */
function named(value: unknown, problem: Problem): Problem {
  const [, list = '', index = ''] = problem.pointer.split('/');
  const noun = NOUNS[list];
  const id = noun === undefined ? undefined : member(member(member(value, list), index), 'id');
  return typeof id === 'string' ? { ...problem, message: `${noun} "${id}": ${problem.message}` } : problem;
}

/** Takes the fields away that no schema knows, so that one misspelt field does not hide everything else. */
function withoutUnknownFields(value: unknown, issues: readonly z.core.$ZodIssue[]): unknown {
  const copy: unknown = structuredClone(value);
  for (const issue of issues) {
    if (issue.code !== 'unrecognized_keys') continue;
    const owner = issue.path.reduce(member, copy);
    if (typeof owner !== 'object' || owner === null) continue;
    for (const key of issue.keys) Reflect.deleteProperty(owner, key);
  }
  return copy;
}

/** The directory in a value, if the value has its shape, and everything that is wrong. */
function examine(value: unknown): { directory?: Directory; problems: Problem[] } {
  const strict = directorySchema.safeParse(value);
  if (strict.success) return { directory: strict.data, problems: CHECKS.flatMap((check) => check(strict.data)) };
  const ofShape = problemsOfZodError(strict.error).map((problem) => named(value, problem));
  const lenient = directorySchema.safeParse(withoutUnknownFields(value, strict.error.issues));
  return { problems: [...ofShape, ...(lenient.success ? CHECKS.flatMap((check) => check(lenient.data)) : [])] };
}

/**
 * Reads a directory: checks it whole, brings it into its normal form, and builds look-ups. Rules that look across fields are
 * checked when every field that the schema knows has its shape; unknown fields do not stop them.
 * @param value a JSON value in the form of `schema.ts`, such as `parseYaml` gives.
 * @throws InvalidInput with every problem found, by pointer into the value and by name.
 */
export function loadDirectory(value: unknown): LoadedDirectory {
  const { directory, problems } = examine(value);
  if (directory === undefined || problems.length > 0) {
    throw new InvalidInput(`The directory has ${problems.length} problem(s).`, problems);
  }
  return buildLoadedDirectory(normalizeDirectory(directory));
}
