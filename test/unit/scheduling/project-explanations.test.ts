import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Network, networkOf } from '../../../lib/engines/scheduling/project/network.ts';
import { parseProject } from '../../../lib/engines/scheduling/project/problem.ts';
import { type Literals, Timetable } from '../../../lib/engines/scheduling/project/search/timetable.ts';
import { CAUSE, Trail } from '../../../lib/engines/scheduling/project/search/trail.ts';

const HORIZON = 9;
const CAPACITY = 3;

const activities = fc.array(
  fc.record({
    duration: fc.integer({ min: 1, max: 4 }),
    use: fc.integer({ min: 0, max: CAPACITY }),
    window: fc.tuple(fc.integer({ min: 0, max: HORIZON }), fc.integer({ min: 0, max: HORIZON })),
  }),
  { minLength: 2, maxLength: 4 },
);

type Drawn = (typeof activities extends fc.Arbitrary<infer T> ? T : never)[number];

function networkFor(drawn: readonly Drawn[]): Network {
  return networkOf(
    parseProject({
      schema: 'countersign/project/1',
      resources: [{ id: 'r', capacity: CAPACITY }],
      // One that takes no other than 1 keeps the unit of time at 1.
      activities: [{ duration: 1, use: 0 }, ...drawn].map(({ duration, use }, i) => ({
        id: `a${i}`,
        duration,
        uses: { r: use },
      })),
    }),
  );
}

/** All starts, within the horizon and without regard to windows, that keep to the capacity. */
function feasibleStarts({ size, durations, uses }: Network): number[][] {
  const fits = (starts: readonly number[]): boolean =>
    starts.every((instant) => {
      let used = 0;
      starts.forEach((begin, i) => {
        if (begin <= instant && instant < begin + durations[i]!) used += uses[i]!;
      });
      return used <= CAPACITY;
    });
  let all: number[][] = [[0]];
  for (let i = 1; i < size; i++)
    all = all.flatMap((starts) => Array.from({ length: HORIZON + 1 }, (_, start) => [...starts, start])).filter(fits);
  return all;
}

const holds = (starts: readonly number[], bound: number, value: number): boolean =>
  (bound % 2 === 0 ? starts[bound >> 1]! : -starts[bound >> 1]!) >= value;

const allHold = (starts: readonly number[], literals: Literals): boolean =>
  literals.every((bound, part) => part % 2 === 1 || holds(starts, bound, literals[part + 1]!));

test('what a time table concludes follows from what it names, in every schedule that there is', () => {
  const seen = { moves: 0, conflicts: 0 };
  fc.assert(
    fc.property(activities, (drawn) => {
      const network = networkFor(drawn);
      const windows = [[0, 0], ...drawn.map(({ window }) => window.toSorted((a, b) => a - b))] as [number, number][];
      const trail = new Trail(
        Int32Array.from(windows, ([earliest]) => earliest),
        Int32Array.from(windows, ([, latest]) => latest),
      );
      const first = trail.length;
      const conflict = new Timetable(network, 0, trail).propagate();
      const schedules = feasibleStarts(network);
      for (let entry = first; entry < trail.length; entry++) {
        expect(trail.cause.items[entry]).toBe(CAUSE.record);
        const record = trail.reference.items[entry]!;
        const because = [...trail.records.items.subarray(record + 1, record + 1 + trail.records.items[record]!)];
        const [bound, value] = [trail.bound.items[entry]!, trail.value.items[entry]!];
        expect(schedules.filter((starts) => allHold(starts, because) && !holds(starts, bound, value))).toEqual([]);
        // What it names was so before.
        for (let part = 0; part < because.length; part += 2)
          expect(trail.entryOf(because[part]!, because[part + 1]!)).toBeLessThan(entry);
        seen.moves++;
      }
      if (conflict !== undefined) {
        expect(schedules.filter((starts) => allHold(starts, conflict))).toEqual([]);
        seen.conflicts++;
      }
      // Without a conflict nothing is cut off that lies in the windows.
      const inside = schedules.filter((starts) => starts.every((s, i) => windows[i]![0] <= s && s <= windows[i]![1]));
      for (const starts of inside)
        starts.forEach((start, i) => {
          expect(conflict).toBeUndefined();
          expect(trail.bounds[2 * i]).toBeLessThanOrEqual(start);
          expect(-trail.bounds[2 * i + 1]!).toBeGreaterThanOrEqual(start);
        });
    }),
    { numRuns: process.env.COUNTERSIGN_DEEP === undefined ? 300 : 5_000 },
  );
  expect(seen.moves).toBeGreaterThan(50);
  expect(seen.conflicts).toBeGreaterThan(5);
});
