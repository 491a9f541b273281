import type { Problem } from '../../errors.ts';
import { pointer } from '../../json.ts';
import type { Directory } from '../schema.ts';
import { duplicateIdProblems } from './duplicates.ts';

/** Accounts: ids that occur twice, and record owners whom the directory does not know. */
export function accountProblems(directory: Directory): Problem[] {
  const people = new Set(directory.people.map(({ id }) => id));
  const owners = directory.accounts.flatMap((account, index) =>
    people.has(account.recordOwner)
      ? []
      : [
          {
            pointer: pointer('', 'accounts', index, 'recordOwner'),
            code: 'unknown-record-owner',
            message: `Account "${account.id}" (${account.name}): the directory knows no person "${account.recordOwner}".`,
            mend: 'Name a person of the directory, or add the person.',
          },
        ],
  );
  return [...duplicateIdProblems('accounts', 'Account', directory.accounts), ...owners];
}
