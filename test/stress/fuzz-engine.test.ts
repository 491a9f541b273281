import fc from 'fast-check';
import { afterAll, expect, test } from 'vitest';
import { approvalPlan } from '../../lib/core/approval/plan.ts';
import { canonicalJson } from '../../lib/core/digest.ts';
import { CountersignError } from '../../lib/core/errors.ts';
import { loadPolicy } from '../../lib/engines/approval-routing/policy.ts';
import { parseRequest } from '../../lib/engines/approval-routing/request.ts';
import { routeApproval } from '../../lib/engines/approval-routing/route.ts';
import { examples, SKILL } from '../e2e/support/example-requests.ts';
import { referenceDirectory, referencePolicyDocument } from '../unit/approval-routing/support.ts';
import { count, printFigures, seed } from './support/counts.ts';
import { hostileDocuments } from './support/hostile-json.ts';

const began = performance.now();
const figures = { requests: 0, requestsRefused: 0, routed: 0, policies: 0, policiesRefused: 0 };
const numRuns = count(500, 10_000);
const directory = referenceDirectory();
const policy = loadPolicy(referencePolicyDocument(), directory);
const people = directory.snapshot.people.map(({ id }) => id);
const inputs = examples
  .filter(({ skill }) => skill.id === SKILL)
  .map(({ example }) => (example.request as { input: unknown }).input);
const instants = fc
  .integer({ min: Date.parse('2026-01-05T00:00:00Z'), max: Date.parse('2028-12-31T00:00:00Z') })
  .map((ms) => new Date(ms).toISOString());

afterAll(() => printFigures('fuzzed engine', figures, began));

/** What a computation came to; anything but a result and a typed error is thrown on. */
function outcomeOf<T>(compute: () => T): T | CountersignError {
  try {
    return compute();
  } catch (error) {
    if (error instanceof CountersignError) return error;
    throw error;
  }
}

test('a request is refused with a typed error, or routed to a plan that holds', () => {
  fc.assert(
    fc.property(
      hostileDocuments(inputs),
      fc.oneof({ weight: 9, arbitrary: fc.constantFrom(...people) }, { weight: 1, arbitrary: fc.string() }),
      instants,
      (body, requester, instant) => {
        figures.requests += 1;
        const routed = outcomeOf(() => {
          const request = parseRequest(JSON.parse(JSON.stringify(body) ?? 'null'));
          return routeApproval({ request, policy, directory, requester, instant });
        });
        if (routed instanceof CountersignError) {
          figures.requestsRefused += 1;
          expect(routed.code).toMatch(/^[A-Z]\w+$/);
          return;
        }
        figures.routed += 1;
        canonicalJson(routed);
        if (routed.plan === undefined) return;
        const { stages } = approvalPlan.parse(routed.plan);
        for (const { seats, required } of stages.flatMap(({ levels }) => levels)) {
          expect(required).toBeLessThanOrEqual(seats.length);
          expect(seats.map(({ approver }) => approver)).not.toContain(requester);
        }
      },
    ),
    { seed, numRuns },
  );
}, 3_600_000);

test('a policy is refused with every problem named, or can be used', () => {
  const request = parseRequest(inputs[1]);
  fc.assert(
    fc.property(hostileDocuments([referencePolicyDocument()]), (document) => {
      figures.policies += 1;
      const result = outcomeOf(() => {
        const loaded = loadPolicy(JSON.parse(JSON.stringify(document) ?? 'null'), directory);
        return routeApproval({
          request,
          policy: loaded,
          directory,
          requester: 'lukas.weber',
          instant: '2026-11-20T09:00:00.000Z',
        });
      });
      if (!(result instanceof CountersignError)) return void canonicalJson(result);
      figures.policiesRefused += 1;
      for (const { pointer, message } of result.problems) {
        expect(pointer === '' || pointer.startsWith('/')).toBe(true);
        expect(message).not.toBe('');
      }
    }),
    { seed, numRuns },
  );
}, 3_600_000);
