import type { Problem } from '../../errors.ts';
import { pointer } from '../../json.ts';
import type { Directory } from '../schema.ts';
import { duplicateProblems, type Occurrence } from './duplicates.ts';

/** Every name under which an authenticated caller may arrive; each may mean only one person or system. */
function principals(directory: Directory): Occurrence[] {
  const ids = directory.people.map(({ id, name }, index) => ({
    key: id,
    pointer: pointer('', 'people', index, 'id'),
    owner: `Person "${id}" (${name})`,
  }));
  const names = directory.people.flatMap(({ id, name, principals: own }, index) =>
    own.map((key, place) => ({
      key,
      pointer: pointer('', 'people', index, 'principals', place),
      owner: `Person "${id}" (${name})`,
    })),
  );
  const systems = directory.trustedSystems.map(({ principal, name }, index) => ({
    key: principal,
    pointer: pointer('', 'trustedSystems', index, 'principal'),
    owner: `Trusted system "${name}"`,
  }));
  // Ids that occur twice are reported as ids; here each counts once.
  const firstIds = new Map(ids.toReversed().map((id) => [id.key, id]));
  return [...firstIds.values(), ...names, ...systems];
}

/**
 * Callers: names that mean two people, a person and a system, or two systems; administrators who are unknown or listed twice.
 */
export function callerProblems(directory: Directory): Problem[] {
  const people = new Set(directory.people.map(({ id }) => id));
  const administrators = directory.administrators.map((key, index) => ({
    key,
    pointer: pointer('', 'administrators', index),
    owner: `Administrator "${key}"`,
  }));
  return [
    ...duplicateProblems(principals(directory), 'duplicate-principal', 'principal'),
    ...duplicateProblems(administrators, 'duplicate-administrator', 'id'),
    ...administrators
      .filter(({ key }) => !people.has(key))
      .map(({ key, pointer: at }) => ({
        pointer: at,
        code: 'unknown-administrator',
        message: `Administrator "${key}": the directory knows no such person.`,
        mend: 'Correct the id, or add the person to the directory.',
      })),
  ];
}
