import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type LevelResult, levelResult, type SeatVote, stageResult } from '../../lib/core/approval/level-result.ts';

const CLOSED = ['approve', 'reject', 'request-changes', 'timeout'] as const;
const VOTES: readonly SeatVote[] = [...CLOSED, 'open'];
const RESULTS: readonly LevelResult[] = ['open', 'approved', 'rejected', 'changes-requested', 'expired'];

/** Every list of so many items, with repetition. */
function listsOf<T>(items: readonly T[], length: number): readonly (readonly T[])[] {
  if (length === 0) return [[]];
  return listsOf(items, length - 1).flatMap((list) => items.map((item) => [...list, item]));
}

/** Every way in which a vote can still end, by letting each open seat do everything it could. */
function completions(votes: readonly SeatVote[]): readonly (readonly SeatVote[])[] {
  return votes.reduce<readonly (readonly SeatVote[])[]>(
    (lists, vote) => lists.flatMap((list) => (vote === 'open' ? CLOSED : [vote]).map((one) => [...list, one])),
    [[]],
  );
}

function reaches(required: number, votes: readonly SeatVote[]): boolean {
  let missing = required;
  for (const vote of votes) if (vote === 'approve') missing -= 1;
  return missing <= 0;
}

/** The definition by futures: approved if every future approves, open if some does, else the strongest word against it. */
function byFutures(required: number, votes: readonly SeatVote[]): LevelResult {
  const futures = completions(votes).map((future) => reaches(required, future));
  if (futures.every(Boolean)) return 'approved';
  if (futures.some(Boolean)) return 'open';
  const against = new Set(votes);
  return against.has('reject') ? 'rejected' : against.has('request-changes') ? 'changes-requested' : 'expired';
}

describe('the result of a level', () => {
  test.each([1, 2, 3, 4, 5])('is that of the definition for every mix of votes of %i seats', (seats) => {
    let mixes = 0;
    for (const votes of listsOf(VOTES, seats)) {
      for (let required = 1; required <= seats; required += 1) {
        const result = levelResult(required, votes);
        if (result !== byFutures(required, votes)) expect.fail(`${required} of ${votes.join(', ')}: ${result}`);
        mixes += 1;
      }
    }
    expect(mixes).toBe(5 ** seats * seats);
  });

  const LETTERS: Readonly<Record<string, SeatVote>> = {
    a: 'approve',
    r: 'reject',
    c: 'request-changes',
    t: 'timeout',
    o: 'open',
  };
  test.each([
    ['aa', 'approved', 'approved'],
    ['ar', 'approved', 'rejected'],
    ['ac', 'approved', 'changes-requested'],
    ['at', 'approved', 'expired'],
    ['ao', 'approved', 'open'],
    ['rr', 'rejected', 'rejected'],
    ['rc', 'rejected', 'rejected'],
    ['rt', 'rejected', 'rejected'],
    ['ro', 'open', 'rejected'],
    ['cc', 'changes-requested', 'changes-requested'],
    ['ct', 'changes-requested', 'changes-requested'],
    ['co', 'open', 'changes-requested'],
    ['tt', 'expired', 'expired'],
    ['to', 'open', 'expired'],
    ['oo', 'open', 'open'],
  ])('%s: any is %s, all is %s', (letters, any, all) => {
    const votes = [...letters].map((letter) => LETTERS[letter]!);
    expect(levelResult(1, votes)).toBe(any);
    expect(levelResult(2, votes)).toBe(all);
  });

  test('two of three: one rejection does not stop it, two do', () => {
    expect(levelResult(2, ['reject', 'open', 'open'])).toBe('open');
    expect(levelResult(2, ['reject', 'approve', 'approve'])).toBe('approved');
    expect(levelResult(2, ['reject', 'reject', 'open'])).toBe('rejected');
    expect(levelResult(2, ['timeout', 'approve', 'timeout'])).toBe('expired');
  });

  test('a level that asks for more than its seats can give fails closed', () => {
    expect(levelResult(3, ['approve', 'approve'])).toBe('expired');
    expect(levelResult(1, [])).toBe('expired');
  });

  test.each([0, -1, 1.5, Number.NaN])('%s required approvals are refused', (required) => {
    expect(() => levelResult(required, ['approve'])).toThrow(RangeError);
  });
});

describe('properties of a level', () => {
  const level = fc.record({
    required: fc.integer({ min: 1, max: 8 }),
    votes: fc.array(fc.constantFrom(...VOTES), { minLength: 1, maxLength: 8 }),
    place: fc.nat({ max: 7 }),
  });

  test('the order of the votes does not matter', () => {
    const shuffled = level.chain(({ required, votes }) =>
      fc.record({
        required: fc.constant(required),
        votes: fc.constant(votes),
        turned: fc.shuffledSubarray(votes, { minLength: votes.length, maxLength: votes.length }),
      }),
    );
    fc.assert(
      fc.property(shuffled, ({ required, votes, turned }) => {
        expect(levelResult(required, turned)).toBe(levelResult(required, votes));
      }),
    );
  });

  test('a timeout in place of any vote never helps towards an approval', () => {
    const rank: Readonly<Record<LevelResult, number>> = {
      approved: 2,
      open: 1,
      rejected: 0,
      'changes-requested': 0,
      expired: 0,
    };
    fc.assert(
      fc.property(level, ({ required, votes, place }) => {
        const timedOut = votes.with(place % votes.length, 'timeout');
        expect(rank[levelResult(required, timedOut)]).toBeLessThanOrEqual(rank[levelResult(required, votes)]);
      }),
    );
  });

  test('a result that is not open stays when open seats vote, whatever they vote, save for the word against it', () => {
    fc.assert(
      fc.property(level, fc.constantFrom(...CLOSED), ({ required, votes, place }, late) => {
        const before = levelResult(required, votes);
        fc.pre(before !== 'open' && votes[place % votes.length] === 'open');
        const after = levelResult(required, votes.with(place % votes.length, late));
        expect(after === 'approved').toBe(before === 'approved');
        expect(after).not.toBe('open');
      }),
    );
  });

  test('with timeouts alone it expires', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 8 }), fc.integer({ min: 1, max: 8 }), (required, seats) => {
        expect(levelResult(required, Array<SeatVote>(seats).fill('timeout'))).toBe('expired');
      }),
    );
  });
});

describe('the result of a stage', () => {
  test.each([
    [['approved'], 'approved'],
    [['approved', 'approved'], 'approved'],
    [['approved', 'open'], 'open'],
    [['approved', 'expired', 'open'], 'expired'],
    [['open', 'changes-requested', 'expired'], 'changes-requested'],
    [['open', 'changes-requested', 'expired', 'rejected'], 'rejected'],
  ] as const)('of %j is %s', (levels, result) => {
    expect(stageResult(levels)).toBe(result);
  });

  test('is approved only when every level is, and always one of its levels’ results', () => {
    for (const levels of [1, 2, 3, 4].flatMap((length) => listsOf(RESULTS, length))) {
      const result = stageResult(levels);
      expect(result === 'approved').toBe(levels.every((level) => level === 'approved'));
      expect(levels).toContain(result);
      expect(stageResult(levels.toReversed())).toBe(result);
    }
  });

  test('nothing cannot approve', () => {
    expect(() => stageResult([])).toThrow(RangeError);
  });
});
