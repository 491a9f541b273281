import fc from 'fast-check';
import { expect, test } from 'vitest';
import { canonicalJson } from '../../../lib/core/digest.ts';
import { analyse } from '../../../lib/engines/constraints/analysis/analyse.ts';
import { type Box, boxesMeet, boxHas, boxWithin, type Point } from '../../../lib/engines/constraints/analysis/boxes.ts';
import { cellsWhere, lastOutside, nextOutside } from '../../../lib/engines/constraints/analysis/cells.ts';
import { contentOfRule } from '../../../lib/engines/constraints/analysis/content.ts';
import { CoverSearch } from '../../../lib/engines/constraints/analysis/cover-search.ts';
import { pieceOf } from '../../../lib/engines/constraints/analysis/helpful-pieces.ts';
import { indexPoints } from '../../../lib/engines/constraints/analysis/point-index.ts';
import { poolOf } from '../../../lib/engines/constraints/analysis/pool.ts';
import { prepare } from '../../../lib/engines/constraints/analysis/prepare.ts';
import { placesOf } from '../../../lib/engines/constraints/analysis/repair-places.ts';
import { aField, aRule, aSet, aTable, compared, plenty, route, some } from '../../support/constraint-sets.ts';
import { boxSet } from '../../support/planted-sets.ts';
import { Dice } from '../constraints/dice.ts';
import { randomSet } from '../constraints/random-sets.ts';

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
      const pieces = others.map((each, owner) => pieceOf(each, owner));
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
        const index = indexPoints(all, [...all.keys()], sizes);
        const first = (passes: (each: Box) => boolean) => all.findIndex((each, i) => i !== out && passes(each));
        const point = everyPoint[at]!;
        expect(index.holding(point, out) ?? -1).toBe(first((each) => boxHas(each, point)));
        expect(index.around(box, out) ?? -1).toBe(first((each) => boxWithin(box, each)));
      },
    ),
    { numRuns: 1_000, seed: 4 },
  );
});

test('a pool answers as a look at each of its pieces does, whether it has few or many', () => {
  const one = prepare(aSet([aField('size', 'fact', { kind: 'integer' })], []), 1_000);
  const world = { ...one, space: { ...one.space, sizes } };
  fc.assert(
    fc.property(
      fc.array(boxes, { minLength: 40, maxLength: 120 }),
      boxes,
      fc.nat(everyPoint.length - 1),
      fc.nat(119),
      (all, box, at, out) => {
        const items = all.map((each, owner) => ({
          owner,
          extent: { formula: { kind: 'constant' as const, value: true }, boxes: [each] },
        }));
        const pieces = poolOf(world, items).pieces(out);
        const first = (passes: (each: Box) => boolean) => all.findIndex((each, i) => i !== out && passes(each));
        const point = everyPoint[at]!;
        expect(pieces.holding(point)?.owner ?? -1).toBe(first((each) => boxHas(each, point)));
        if (pieces.isMany) expect(pieces.around(box)?.owner ?? -1).toBe(first((each) => boxWithin(box, each)));
        const near = pieces.near(box).map(({ owner }) => owner);
        expect(near).toEqual(near.toSorted((a, b) => a - b));
        const meeting = [...all.keys()].filter((i) => i !== out && boxesMeet(all[i]!, box));
        expect(near).toEqual(expect.arrayContaining(meeting));
        expect(near).not.toContain(out);
      },
    ),
    { numRuns: 300, seed: 5 },
  );
});

test('the next and the last cell outside of a set are those that a look at each cell finds', () => {
  const size = 9;
  const cells = fc.uniqueArray(fc.nat(size - 1), { minLength: 1 });
  fc.assert(
    fc.property(fc.option(cells, { nil: undefined }), cells, fc.nat(size), (own, taken, after) => {
      const ranges = (list: readonly number[]) => cellsWhere(size, (cell) => list.includes(cell));
      const whole = own === undefined ? undefined : ranges(own);
      const free = Array.from({ length: size }, (_, cell) => cell).filter(
        (cell) => (own?.includes(cell) ?? true) && !taken.includes(cell),
      );
      expect(nextOutside(whole, ranges(taken), size, after - 1)).toBe(free.find((cell) => cell >= after));
      expect(lastOutside(whole, ranges(taken), size)).toBe(free.at(-1));
    }),
    { numRuns: 2_000, seed: 6 },
  );
});

test('the form of a rule is its canonical JSON with fields by their paths', () => {
  const dice = new Dice(21);
  for (let run = 0; run < 20; run += 1) {
    const set = randomSet(dice, 8);
    const paths = set.fields.map(({ path }) => path);
    const named = (value: unknown): unknown =>
      JSON.parse(JSON.stringify(value), (key, each) => (key === 'field' ? paths[each] : each));
    for (const rule of set.rules) {
      const { id, when, effect, inForce, priority } = rule;
      const above = rule.overriddenBy.map((index) => set.rules[index]!.id);
      const plain = { id, when: named(when), effect: named(effect), inForce, priority, overriddenBy: above };
      expect(
        contentOfRule(
          rule,
          above,
          paths.map((path) => JSON.stringify(path)),
        ),
      ).toBe(canonicalJson(plain));
    }
  }
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
