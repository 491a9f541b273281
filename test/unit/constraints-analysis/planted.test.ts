import { expect, test } from 'vitest';
import { analyse } from '../../../lib/engines/constraints/analysis/analyse.ts';
import { plenty } from '../../support/constraint-sets.ts';
import { boxSet, type Planted } from '../../support/planted-sets.ts';

const isDeep = process.env.COUNTERSIGN_DEEP !== undefined;

function noSolver(): never {
  throw new Error('Sets of boxes need no solver.');
}

async function conflictsOf({ set }: Planted): Promise<readonly string[][]> {
  const { findings, unknowns } = await analyse(set, plenty, noSolver, undefined, 'conflicts');
  expect(unknowns).toEqual([]);
  return findings.map(({ rules }) => rules.map((index) => set.rules[index]!.id).sort());
}

test('each planted conflict of 2 to 6 rules among 10 to 1,000 is found, alone and minimal', async () => {
  const runs = isDeep ? 500 : 40;
  for (let seed = 1; seed <= runs; seed++) {
    const count = [10, 30, 100, 300, 1_000][isDeep ? seed % 5 : seed % 4]!;
    const planted = boxSet(seed, count, 2 + (seed % 5));
    expect(await conflictsOf(planted)).toEqual([planted.conflict]);
  }
}, 600_000);

test('sets that a hidden strategy satisfies have no conflict', async () => {
  const runs = isDeep ? 500 : 40;
  for (let seed = 1; seed <= runs; seed++)
    expect(await conflictsOf(boxSet(seed, [10, 30, 100, 300, 1_000][isDeep ? seed % 5 : seed % 4]!, 0))).toEqual([]);
}, 600_000);
