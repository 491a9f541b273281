import { expect, it } from 'vitest';
import { loadDirectory } from '../../../lib/core/directory/load.ts';
import { InvalidInput } from '../../../lib/core/errors.ts';
import { referenceDirectoryOf } from '../../../lib/platform/configuration/reference-directory.ts';
import { skill as routing } from '../../../skills/human-approval-routing-for-sales-and-client-success/skill.ts';
import { marketing, support } from './player.ts';

const bringing = (directory: unknown) => ({ referenceDirectory: () => directory });

it('puts the people of several skills side by side, so that the policy of each can be carried out', () => {
  const directory = loadDirectory(referenceDirectoryOf([routing, support, marketing]));
  for (const skill of [routing, support, marketing])
    expect(() => skill.loadConfiguration(skill.baselineConfiguration(), directory)).not.toThrow();
  const own = loadDirectory(support.referenceDirectory());
  for (const { id } of own.snapshot.roles)
    expect(directory.membersOf(id).map((person) => person.id)).toEqual(own.membersOf(id).map((person) => person.id));
});

it('leaves the directory of one skill as it is, also when several share it or bring none', () => {
  const only = loadDirectory(routing.referenceDirectory());
  expect(loadDirectory(referenceDirectoryOf([routing, bringing({}), routing])).digest).toBe(only.digest);
  expect(referenceDirectoryOf([bringing({})])).toEqual({});
});

it('refuses two that mean different things by one id', () => {
  const one = bringing({ roles: [{ id: 'lead', name: 'Lead' }] });
  const other = bringing({ roles: [{ id: 'lead', name: 'Leader' }] });
  expect(() => referenceDirectoryOf([one, other])).toThrow(InvalidInput);
  expect(referenceDirectoryOf([one, bringing({ roles: [{ id: 'clerk', name: 'Clerk' }] })])).toEqual({
    roles: [
      { id: 'lead', name: 'Lead' },
      { id: 'clerk', name: 'Clerk' },
    ],
  });
});
