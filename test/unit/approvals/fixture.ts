import { loadDirectory } from '../../../lib/core/directory/load.ts';
import type { Seat, Stage, StageLevel } from '../../../lib/platform/approvals/stage.ts';

export const at = '2026-11-20T09:00:00.000Z';
export const digest = `sha256:${'a'.repeat(64)}` as const;

export function seat(seatId: string, more: Partial<Seat> = {}): Seat {
  return {
    seatId,
    principal: `person-${seatId}`,
    approver: `person-${seatId}`,
    delegations: [],
    joinedInRound: 1,
    dueAt: '2026-11-20T13:00:00.000Z',
    remindAt: [],
    reminders: 0,
    standing: 'open',
    asked: true,
    liveLinks: [],
    freshLinksAskedAt: [],
    ...more,
  };
}

export function level(
  levelId: string,
  seats: readonly Seat[],
  required: number,
  more: Partial<StageLevel> = {},
): StageLevel {
  return {
    levelId,
    name: levelId,
    required,
    assurance: 'link',
    because: [],
    remindAfterBusinessMinutes: [],
    seats,
    escalation: [],
    dueAt: '2026-11-20T13:00:00.000Z',
    result: 'open',
    ...more,
  };
}

export function stage(levels: readonly StageLevel[], more: Partial<Stage> = {}): Stage {
  return {
    executionId: 'e-1',
    skill: 'sample',
    stage: 1,
    of: 1,
    kind: 'approval',
    version: 1,
    round: 1,
    openedRound: 1,
    preparedAt: at,
    updatedAt: at,
    termsDigest: digest,
    requester: 'rita',
    excluded: [],
    levels,
    timerDueAt: '2026-11-20T13:00:00.000Z',
    outcome: 'open',
    mailsSent: 0,
    pendingMails: [],
    pendingEvents: [],
    ...more,
  };
}

const hours = ['00:00-24:00'];

/** A directory in which the people of these seats work around the clock. */
export function directoryOf(people: readonly string[]) {
  return loadDirectory({
    schema: 'countersign/directory/1',
    version: '1',
    calendars: [
      {
        id: 'always',
        name: 'Always',
        week: {
          monday: hours,
          tuesday: hours,
          wednesday: hours,
          thursday: hours,
          friday: hours,
          saturday: hours,
          sunday: hours,
        },
      },
    ],
    roles: [],
    people: people.map((id) => ({ id, name: id, email: `${id}@example.com`, timeZone: 'UTC', calendar: 'always' })),
  });
}
