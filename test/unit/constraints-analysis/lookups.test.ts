import fc from 'fast-check';
import { expect, test } from 'vitest';
import { analyse } from '../../../lib/engines/constraints/analysis/analyse.ts';
import { type Box, boxHas, boxWithin, type Point } from '../../../lib/engines/constraints/analysis/boxes.ts';
import { cellsWhere } from '../../../lib/engines/constraints/analysis/cells.ts';
import { CoverSearch } from '../../../lib/engines/constraints/analysis/cover-search.ts';
import { indexPoints } from '../../../lib/engines/constraints/analysis/point-index.ts';
import { placesOf } from '../../../lib/engines/constraints/analysis/repair-places.ts';
import { aField, aRule, aSet, aTable, compared, plenty, route, some } from '../../support/constraint-sets.ts';
import { boxSet } from '../../support/planted-sets.ts';

const sizes = [4, 5, 3, 6];

const boxes: fc.Arbitrary<Box> = fc.tuple(
  ...sizes.map((size) =>
    fc
      .option(fc.uniqueArray(fc.nat(size - 1), { minLength: 1, maxLength: size - 1 }), { nil: undefined })
      .map((cells) => cells && cellsWhere(size, (cell) => cells.includes(cell))),
  ),
);

const everyPoint: readonly Point[] = sizes.reduce<number[][]>(
  (points, size) => points.flatMap((point) => Array.from({ length: size }, (_, cell) => [...point, cell])),
  [[]],
);

test('a search finds a point that no piece holds exactly where there is one', () => {
  fc.assert(
    fc.property(boxes, fc.array(boxes, { maxLength: 9 }), (box, others) => {
      const pieces = others.map((each, owner) => ({ box: each, owner }));
      const isFree = (point: Point) => boxHas(box, point) && !others.some((each) => boxHas(each, point));
      const meter = { spent: 0, began: 0, limit: 100_000 };
      const found = new CoverSearch(box, pieces, sizes).free(() => true, meter);
      expect(found === undefined ? 'covered' : isFree(found)).toBe(everyPoint.some(isFree) ? true : 'covered');
    }),
    { numRuns: 2_000, seed: 3 },
  );
});

test('the index of points answers as a look at each box does', () => {
  fc.assert(
    fc.property(
      fc.array(boxes, { minLength: 1, maxLength: 70 }),
      boxes,
      fc.nat(everyPoint.length - 1),
      fc.nat(69),
      (all, box, at, out) => {
        const index = indexPoints(all, sizes);
        const counts = (each: number) => each !== out;
        const first = (passes: (each: Box) => boolean) => all.findIndex((each, i) => counts(i) && passes(each));
        const point = everyPoint[at]!;
        expect(index.holding(point, counts) ?? -1).toBe(first((each) => boxHas(each, point)));
        expect(index.around(box, counts) ?? -1).toBe(first((each) => boxWithin(box, each)));
      },
    ),
    { numRuns: 1_000, seed: 4 },
  );
});

test.each([394, 444])('1,000 rules whose terms are tangled need no solver', async (seed) => {
  const noSolver = (): never => {
    throw new Error('Sets of boxes need no solver.');
  };
  const { set, conflict } = boxSet(seed, 1_000, 6);
  const { findings, unknowns } = await analyse(set, plenty, noSolver, undefined, 'conflicts');
  expect(unknowns).toEqual([]);
  expect(findings.map(({ rules }) => rules.map((index) => set.rules[index]!.id).sort())).toEqual([conflict]);
});

test('a number that stands twice in a row of a table is no place of a repair', () => {
  const twice = some(compared(0, 'eq', 1), compared(0, 'eq', 1));
  const once = some(compared(0, 'eq', 1), compared(0, 'eq', 2));
  const rules = [aRule('twice', twice, route('lead')), aRule('once', once, route('lead'))];
  const table = aTable(
    'levels',
    rules.map(({ when }, rule) => ({ cells: when, rule })),
  );
  const set = aSet([aField('size', 'fact', { kind: 'integer' })], rules, { tables: [table] });
  expect(placesOf(set, [0, 1]).map(({ rule, pointer }) => `${rule} ${pointer}`)).toEqual([
    '1 /when/parts/0/bound',
    '1 /when/parts/1/bound',
  ]);
});
