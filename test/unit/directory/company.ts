import { loadDirectory } from '../../../lib/core/directory/load.ts';
import { InvalidInput, type Problem } from '../../../lib/core/errors.ts';

type Draft = ReturnType<typeof company>;

const WEEK = {
  monday: ['09:00-17:00'],
  tuesday: ['09:00-17:00'],
  wednesday: ['09:00-17:00'],
  thursday: ['09:00-17:00'],
  friday: ['09:00-17:00'],
};

function someone(id: string, manager: string | undefined, more: object = {}) {
  return {
    id,
    name: `${id.charAt(0).toUpperCase()}${id.slice(1)}`,
    email: `${id}@example.com`,
    ...(manager === undefined ? {} : { manager }),
    roles: [] as string[],
    principals: [] as string[],
    limits: [] as { currency: string; minorUnits: number }[],
    timeZone: 'Europe/Berlin',
    calendar: 'de',
    ...more,
  };
}

/** A delegation in November 2026, made by its principal the day before it starts. */
export function lent(id: string, from: string, to: string, start: string, end: string, more: object = {}) {
  const createdAt = new Date(Date.parse(start) - 86_400_000).toISOString();
  return { id, from, to, start, end, createdBy: from, createdAt, reason: 'Away', ...more };
}

/** A small company without faults: zoe leads; mia and leo report to her; ben, eva and tom to mia. */
export function company() {
  return {
    schema: 'countersign/directory/1',
    version: '2026-11-20',
    calendars: [
      {
        id: 'de',
        name: 'Germany',
        week: { ...WEEK } as Record<string, string[]>,
        holidays: [{ date: '2026-12-25', name: 'Christmas Day' }],
        specialDays: [{ date: '2026-12-24', name: 'Christmas Eve', hours: ['09:00-13:00'] }],
      },
      { id: 'in', name: 'India', week: { ...WEEK } as Record<string, string[]>, holidays: [], specialDays: [] },
    ],
    roles: [
      { id: 'finance', name: 'Finance' },
      { id: 'sales', name: 'Sales' },
    ],
    people: [
      someone('zoe', undefined, { limits: [{ currency: 'EUR', minorUnits: 100_000_000 }] }),
      someone('mia', 'zoe', { roles: ['sales'], limits: [{ currency: 'EUR', minorUnits: 5_000_000 }] }),
      someone('leo', 'zoe', {
        roles: ['finance'],
        limits: [
          { currency: 'USD', minorUnits: 6_000_000 },
          { currency: 'EUR', minorUnits: 5_500_000 },
        ],
        principals: ['leo-sso'],
      }),
      someone('ben', 'mia', { roles: ['sales'], timeZone: 'Asia/Kolkata', calendar: 'in' }),
      someone('eva', 'mia', { roles: ['finance', 'sales'] }),
      someone('tom', 'mia', { roles: ['sales'], employedUntil: '2026-11-30' }),
    ],
    delegations: [
      lent('d-leo', 'leo', 'mia', '2026-11-20T08:00:00Z', '2026-11-27T17:00:00Z'),
      lent('d-mia', 'mia', 'eva', '2026-11-23T08:00:00Z', '2026-11-25T17:00:00Z'),
    ],
    accounts: [
      {
        id: 'acme',
        name: 'Acme',
        segment: 'enterprise',
        region: 'EMEA',
        recordOwner: 'ben',
        annualRecurringRevenue: { currency: 'EUR', minorUnits: 12_000_000 },
        churnRisk: 1_250,
      },
    ],
    administrators: ['zoe'],
    trustedSystems: [{ principal: 'crm', name: 'CRM' }],
    sharedMailboxes: ['deals@example.com'],
  };
}

/** The company after a change that spoils, or mends, something. */
export function changed(change: (draft: Draft) => void): Draft {
  const draft = company();
  change(draft);
  return draft;
}

export function personOf(draft: Draft, id: string): Draft['people'][number] & Record<string, unknown> {
  return draft.people.find((person) => person.id === id)!;
}

/** The problems that loading names; none when it succeeds. */
export function problemsOf(load: () => unknown): readonly Problem[] {
  try {
    load();
    return [];
  } catch (error) {
    if (error instanceof InvalidInput) return error.problems;
    throw error;
  }
}

export function loadingProblems(value: unknown): readonly Problem[] {
  return problemsOf(() => loadDirectory(value));
}
