import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { levelResult } from '../../../lib/core/approval/level-result.ts';
import { addSeconds } from '../../../lib/core/instant.ts';
import { decideSeat } from '../../../lib/platform/approvals/decide-seat.ts';
import { missDeadline } from '../../../lib/platform/approvals/miss-deadline.ts';
import { openRound } from '../../../lib/platform/approvals/open-round.ts';
import { remindSeats } from '../../../lib/platform/approvals/reminders.ts';
import { settleStage } from '../../../lib/platform/approvals/settle-stage.ts';
import { type Action, deadlineOf, type Stage, voteOf } from '../../../lib/platform/approvals/stage.ts';
import { at, digest, directoryOf, level, seat, stage } from './fixture.ts';

const planned = (seatId: string) => ({
  seatId,
  principal: `person-${seatId}`,
  approver: `person-${seatId}`,
  delegations: [],
});
const seatIds = ['a.1', 'a.2', 'a.3', 'a.4', 'b.1', 'b.2'];
const directory = directoryOf([...seatIds.map((id) => `person-${id}`), 'rita']);

/** Level a: 2 of 3, with one escalation that adds a fourth seat; level b: both of 2, without. */
function example(): Stage {
  const escalation = [{ seats: [planned('a.4')], serviceLevelBusinessMinutes: 60 }];
  const a = level('a', [seat('a.1'), seat('a.2'), seat('a.3')], 2, { escalation });
  return stage([a, level('b', [seat('b.1'), seat('b.2')], 2)]);
}

type Happening =
  | { readonly kind: 'decide'; readonly seatId: string; readonly action: Action }
  | { readonly kind: 'deadline' }
  | { readonly kind: 'withdraw' }
  | { readonly kind: 'open'; readonly token: string };

const happening: fc.Arbitrary<Happening> = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({
      kind: fc.constant('decide' as const),
      seatId: fc.constantFrom(...seatIds),
      action: fc.constantFrom<Action>('approve', 'approve', 'approve', 'reject', 'request-changes'),
    }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('deadline' as const) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('withdraw' as const) }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('open' as const), token: fc.string({ minLength: 1 }) }) },
);

function apply(current: Stage, one: Happening, now: string, index: number): Stage {
  switch (one.kind) {
    case 'decide':
      return decideSeat(current, one.seatId, {
        decisionId: `d-${index}`,
        action: one.action,
        comment: 'Because.',
        at: now,
        round: current.round,
        assurance: 'link',
        termsDigest: digest,
      });
    case 'deadline':
      return current.outcome === 'open' ? missDeadline(current, [directory, directory], deadlineOf(current)) : current;
    case 'withdraw':
      return settleStage(current, 'withdrawn', now, 'rita');
    case 'open':
      return openRound(current, one.token, now);
  }
}

const seatsOf = (one: Stage) => one.levels.flatMap((each) => each.seats);
const decisionsOf = (one: Stage) =>
  seatsOf(one).flatMap((each) => (each.decision === undefined ? [] : [each.decision]));

describe('a stage, whatever happens to it in whatever order', () => {
  it('never changes a decision, an outcome or a level’s result, and never approves without a quorum', () => {
    fc.assert(
      fc.property(fc.array(happening, { maxLength: 25 }), (happenings) => {
        let current = example();
        for (const [index, one] of happenings.entries()) {
          const before = current;
          current = apply(before, one, addSeconds(at, index), index);
          for (const decision of decisionsOf(before)) expect(decisionsOf(current)).toContainEqual(decision);
          expect(decisionsOf(current).length - decisionsOf(before).length).toBeLessThanOrEqual(1);
          if (before.outcome !== 'open') {
            expect(current.outcome).toBe(before.outcome);
            expect(decisionsOf(current)).toEqual(decisionsOf(before));
          }
          for (const [position, each] of before.levels.entries())
            if (each.result !== 'open') expect(current.levels[position]?.result).toBe(each.result);
          if (current.outcome === 'approved')
            for (const each of current.levels) {
              const approvals = each.seats.filter((one_) => one_.decision?.action === 'approve');
              expect(approvals.length).toBeGreaterThanOrEqual(each.required);
            }
          if (current.outcome !== 'open') {
            expect(current.signal).toBeDefined();
            expect(seatsOf(current).some((each) => each.standing === 'open')).toBe(false);
            expect(seatsOf(current).flatMap((each) => each.liveLinks)).toEqual([]);
          }
          expect(new Set(current.pendingEvents.map((event) => event.eventId)).size).toBe(current.pendingEvents.length);
          expect(new Set(current.pendingMails.map((mail) => mail.mailId)).size).toBe(current.pendingMails.length);
        }
      }),
      { numRuns: 300 },
    );
  });

  it('agrees with the written table about every open level', () => {
    fc.assert(
      fc.property(fc.array(happening, { maxLength: 25 }), (happenings) => {
        const end = happenings.reduce<Stage>(
          (current, one, index) => apply(current, one, addSeconds(at, index), index),
          example(),
        );
        for (const each of end.levels)
          if (each.result === 'open') expect(levelResult(each.required, each.seats.map(voteOf))).toBe('open');
      }),
      { numRuns: 300 },
    );
  });

  it('is expired by deadlines alone, after its escalation', () => {
    const once = missDeadline(stage([example().levels[0]!]), [directory, directory], '2026-11-20T13:00:00.000Z');
    expect(once).toMatchObject({ outcome: 'open', round: 2, timerDueAt: '2026-11-20T14:00:00.000Z' });
    expect(once.levels[0]?.missed?.by).toEqual(['person-a.1', 'person-a.2', 'person-a.3']);
    const twice = missDeadline(once, [directory, directory], '2026-11-20T14:00:00.000Z');
    expect(twice).toMatchObject({ outcome: 'expired', levels: [{ result: 'expired' }] });
    expect(seatsOf(twice).every((each) => each.standing === 'missed')).toBe(true);
    // The seat that the escalation added was never mailed a link, so it is told nothing.
    expect(twice.pendingMails.map((mail) => [mail.kind, mail.seatId])).toEqual([
      ['link-closed', 'a.1'],
      ['link-closed', 'a.2'],
      ['link-closed', 'a.3'],
    ]);
  });

  it('reminds open seats that were asked, until the deadline', () => {
    const due = '2026-11-20T10:00:00.000Z';
    const asked = stage([level('a', [seat('a.1', { remindAt: [due] })], 1)]);
    expect(remindSeats(asked, at)).toBe(asked);
    expect(remindSeats(asked, due).pendingMails).toMatchObject([{ kind: 'reminder', seatId: 'a.1' }]);
    expect(remindSeats(remindSeats(asked, due), due).pendingMails).toHaveLength(1);
    expect(remindSeats(asked, asked.timerDueAt)).toBe(asked);
    const notYetOpen = { ...asked, round: 2 };
    expect(remindSeats(notYetOpen, due)).toBe(notYetOpen);
  });

  it('is rejected, not expired, when somebody said no before the deadline', () => {
    const open = stage([level('a', [seat('a.1'), seat('a.2'), seat('a.3')], 2)]);
    const refused = apply(open, { kind: 'decide', seatId: 'a.1', action: 'reject' }, at, 0);
    expect(refused.outcome).toBe('open');
    expect(missDeadline(refused, [directory, directory], '2026-11-20T13:00:00.000Z').outcome).toBe('rejected');
  });
});
