import { describe, expect, it } from 'vitest';
import { loadDirectory } from '../../../lib/core/directory/load.ts';
import type { LoadedDirectory } from '../../../lib/core/directory/loaded.ts';
import { fillSeats } from '../../../lib/platform/approvals/seat-holder.ts';
import { at, directoryOf } from './fixture.ts';

const facts = { requester: 'rita', excluded: [] };

function withDelegations(...pairs: readonly (readonly [from: string, to: string, end: string])[]): LoadedDirectory {
  const { snapshot } = directoryOf(['ada', 'bob', 'cleo', 'dan', 'rita']);
  const delegations = pairs.map(([from, to, end], index) => ({
    id: `d${index}`,
    from,
    to,
    start: '2026-11-16T00:00:00Z',
    end,
    createdBy: from,
    createdAt: '2026-11-10T00:00:00Z',
    reason: '',
  }));
  return loadDirectory({ ...structuredClone(snapshot), delegations });
}

const later = '2026-11-30T00:00:00Z';
const ended = '2026-11-20T08:00:00Z';
const own = (person: string) => ({ principal: person, approver: person, delegations: [] });
const fill = (directory: LoadedDirectory, seats: Parameters<typeof fillSeats>[3]) =>
  fillSeats(directory, facts, {}, seats, at).map((seat) => seat.approver);

describe('filling seats', () => {
  it('keeps planned approvers who may decide, even when they have a delegate by now', () => {
    expect(fill(withDelegations(['ada', 'dan', later]), [own('ada'), own('bob')])).toEqual(['ada', 'bob']);
  });

  it('gives a seat back when its delegation has ended', () => {
    const directory = withDelegations(['ada', 'dan', ended]);
    expect(fill(directory, [{ principal: 'ada', approver: 'dan', delegations: ['d0'] }])).toEqual(['ada']);
  });

  it('never gives one person two seats of a level', () => {
    const directory = withDelegations(['ada', 'dan', later], ['bob', 'dan', later]);
    const held = (principal: string, approver: string) => ({ principal, approver, delegations: ['gone'] });
    expect(fill(directory, [held('ada', 'cleo'), held('bob', 'rita')])).toEqual(['dan', 'rita']);
    expect(fill(directory, [held('ada', 'cleo'), own('dan')])).toEqual(['cleo', 'dan']);
  });

  it('leaves a seat as it is when nobody may fill it', () => {
    expect(fill(directoryOf(['ada', 'rita']), [own('rita')])).toEqual(['rita']);
  });
});
