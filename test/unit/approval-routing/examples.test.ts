import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { approvalPlan } from '../../../lib/core/approval/plan.ts';
import { canonicalJson } from '../../../lib/core/digest.ts';
import { loadPolicy } from '../../../lib/engines/approval-routing/policy.ts';
import { parseRequest } from '../../../lib/engines/approval-routing/request.ts';
import { type Example, parseExample } from '../../../lib/platform/examples.ts';
import { execute } from '../../../skills/human-approval-routing-for-sales-and-client-success/execute.ts';
import { referenceDirectory, referencePolicyDocument, shortPlan, skillFolder } from './support.ts';

const directory = referenceDirectory();
const policy = loadPolicy(referencePolicyDocument(), directory);
const folder = new URL('examples/', skillFolder);
const examples = readdirSync(folder)
  .sort()
  .map((file) => ({ file, example: parseExample(JSON.parse(readFileSync(new URL(file, folder), 'utf8')), file) }));

/** A Saturday, a Thursday evening before a holiday, both changes of the clock in both hemispheres' offices, leap day, and later. */
const STARTS = [
  '2026-11-21T06:00:00.000Z',
  '2026-11-25T23:30:00.000Z',
  '2026-12-25T10:00:00.000Z',
  '2027-01-01T00:00:00.000Z',
  '2027-03-14T06:59:00.000Z',
  '2027-03-28T00:59:00.000Z',
  '2027-10-31T01:00:00.000Z',
  '2027-11-07T05:30:00.000Z',
  '2028-02-29T12:00:00.000Z',
  '2028-11-20T12:00:00.000Z',
];

const route = ({ request, requester }: Example, instant: string) =>
  execute({
    input: parseRequest(request.input),
    configuration: policy,
    directory,
    requester: { personId: requester },
    instant,
  });

const PLANS: Record<string, string[][]> = {
  '01-automatic-approval': [],
  '02-two-levels-in-sequence': [['sales-manager 1/javier.moreno'], ['deal-desk 1/anil.deshpande,lucia.ortega']],
  '03-legal-and-finance-in-parallel': [
    ['finance-control 1/priya.raman,tomas.keller', 'legal-review 1/clara.jimenez,noah.feldman'],
  ],
  '04-quorum-two-of-three': [
    ['sales-manager 1/javier.moreno'],
    ['deal-desk 1/anil.deshpande,lucia.ortega'],
    ['pricing-committee 2/daniel.whitaker,hannah.vogel,nikhil.bose'],
  ],
  '05-delegation-while-out-of-office': [['account-lead 1/deepa.nair']],
  '06-rejection-with-reason': [['account-lead 1/miguel.santos']],
  '07-changes-requested': [['onboarding-lead 1/felix.arnold']],
  '08-denial-by-policy': [],
  '09-escalation-after-missed-deadline': [['sales-manager 1/kavya.iyer']],
  '10-facts-that-do-not-agree': [['deal-desk 1/anil.deshpande,lucia.ortega']],
};

const DISPOSITIONS: Partial<Record<Example['expected']['outcome'], string>> = { blocked: 'deny' };

describe('the bundled examples', () => {
  it('are the ones that are held against a plan here', () => {
    expect(examples.map(({ file }) => file.replace('.json', ''))).toEqual(Object.keys(PLANS));
  });

  describe.each(examples)('$file', ({ file, example }) => {
    const results = STARTS.map((instant) => route(example, instant));

    it('has the plan of its story, whenever it starts', () => {
      for (const result of results) {
        expect(shortPlan(result)).toEqual(PLANS[file.replace('.json', '')]);
        if (result.plan !== undefined) expect(approvalPlan.parse(result.plan)).toEqual(result.plan);
        expect(result.plan?.stages.flatMap(({ levels }) => levels).length ?? 0).toBe(example.expected.levels);
        const automatic = example.expected.levels === 0 ? 'auto-approve' : 'approve';
        expect(result.disposition).toBe(DISPOSITIONS[example.expected.outcome] ?? automatic);
      }
    });

    it('asks nobody for a mail code, and every due time lies ahead', () => {
      results.forEach((result, index) => {
        for (const { assurance } of result.plan?.stages.flatMap(({ levels }) => levels) ?? [])
          expect(assurance).toBe('link');
        for (const { seats } of result.dueInstants)
          for (const { due } of seats) expect(due > (STARTS[index] ?? '')).toBe(true);
      });
    });

    it('has every decision made by somebody who is asked by then', () => {
      for (const { plan } of results) {
        const levels = plan?.stages.flatMap((stage) => stage.levels) ?? [];
        for (const { approver, afterMissedDeadline } of example.decisions) {
          const asked = levels.some(({ seats, escalation }) =>
            [...(afterMissedDeadline ? (escalation[0]?.seats ?? []) : []), ...seats].some(
              (seat) => seat.approver === approver,
            ),
          );
          expect(asked, approver).toBe(true);
        }
      }
    });

    it('ends as it says: enough approvals for every level, or the decision that ends it', () => {
      const { outcome } = example.expected;
      const last = example.decisions.at(-1)?.action;
      if (outcome === 'rejected') expect(last).toBe('reject');
      if (outcome === 'changes-requested') expect(last).toBe('request-changes');
      if (outcome !== 'published') return;
      const approvers = example.decisions.filter(({ action }) => action === 'approve').map(({ approver }) => approver);
      for (const { seats, escalation, required } of results[0]?.plan?.stages.flatMap((stage) => stage.levels) ?? []) {
        const all = [...seats, ...escalation.flatMap((step) => step.seats)];
        expect(all.filter(({ approver }) => approvers.includes(approver))).toHaveLength(required);
      }
    });

    it('brings acceptance criteria and a consumer', () => {
      expect(example.request.acceptanceCriteria?.length).toBeGreaterThan(0);
      expect(example.request.consumer).toBeDefined();
    });
  });

  it("shows the delegation: the seat carries the principal's authority", () => {
    const fairview = examples.find(({ file }) => file.startsWith('05'));
    const seat = fairview && route(fairview.example, '2026-11-21T06:00:00.000Z').plan?.stages[0]?.levels[0]?.seats[0];
    expect(seat).toMatchObject({
      principal: 'olivia.grant',
      approver: 'deepa.nair',
      delegations: ['olivia-grant-toronto'],
    });
  });

  it('routes alike at every start but for the due times', () => {
    for (const { example } of examples) {
      const timeless = STARTS.map((instant) => canonicalJson({ ...route(example, instant), dueInstants: [] }));
      expect(new Set(timeless).size).toBe(1);
    }
  });
});
