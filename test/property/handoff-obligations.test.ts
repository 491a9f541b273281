import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { InvalidInput } from '../../lib/core/errors.ts';
import {
  checkLedger,
  dischargeObligation,
  emptyLedger,
  mergeObligations,
  type ObligationLedger,
  openIn,
  openObligations,
  settlementOf,
  splitObligation,
  transferObligations,
} from '../../lib/engines/handoff/obligations.ts';

const RUNS = process.env.COUNTERSIGN_DEEP === undefined ? 300 : 10_000;
const PARTIES = ['a', 'b', 'c'] as const;
const EVIDENCE = `sha256:${'e'.repeat(64)}` as const;
const act = { at: '2026-11-18T09:00:00.000Z', by: 'somebody' };
const due = (hour: number): string => `2026-11-${String(20 + (hour % 5))}T10:00:00.000Z`;

type Operation = {
  do: 'open' | 'split' | 'merge' | 'discharge' | 'transfer';
  pick: number;
  more: number;
  party: (typeof PARTIES)[number];
};

const operation: fc.Arbitrary<Operation> = fc.record({
  do: fc.constantFrom('open', 'split', 'merge', 'discharge', 'transfer'),
  pick: fc.nat(1000),
  more: fc.integer({ min: 0, max: 4 }),
  party: fc.constantFrom(...PARTIES),
});

/** Everything that somebody once owed: the roots that an obligation goes back to. */
function rootsOf(ledger: ObligationLedger, id: string): string[] {
  const { from } = ledger.obligations.find((each) => each.id === id)!;
  return from.length === 0 ? [id] : from.flatMap((each) => rootsOf(ledger, each));
}

function apply(ledger: ObligationLedger, { do: what, pick, more, party }: Operation, n: number): ObligationLedger {
  const open = openIn(ledger);
  const one = open[pick % Math.max(1, open.length)];
  if (what === 'open' || one === undefined) {
    return openObligations(ledger, `h-${n}`, [{ id: `o${n}`, says: 'Something.', owner: party, due: due(pick) }]);
  }
  switch (what) {
    case 'split':
      return splitObligation(
        ledger,
        one.id,
        Array.from({ length: more + 2 }, (_, i) => ({ id: `o${n}.${i}`, says: 'Part.', owner: party, due: one.due })),
        act,
      );
    case 'merge': {
      const mine = openIn(ledger, one.owner).slice(0, more + 2);
      if (mine.length < 2) return ledger;
      return mergeObligations(
        ledger,
        mine.map(({ id }) => id),
        { id: `o${n}`, says: 'All.' },
        act,
      );
    }
    case 'discharge':
      return dischargeObligation(ledger, one.id, [EVIDENCE], act);
    default:
      return transferObligations(ledger, [one.id], party);
  }
}

describe('obligations', () => {
  it('are conserved whatever is done to them: each that ever was is open or discharged at its ends', () => {
    let splits = 0;
    fc.assert(
      fc.property(fc.array(operation, { maxLength: 40 }), (operations) => {
        let ledger = emptyLedger('t');
        operations.forEach((each, n) => {
          const before = ledger;
          ledger = apply(ledger, each, n);
          // Nothing that was in the ledger is taken out of it.
          expect(ledger.obligations.slice(0, before.obligations.length).map(({ id }) => id)).toEqual(
            before.obligations.map(({ id }) => id),
          );
        });
        expect(checkLedger(JSON.parse(JSON.stringify(ledger)))).toEqual([]);
        const ends = ledger.obligations.filter(
          ({ standing }) => standing.is === 'open' || standing.is === 'discharged',
        );
        const roots = ledger.obligations.filter(({ from }) => from.length === 0).map(({ id }) => id);
        expect(new Set(ends.flatMap(({ id }) => rootsOf(ledger, id)))).toEqual(new Set(roots));
        // An end is due no later than anything that it goes back to.
        for (const { id, due: last } of ends) {
          for (const root of rootsOf(ledger, id))
            expect(last <= ledger.obligations.find((each) => each.id === root)!.due).toBe(true);
        }
        splits += ledger.obligations.filter(({ standing }) => standing.is === 'split').length;
        // A root is settled exactly when no end of it is open with the receiver.
        for (const { id, as } of settlementOf(ledger, roots, 'b')) {
          const left = ends.filter((end) => rootsOf(ledger, end.id).includes(id) && end.standing.is === 'open');
          const wanted = left.some(({ owner }) => owner === 'b') ? 'open' : left.length > 0 ? 'carried' : 'discharged';
          expect(as).toBe(wanted);
        }
      }),
      { numRuns: RUNS, seed: 20_261_120 },
    );
    expect(splits).toBeGreaterThan(RUNS / 2);
  });

  it('that disappear from a ledger are missed, whichever it is', () => {
    let ledger = openObligations(emptyLedger('t'), 'h', [
      { id: 'x', says: 'X', owner: 'a', due: due(1) },
      { id: 'y', says: 'Y', owner: 'a', due: due(2) },
    ]);
    ledger = splitObligation(
      ledger,
      'x',
      [
        { id: 'x1', says: 'X1', owner: 'a', due: due(1) },
        { id: 'x2', says: 'X2', owner: 'b', due: due(0) },
      ],
      act,
    );
    ledger = mergeObligations(ledger, ['x1', 'y'], { id: 'z', says: 'Z' }, act);
    expect(checkLedger(ledger)).toEqual([]);
    // All but the last are named by another entry; that the newest ones are there, the digest of the ledger says.
    for (const gone of ['x', 'y', 'x1', 'x2', 'z']) {
      const without = { ...ledger, obligations: ledger.obligations.filter(({ id }) => id !== gone) };
      expect(checkLedger(without).map(({ code }) => code)).toContain('obligation-lost');
    }
    const later = {
      ...ledger,
      obligations: ledger.obligations.map((each) =>
        each.id === 'z' ? { ...each, due: '2027-01-01T00:00:00.000Z' } : each,
      ),
    };
    expect(checkLedger(later)).not.toEqual([]);
  });

  it.each<[string, (ledger: ObligationLedger) => ObligationLedger, string]>([
    ['discharging without evidence', (l) => dischargeObligation(l, 'x', [], act), 'no-evidence'],
    [
      'discharging twice',
      (l) => dischargeObligation(dischargeObligation(l, 'x', [EVIDENCE], act), 'x', [EVIDENCE], act),
      'obligation-not-open',
    ],
    [
      'splitting into one',
      (l) => splitObligation(l, 'x', [{ id: 'p', says: 'P', owner: 'a', due: due(1) }], act),
      'split-too-few',
    ],
    [
      'splitting to gain time',
      (l) =>
        splitObligation(
          l,
          'x',
          [
            { id: 'p', says: 'P', owner: 'a', due: due(1) },
            { id: 'q', says: 'Q', owner: 'a', due: due(2) },
          ],
          act,
        ),
      'due-later',
    ],
    [
      'merging what two parties owe',
      (l) => mergeObligations(l, ['x', 'y'], { id: 'z', says: 'Z' }, act),
      'merge-owners',
    ],
    ['merging one with itself', (l) => mergeObligations(l, ['x', 'x'], { id: 'z', says: 'Z' }, act), 'merge-too-few'],
    [
      'taking an id twice',
      (l) => openObligations(l, 'h', [{ id: 'x', says: 'X', owner: 'a', due: due(1) }]),
      'duplicate-obligation',
    ],
    ['what nobody owes', (l) => transferObligations(l, ['nothing'], 'b'), 'unknown-obligation'],
  ])('refuse %s', (_, operationOn, code) => {
    const ledger = openObligations(emptyLedger('t'), 'h', [
      { id: 'x', says: 'X', owner: 'a', due: due(1) },
      { id: 'y', says: 'Y', owner: 'b', due: due(2) },
    ]);
    try {
      operationOn(ledger);
    } catch (error) {
      expect((error as InvalidInput).problems.map((each) => each.code)).toEqual([code]);
      return;
    }
    throw new Error('it was let through');
  });
});
