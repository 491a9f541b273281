import { createHash } from 'node:crypto';
import { parse } from 'csv-parse/sync';
import { chromium } from 'playwright-core';
import { beforeAll, describe, expect, test, vi } from 'vitest';
import { makePlan } from '../../../lib/engines/scheduling/plan/make-plan.ts';
import { parsePlanRequest, type WrittenPlanRequest } from '../../../lib/engines/scheduling/plan/request.ts';
import { cell } from '../../../lib/engines/scheduling/report/csv.ts';
import { type Reported, reportFiles } from '../../../lib/engines/scheduling/report/files.ts';
import { loadHighs } from '../../../lib/platform/optimizer/highs.ts';
import { chromiumPath, hasChromium } from '../../support/chromium.ts';
import { INSTANT, smallPlan } from './support.ts';

// Plans are made by work, and take longer where the machine has other work.
vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

async function reported(written: WrittenPlanRequest, title = 'Success team Atlantic'): Promise<Reported> {
  const request = parsePlanRequest(written);
  const made = makePlan(request, await loadHighs());
  if (made.standing === 'refused') throw new RangeError('refused');
  const { standing: _, ...parts } = made;
  return { title, request, ...parts };
}

const options = { team: 'success-atlantic', madeAt: INSTANT };
const named = (files: ReturnType<typeof reportFiles>, name: string): string => {
  const found = files.find((file) => file.name === name);
  if (found === undefined) throw new RangeError(`${name} is not among ${files.map((file) => file.name).join(', ')}`);
  return found.text;
};
/** Content lines with folds undone (RFC 5545, 3.1). */
const unfolded = (text: string): string[] => text.replaceAll('\r\n ', '').split('\r\n').slice(0, -1);

let plain: Reported;
let moved: Reported;
let scarce: Reported;
beforeAll(async () => {
  plain = await reported(smallPlan(), 'Team; with, signs \\ and\nlines: Ähren & <b>"Söhne"</b>');
  const [one] = smallPlan().reps;
  scarce = await reported(smallPlan({ reps: one === undefined ? [] : [{ ...one, loadMinutes: 2_200 }] }));
  const slots = [
    { touch: 'alster-rescue', rep: 'lea.brandt', start: '2026-11-30T08:00:00Z', promised: true },
    { touch: 'bille-renewal', rep: 'jonas.petersen', start: '2026-11-30T08:00:00Z' },
  ];
  const reps = smallPlan().reps.map((rep) =>
    rep.id === 'lea.brandt' ? { ...rep, calendar: { daysOff: ['2026-11-30', '2026-12-01'] } } : rep,
  );
  moved = await reported(smallPlan({ reps, previous: { frozenUntil: '2026-11-30T07:00:00Z', slots } }));
});

/** The same plan many times over, under other names. */
function copied({ request, plan, ...rest }: Reported, times: number): Reported {
  const copies = Array.from({ length: times }, (_, copy) => copy);
  const named = <T>(list: readonly T[], rename: (each: T, copy: number) => T): T[] =>
    copies.flatMap((copy) => list.map((each) => rename(each, copy)));
  return {
    ...rest,
    request: {
      ...request,
      touches: named(request.touches, (each, copy) => ({ ...each, id: `${each.id}-${copy}` })),
      reps: named(request.reps, (each, copy) => ({ ...each, id: `${each.id}-${copy}` })),
    },
    plan: {
      ...plan,
      touches: named(plan.touches, (each, copy) =>
        each.status === 'scheduled'
          ? { ...each, touch: `${each.touch}-${copy}`, rep: `${each.rep}-${copy}` }
          : { ...each, touch: `${each.touch}-${copy}` },
      ),
      reps: named(plan.reps, (each, copy) => ({ ...each, rep: `${each.rep}-${copy}` })),
    },
  };
}

describe('calendars', () => {
  test('hold each appointment once, in UTC, for as long as its time is kept', () => {
    const files = reportFiles(plain, options).filter(({ name }) => name.endsWith('.ics'));
    const events = files.flatMap(({ name, text }) =>
      [...text.replaceAll('\r\n ', '').matchAll(/BEGIN:VEVENT\r\n([\s\S]*?)END:VEVENT/g)].map(([, body = '']) => ({
        rep: name.replace(/^calendars\/|\.ics$/g, ''),
        ...Object.fromEntries(
          body
            .trim()
            .split('\r\n')
            .map((line) => line.split(/:(.*)/s).slice(0, 2) as [string, string]),
        ),
      })),
    );
    const stamp = (instant: string) => instant.replace(/[-:]|\.000/g, '');
    const expected = plain.plan.touches.flatMap((each) =>
      each.status === 'scheduled'
        ? [
            {
              rep: each.rep,
              UID: `${each.touch}.${each.rep}.success-atlantic@plan.countersign`,
              DTSTART: stamp(each.start),
              DTEND: stamp(each.reservedUntil),
              DTSTAMP: '20261127T090000Z',
            },
          ]
        : [],
    );
    expect(expected.length).toBe(3);
    const byUid = (a: object, b: object) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1);
    expect(events.toSorted(byUid)).toMatchObject(expected.toSorted(byUid));
  });

  test('escape texts, and fold lines at 75 octets without tearing a character', () => {
    const [file] = reportFiles(plain, options).filter(({ name }) => name.endsWith('.ics'));
    const lines = (file?.text ?? '').split('\r\n');
    expect(
      lines.every((line) => Buffer.byteLength(line) <= 75 && !line.includes('\n') && !line.includes('\ufffd')),
    ).toBe(true);
    const name = unfolded(file?.text ?? '').find((line) => line.startsWith('X-WR-CALNAME:'));
    expect(name).toMatch(/^X-WR-CALNAME:Team\\; with\\, signs \\\\ and\\nlines: Ähren & <b>"Söhne"<\/b>: /);
    expect(lines.slice(0, 2)).toEqual(['BEGIN:VCALENDAR', 'VERSION:2.0']);
    expect(lines.slice(-2)).toEqual(['END:VCALENDAR', '']);
  });

  test('take out what was moved away from somebody, and leave the rest alone', () => {
    const lea = unfolded(named(reportFiles(moved, options), 'calendars/lea.brandt.ics'));
    expect(lea).toContain('UID:alster-rescue.lea.brandt.success-atlantic@plan.countersign');
    expect(lea.filter((line) => line.startsWith('STATUS:'))).toEqual(['STATUS:CANCELLED']);
    const jonas = named(reportFiles(moved, options), 'calendars/jonas.petersen.ics');
    expect(jonas).not.toContain('CANCELLED');
  });
});

describe('the table', () => {
  test('has a row for every touch of the request', () => {
    const rows = parse(named(reportFiles(moved, options), 'plan.csv'), { columns: true }) as Record<string, string>[];
    expect(rows.map(({ touch }) => touch)).toEqual(['alster-rescue', 'bille-renewal', 'cuxhaven-check-in']);
    expect(rows[0]).toMatchObject({
      rep: 'jonas.petersen',
      localDate: '2026-11-30',
      // At nine there is somebody else, whom the plan in force has there.
      localTime: '10:30',
      moved: 'yes',
      brokenPromise: 'yes',
      currency: 'EUR',
    });
  });

  test('of changes stands beside it where there was a plan in force, by what the accounts are worth', () => {
    const files = reportFiles(moved, options);
    expect(parse(named(files, 'changes.csv'), { columns: true })).toMatchObject([
      {
        account: 'alster',
        annualRevenueMinorUnits: '42000000',
        change: 'moved',
        promised: 'yes',
        promiseBroken: 'yes',
        fromRep: 'lea.brandt',
        fromStart: '2026-11-30T08:00:00.000Z',
        toRep: 'jonas.petersen',
      },
      { account: 'bille', change: 'kept', promised: 'no', promiseBroken: 'no' },
      { account: 'cuxhaven', change: 'new', fromRep: '', fromStart: '' },
    ]);
    expect(reportFiles(plain, options).map(({ name }) => name)).not.toContain('changes.csv');
  });

  test.each([
    ['=1+2', "'=1+2"],
    ['@SUM(A1)', "'@SUM(A1)"],
    [' -1', "' -1"],
    ['+49 40', "'+49 40"],
    ['\t=1', "'\t=1"],
    ['＝1', "'＝1"],
    ['say "yes", then\r\ngo', '"say ""yes"", then\r\ngo"'],
    ['alster-rescue', 'alster-rescue'],
  ])('writes %j so that no spreadsheet takes it for a formula', (value, written) => expect(cell(value)).toBe(written));
});

describe('the page', () => {
  test('is the same whenever it is written, holds no script, and escapes what others wrote', () => {
    const page = named(reportFiles(plain, options), 'report.html');
    expect(named(reportFiles(plain, { ...options, madeAt: '2030-01-01T00:00:00.000Z' }), 'report.html')).toBe(page);
    expect(page).not.toMatch(/<script|javascript:|\son[a-z]+=|style="|https?:\/\//i);
    expect(page).not.toContain('<b>"Söhne"');
    expect(page).toContain('&lt;b&gt;&quot;Söhne&quot;&lt;/b&gt;');
  });

  test('allows its own stylesheet and nothing else', () => {
    const page = named(reportFiles(plain, options), 'report.html');
    const sheet = /<style>([\s\S]*?)<\/style>/.exec(page)?.[1] ?? '';
    const hash = createHash('sha256').update(sheet).digest('base64');
    expect(page).toContain(
      `default-src &#39;none&#39;; style-src &#39;sha256-${hash}&#39;; base-uri &#39;none&#39;; form-action &#39;none&#39;`,
    );
  });

  test('shows what was moved, whose promise is broken, and every scenario', () => {
    const page = named(reportFiles(moved, options), 'report.html');
    expect(page).toContain('promise broken');
    expect(page.match(/<rect class="(tail|usual)"/g)).toHaveLength(10);
    expect(page.match(/<path class="plain"/g)).toHaveLength(10);
  });

  test('says what changed since the plan in force, the largest accounts first, on the wall clock of each rep', () => {
    const page = named(reportFiles(moved, options), 'report.html');
    const section = /<h2>What changed<\/h2>([\s\S]*?)<h2>/.exec(page)?.[1] ?? '';
    expect(section).toContain('<p>1 kept, 1 moved, 1 newly scheduled; 1 promise broken.</p>');
    const cells = [...section.matchAll(/<td data-name="([^"]+)">(.*?)<\/td>/g)].map(([, name, value]) => [name, value]);
    expect(cells.slice(0, 5)).toEqual([
      ['Account', 'alster <small>420,000.00 EUR a year</small>'],
      ['Touch', 'alster-rescue'],
      ['What', 'Moved <em>promise broken</em>'],
      ['Before', 'lea.brandt, Mon 11-30 09:00'],
      ['Now', 'jonas.petersen, Mon 11-30 10:30'],
    ]);
    expect(cells.slice(5).map(([, value]) => value)).toEqual([
      'cuxhaven <small>30,000.00 EUR a year</small>',
      'cuxhaven-check-in',
      'Newly scheduled',
      'no slot',
      expect.stringMatching(/^jonas\.petersen, (Mon|Tue) /),
    ]);
    expect(section).toContain('Kept: bille-renewal.');
    expect(named(reportFiles(plain, options), 'report.html')).not.toContain('What changed');
  });

  test('names a rep who is gone, what waits now and what nobody can do, and a promised time that is another one', () => {
    const { request, plan } = moved;
    const reps = request.reps.filter(({ id }) => id !== 'lea.brandt');
    const [first, second, third] = plan.touches;
    const slots = (request.previous?.slots ?? []).map((slot) => ({ ...slot, promised: true }));
    const late = { touch: 'cuxhaven-check-in', rep: 'lea.brandt', start: '2026-12-01T08:00:00Z', promised: false };
    const touches = [
      { ...first, status: 'deferred', reason: { code: 'x', message: 'x', mend: 'x' } },
      { ...second, start: '2026-11-30T09:00:00.000Z' },
      { ...third, status: 'infeasible', reason: { code: 'x', message: 'x', mend: 'x' } },
    ] as unknown as Reported['plan']['touches'];
    const previous = { frozenUntil: '2026-11-30T07:00:00Z', slots: [...slots, late] };
    const page = named(
      reportFiles({ ...moved, request: { ...request, reps, previous }, plan: { ...plan, touches } }, options),
      'report.html',
    );
    expect(page).toContain(
      '1 at another time of their half-day, 1 now waiting, 1 now impossible; 1 promise broken, 1 promised time changed.',
    );
    expect(page).toContain('lea.brandt, Mon 11-30 08:00 UTC');
    expect(page).toContain('Other time, same half-day <em>promised time changed</em>');
    expect(page).toContain('<td data-name="Now">waits</td>');
    expect(page).toContain('<td data-name="Now">nobody can do it</td>');
  });

  test('stays below 300 KB where 1,200 touches were moved, and says what is left out', () => {
    const many = copied(moved, 400);
    const slots = many.request.touches.map(({ id }) => ({
      touch: id,
      rep: 'a.colleague.with.a.long.name',
      start: '2026-11-30T08:00:00Z',
      promised: true,
    }));
    const previous = { frozenUntil: '2026-11-30T07:00:00Z', slots };
    const touches = many.plan.touches.map((each) => ({ ...each, moved: true, brokenPromise: true }));
    const changed = { ...many, request: { ...many.request, previous }, plan: { ...many.plan, touches } } as Reported;
    const files = reportFiles(changed, options);
    const page = named(files, 'report.html');
    expect(Buffer.byteLength(page)).toBeLessThan(300_000);
    expect(page).toContain('1050 more are in changes.csv.');
    expect(parse(named(files, 'changes.csv'), { columns: true })).toHaveLength(1_200);
  });

  test('stays below 300 KB with 1,200 appointments, and says what is left out', () => {
    const page = named(reportFiles(copied(plain, 400), options), 'report.html');
    expect(Buffer.byteLength(page)).toBeLessThan(300_000);
    expect(page).toMatch(/The weeks of \d+ more are in plan\.csv/);
  });
});

test.skipIf(!hasChromium)(
  'in Chromium the page fits a phone and a desk, in light and dark, and breaks no rule of its own policy',
  async () => {
    const browser = await chromium.launch({
      executablePath: chromiumPath,
      args: ['--no-sandbox', '--disable-background-networking'],
    });
    try {
      const page = await browser.newPage();
      const said: string[] = [];
      page.on('console', (message) => said.push(message.text()));
      for (const width of [360, 768, 1_280])
        for (const colorScheme of ['light', 'dark'] as const) {
          await page.setViewportSize({ width, height: 800 });
          await page.emulateMedia({ colorScheme });
          await page.setContent(named(reportFiles(moved, options), 'report.html'));
          const wide = await page.evaluate('document.documentElement.scrollWidth');
          expect(wide).toBeLessThanOrEqual(width);
          // The stylesheet was let in: without it the page would be as wide as the window.
          expect(await page.evaluate('getComputedStyle(document.querySelector("li b")).fontWeight')).toBe('600');
        }
      expect(await page.evaluate('document.querySelector("svg").getAttribute("aria-label")')).toContain(
        'Loss in 10 scenarios',
      );
      expect(said).toEqual([]);
      await page.setContent(named(reportFiles(scarce, options), 'report.html'));
      // Paper is as narrow as a small screen, and its tables stay tables.
      await page.setViewportSize({ width: 700, height: 1_000 });
      const head = () => page.evaluate('getComputedStyle(document.querySelector("thead")).display');
      expect(await head()).toBe('none');
      await page.emulateMedia({ media: 'print' });
      expect(await head()).toBe('table-header-group');
      expect((await page.pdf({ format: 'A4' })).byteLength).toBeGreaterThan(5_000);
    } finally {
      await browser.close();
    }
  },
  60_000,
);
