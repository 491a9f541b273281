import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ExecutionStatus, MapRun } from '../../../lib/local/states/execution.ts';
import { countsOf, identifierOf, nextMove } from '../../../lib/local/states/map-run.ts';

const RUN: MapRun = {
  mapRunArn: 'arn',
  state: 'Each',
  label: 'each',
  executionType: 'STANDARD',
  startedEventId: 4,
  startedAt: 0,
  stoppedAt: null,
  status: 'RUNNING',
  total: 0,
  maxConcurrency: 10_000,
  toleratedFailureCount: null,
  toleratedFailurePercentage: null,
};

const run = fc.record({
  total: fc.integer({ min: 0, max: 30 }),
  maxConcurrency: fc.integer({ min: 1, max: 8 }),
  toleratedFailureCount: fc.option(fc.integer({ min: 0, max: 5 })),
  toleratedFailurePercentage: fc.option(fc.integer({ min: 0, max: 100 })),
  executionType: fc.constantFrom<MapRun['executionType']>('STANDARD', 'EXPRESS'),
});
/** How the children end, and which of those that run is the next to do so. */
const ends = fc.array(
  fc.tuple(fc.nat(), fc.constantFrom<ExecutionStatus>('SUCCEEDED', 'SUCCEEDED', 'SUCCEEDED', 'FAILED', 'TIMED_OUT')),
  { minLength: 30, maxLength: 30 },
);

describe('any map run', () => {
  it('starts each child once, never more than allowed at once, and comes to an end that its failures decide', () => {
    fc.assert(
      fc.property(run, ends, (limits, endings) => {
        const any = { ...RUN, ...limits };
        const standing = new Map<number, ExecutionStatus>();
        const running = () => [...standing].filter(([, status]) => status === 'RUNNING').map(([index]) => index);
        let move = nextMove(any, standing);
        for (const [pick, ending] of endings) {
          if (move.kind === 'start') {
            for (const index of move.indexes) {
              expect(standing.has(index)).toBe(false);
              standing.set(index, 'RUNNING');
            }
            expect(running().length).toBeLessThanOrEqual(any.maxConcurrency);
          }
          const open = running();
          const index = open[pick % Math.max(open.length, 1)];
          if (move.kind === 'succeed' || move.kind === 'fail' || index === undefined) break;
          standing.set(index, ending);
          move = nextMove(any, standing);
        }
        const failed = [...standing.values()].filter((status) => status === 'FAILED' || status === 'TIMED_OUT').length;
        const { toleratedFailureCount: count, toleratedFailurePercentage: percentage, total } = any;
        const tolerated = Math.min(
          count ?? (percentage === null ? 0 : total),
          percentage === null ? total : Math.floor((percentage * total) / 100),
        );
        expect(move.kind).toBe(failed > tolerated ? 'fail' : 'succeed');
        if (move.kind === 'succeed') expect(standing.size).toBe(total);
        if (any.executionType === 'EXPRESS') expect(running()).toEqual([]);
      }),
      { numRuns: 500 },
    );
  });

  it('is counted completely', () => {
    const status = fc.constantFrom<ExecutionStatus>('RUNNING', 'SUCCEEDED', 'FAILED', 'TIMED_OUT', 'ABORTED');
    fc.assert(
      fc.property(fc.array(status, { maxLength: 30 }), fc.nat(10), (statuses, more) => {
        const counted = countsOf({ ...RUN, total: statuses.length + more }, new Map(statuses.entries()));
        const { total, ...parts } = counted;
        expect(counted.pending).toBe(more);
        expect(Object.values(parts).reduce((sum, part) => sum + part, 0)).toBe(total);
      }),
    );
  });
});

describe('identifiers', () => {
  it('are UUIDs that depend on every part and on nothing else', () => {
    const parts = fc.array(fc.oneof(fc.string(), fc.nat()), { minLength: 1, maxLength: 3 });
    fc.assert(
      fc.property(parts, parts, (one, other) => {
        expect(identifierOf(...one)).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
        expect(identifierOf(...one) === identifierOf(...other)).toBe(JSON.stringify(one) === JSON.stringify(other));
      }),
    );
  });
});
