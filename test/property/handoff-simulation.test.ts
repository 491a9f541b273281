import { expect, it } from 'vitest';
import { readClock } from '../../lib/engines/handoff/clocks.ts';
import { replay } from '../../lib/engines/handoff/lifecycle.ts';
import { checkLedger, type ObligationLedger } from '../../lib/engines/handoff/obligations.ts';
import { isTerminal } from '../../lib/engines/handoff/states.ts';
import { Simulation } from '../unit/handoff/support/simulation.ts';
import { countSlowly } from '../unit/handoff/support/slow-clock.ts';

const HANDOFFS = process.env.COUNTERSIGN_DEEP === undefined ? 80 : 1_000;

function rootsOf(ledger: ObligationLedger, id: string): string[] {
  const { from } = ledger.obligations.find((each) => each.id === id)!;
  return from.length === 0 ? [id] : from.flatMap((each) => rootsOf(ledger, each));
}

it('loses no handoff, no event and no obligation in a faulty world, and every clock is right', () => {
  const { handoffs, threads, recorded, faults } = new Simulation(20_261_120, HANDOFFS).run();

  expect(handoffs).toHaveLength(HANDOFFS);
  expect(handoffs.filter(({ state }) => !isTerminal(state))).toEqual([]);
  expect(Math.min(faults.lost, faults.repeated, faults.tooEarly)).toBeGreaterThan(HANDOFFS / 10);
  expect(faults.restarts).toBeGreaterThan(5);
  expect(handoffs.filter(({ state }) => state === 'closed').length).toBeGreaterThan(HANDOFFS / 4);

  // Every event that was recorded stands in exactly one history, once, however often it came.
  const written = handoffs.flatMap(({ history }) => history.map(({ event }) => event.id));
  expect(new Set(written).size).toBe(written.length);
  expect(new Set(written)).toEqual(new Set(recorded.keys()));
  expect(Math.max(...recorded.values())).toBeGreaterThan(1);

  for (const handoff of handoffs) {
    const [first] = handoff.history;
    const draft = {
      ...handoff,
      state: 'draft',
      back: [],
      round: 0,
      bounces: { before: 0, here: 0, granted: 0 },
      misreadings: 0,
      accepted: false,
      clocks: [],
      updatedAt: handoff.createdAt,
      history: [],
      promise: { ...handoff.promise!, pauses: [] },
    } as typeof handoff;
    const { readiness: _, ...fresh } = draft;
    expect(first?.from).toBe('draft');
    expect(
      replay(
        fresh,
        handoff.history.map(({ event }) => event),
      ),
    ).toEqual(handoff);
  }

  for (const { ledger, roots } of threads) {
    expect(checkLedger(ledger)).toEqual([]);
    const ends = ledger.obligations.filter(({ standing }) => standing.is === 'open' || standing.is === 'discharged');
    expect(new Set(ends.flatMap(({ id }) => rootsOf(ledger, id)))).toEqual(new Set(roots));
  }

  let clocks = 0;
  for (const { clocks: runs, terms, updatedAt, promise } of handoffs) {
    for (const run of runs) {
      const slow = countSlowly(run, terms.working, updatedAt);
      const reading = readClock(run, terms.working, updatedAt);
      expect(reading.elapsedMilliseconds).toBe(slow.elapsed * 60_000);
      expect(reading.due).toBe(slow.due);
      expect(reading.late).toBe(slow.due !== undefined && slow.due < run.stoppedAt!);
      clocks += 1;
    }
    // Nothing that happened between parties moved what the customer was promised.
    expect(promise).toMatchObject({ startedAt: '2026-10-19T06:00:00.000Z', within: { clockMinutes: 20_000 } });
    expect(promise!.pauses.every(({ code }) => code === 'waiting-for-customer')).toBe(true);
  }
  expect(clocks).toBeGreaterThan(3 * HANDOFFS);
}, 900_000);
