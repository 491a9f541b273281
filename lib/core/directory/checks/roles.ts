import type { Problem } from '../../errors.ts';
import { pointer } from '../../json.ts';
import type { Directory } from '../schema.ts';
import { duplicateIdProblems } from './duplicates.ts';

/**
 * Roles: ids that occur twice, and roles that nobody holds. Whether the members of a role are still employed depends on the
 * instant, so that is asked when a seat is filled.
 */
export function roleProblems(directory: Directory): Problem[] {
  const held = new Set(directory.people.flatMap((person) => person.roles));
  const empty = directory.roles.flatMap((role, index) =>
    held.has(role.id)
      ? []
      : [
          {
            pointer: pointer('', 'roles', index),
            code: 'role-without-members',
            message: `Role "${role.id}" (${role.name}) has no members, so nobody could approve for it.`,
            mend: 'Give the role to a person, or remove it.',
          },
        ],
  );
  return [...duplicateIdProblems('roles', 'Role', directory.roles), ...empty];
}
