import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { checkCertificate } from '../../../lib/engines/scheduling/plan/check.ts';
import { makePlan } from '../../../lib/engines/scheduling/plan/make-plan.ts';
import { parsePlanRequest } from '../../../lib/engines/scheduling/plan/request.ts';
import { planInstance } from '../../bench/scheduling/plan-instances.ts';
import { slowTest } from '../../support/slow.ts';
import { runHere } from '../cli/support/run-here.ts';
import { inputOf, folder as skillFolder, smallPlan } from './support.ts';

// Plans are made by work, and take longer where the machine has other work.
vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

let folder = '';
const put = (name: string, content: unknown): string => {
  const file = join(folder, name);
  writeFileSync(file, typeof content === 'string' ? content : JSON.stringify(content));
  return file;
};
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'countersign-plan-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

describe('countersign schedule PLAN.json', () => {
  test('prints standing, objective, bound, savings, what waits and prices', async () => {
    const scarce = smallPlan({
      reps: smallPlan()
        .reps.slice(0, 1)
        .map((rep) => ({ ...rep, loadMinutes: 2_200 })),
    });
    const { code, stdout, stderr } = await runHere(['schedule', put('plan.json', scarce)]);
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout).toMatch(
      /^plan: (optimal \(no plan is better|gap \(none is better than the bound), which is proved\)\nobjective [\d,.]+ EUR\nbound [\d,.]+ EUR, gap at most [\d.]+ %\n/,
    );
    expect(stdout).toMatch(/\nsaves -?[\d,.]+ EUR \(-?[\d.]+ %\) against highest risk first/);
    expect(stdout).toMatch(/\n1 scheduled, 2 deferred, 0 that nobody can do\ndeferred:\n {2}bille-renewal \(/);
    expect(stdout).toMatch(/\nprices:\n {2}One more/);
  });

  test('in JSON is a plan with a certificate that holds without the solver, in the same bytes each time', async () => {
    const file = put('plan.json', smallPlan());
    const first = await runHere(['schedule', file, '--json']);
    expect((await runHere(['schedule', put('again.json', { input: inputOf(smallPlan()) }), '--json'])).stdout).toBe(
      first.stdout,
    );
    const { plan, certificate, explanation } = JSON.parse(first.stdout);
    expect(checkCertificate(parsePlanRequest(smallPlan()), plan, certificate)).toEqual([]);
    expect(explanation.touches).toHaveLength(3);
  });

  test('plans in pods where they are asked for, and says so', async () => {
    const plan = planInstance({ touches: 24, reps: 4, days: 5, scenarios: 10 }, 1);
    const file = put('pods.json', { ...plan, budget: { moves: 5_000, priceRounds: 100, iterations: 1_000 } });
    const { code, stdout, stderr } = await runHere(['schedule', file, '--pods', '12']);
    expect(code).toBe(0);
    expect(stderr).toMatch(
      /^planning pod-001: \d+ of 24 touches\nplanning pod-002: \d+ of 24 touches\nimproving the plan of 2 pods\n$/,
    );
    expect(stdout).toMatch(/\nbound [\d,.]+ EUR, gap at most [\d.]+ %\nplanned in 2 pods; the bound is on all plans\n/);
    const { stdout: json } = await runHere(['schedule', file, '--pods', '12', '--json']);
    const { plan: made, certificate } = JSON.parse(json);
    expect(checkCertificate(parsePlanRequest(JSON.parse(readFileSync(file, 'utf8'))), made, certificate)).toEqual([]);
    const problem = await runHere(['schedule', file, '--problem', 'project', '--pods', '12']);
    expect([problem.code, problem.stderr]).toEqual([2, expect.stringContaining('Only a plan can be made in pods.')]);
  });

  slowTest(
    'plans in pods what is too large for one plan',
    async () => {
      const small = planInstance({ touches: 46, reps: 500, days: 1, scenarios: 2 }, 1);
      const workdays = ['monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday'] as const;
      const plan = {
        ...small,
        horizon: { start: '2026-11-23', days: 31 },
        touches: small.touches.map(({ after: _, ...touch }) => ({
          ...touch,
          skill: 'success',
          window: { from: '2026-11-23T00:00:00Z', to: '2026-12-24T00:00:00Z' },
        })),
        reps: small.reps.map((rep) => ({
          ...rep,
          skills: ['success'],
          calendar: { workdays: [...workdays], hours: ['09:00-11:00', '11:00-13:00', '14:00-17:00'] },
        })),
        budget: { moves: 100, priceRounds: 5, iterations: 0 },
      };
      expect(makePlan(parsePlanRequest(plan), undefined).standing).toBe('refused');
      const { code, stdout, stderr } = await runHere(['schedule', put('large.json', plan)]);
      expect(stderr).toMatch(/^planning pod-001: .*\nplanning pod-002: .*\nimproving /);
      expect(stdout).toContain('planned in 2 pods; the bound is on all plans');
      expect(code).toBe(0);
    },
    240_000,
  );

  test('writes the report', async () => {
    const report = join(folder, 'report');
    const { code, stdout } = await runHere([
      'schedule',
      put('plan.json', smallPlan()),
      '--report',
      report,
      '--instant',
      '2026-11-27T09:00:00Z',
    ]);
    expect(code).toBe(0);
    expect(readdirSync(report).sort()).toEqual(['calendars', 'plan.csv', 'plan.json', 'report.html']);
    expect(stdout).toContain(`written: ${join(report, 'report.html')}`);
    const { request, plan, certificate } = JSON.parse(readFileSync(join(report, 'plan.json'), 'utf8'));
    expect(checkCertificate(parsePlanRequest(request), plan, certificate)).toEqual([]);
    const [calendar = ''] = readdirSync(join(report, 'calendars'));
    expect(readFileSync(join(report, 'calendars', calendar), 'utf8')).toContain('DTSTAMP:20261127T090000Z');
  });

  test('ends with 1 when there is no plan', async () => {
    // More places than one plan weighs, and all for one account, which no pod may be without.
    const many = Array.from({ length: 5_000 }, (_, place) => ({
      ...smallPlan().touches[0],
      id: `t${place}`,
      window: { from: '2026-11-01T00:00:00Z', to: '2026-12-31T00:00:00Z' },
    }));
    const reps = Array.from({ length: 40 }, (_, place) => ({ ...smallPlan().reps[0], id: `r${place}` }));
    const file = put(
      'large.json',
      smallPlan({ touches: many as never, reps: reps as never, horizon: { start: '2026-11-01', days: 31 } }),
    );
    const { code, stdout } = await runHere(['schedule', file]);
    expect([code, stdout.split('\n')[0]]).toEqual([1, 'plan: refused']);
    expect(stdout).toContain('/touches: 5000 touches hang together, by their account or by fixed slots');
  }, 30_000);

  test.each([
    ['a file that is no plan', { format: 'countersign/plan-request/1' }, [], '/touches: The field is required'],
    [
      'a rep twice',
      smallPlan({ reps: [...smallPlan().reps, ...smallPlan().reps] }),
      [],
      '/reps/2/id: The rep "jonas.petersen" stands twice.',
    ],
    [
      'the same in a request to the skill',
      { input: inputOf(smallPlan({ reps: [...smallPlan().reps, ...smallPlan().reps] })) },
      [],
      '/input/plan/reps/2/id: ',
    ],
    ['a problem without its name', { schema: 'countersign/assignment/1' }, [], 'Add --problem assignment.'],
    ['a seed', smallPlan(), ['--seed', '3'], '/seed: A plan request says itself'],
    ['an instant that is none', smallPlan(), ['--instant', 'noon'], '"noon" is not an instant'],
    ['a folder that cannot be written', smallPlan(), ['--report', '/dev/null/x'], 'cannot be written to'],
  ])('%s ends with 2, and says where', async (_name, document, args, words) => {
    const { code, stdout, stderr } = await runHere(['schedule', put('wrong.json', document), ...args]);
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toContain(words);
  });

  test('a report of a classical problem is refused', async () => {
    const { code, stderr } = await runHere(['schedule', '--problem', 'project', 'x.json', '--report', folder]);
    expect([code, stderr.includes('Reports are written of plans.')]).toEqual([2, true]);
  });
});

describe('countersign schedule import', () => {
  const tables = (more: Record<string, string> = {}): string[] =>
    ['touches', 'reps', 'accounts'].flatMap((name) => [
      `--${name}`,
      more[name] ?? join(skillFolder, 'reference/tables', `${name}.csv`),
    ]);

  test('makes a request out of three tables that can be planned at once', async () => {
    const { code, stdout } = await runHere(['schedule', 'import', ...tables(), '--start', '2026-12-07']);
    expect(code).toBe(0);
    const planned = await runHere(['schedule', put('imported.json', stdout), '--budget', '5000']);
    expect([planned.code, /\n9 scheduled, 1 deferred/.test(planned.stdout)]).toEqual([0, true]);
  });

  test('tells every problem of every table by file and line', async () => {
    const touches = put(
      't.csv',
      'id,account,kind,p50,p80,p95,from,to,skill\nx,y,rescue,many,2,3,2026-12-07T00:00:00Z,2026-12-08T00:00:00Z,s\n',
    );
    const accounts = put('a.csv', 'id,annualRecurringRevenue,segment,timeZone\ny,12 shells,enterprise,Europe/Berlin\n');
    const { code, stderr } = await runHere([
      'schedule',
      'import',
      ...tables({ touches, accounts }),
      '--start',
      '2026-12-07',
    ]);
    expect(code).toBe(2);
    expect(stderr).toContain(`${touches}#/0/p50`);
    expect(stderr).toContain('Line 2');
    expect(stderr).toContain('"12 shells" is not an amount.');
  });
});
