import { createRequire } from 'node:module';
import { describe, expect, it } from 'vitest';
import { cedar, cedarContext } from '../../lib/engines/constraints/targets/cedar.ts';
import { PATIENCE, Tally, targetCases } from '../support/constraint-targets.ts';

type Cedar = typeof import('@cedar-policy/cedar-wasm/nodejs');
const wasm: Cedar = createRequire(import.meta.url)('@cedar-policy/cedar-wasm/nodejs');

interface Policy {
  readonly text: string;
  readonly notes: Readonly<Record<string, string>>;
}

/** The policies of a text with their annotations, as Cedar reads them. */
function policiesOf(text: string): Policy[] {
  const parts = wasm.policySetTextToParts(text);
  if (parts.type !== 'success') throw new Error(JSON.stringify(parts.errors));
  return parts.policies.map((policy) => {
    const json = wasm.policyToJson(policy);
    if (json.type !== 'success') throw new Error(JSON.stringify(json.errors));
    return { text: String(policy), notes: (json.json.annotations ?? {}) as Policy['notes'] };
  });
}

describe('the Cedar policies', () => {
  it(
    'allow what the rules permit, name what was broken, and name the route',
    () => {
      const tally = new Tally();
      let routed = 0;
      for (const { set, output, inputs } of targetCases(cedar, { seed: 23, sets: 30, inputs: 20, mixed: 0.9 })) {
        tally.add(output.fidelity);
        const policies = policiesOf(output.text);
        const staticPolicies = Object.fromEntries(policies.map(({ text }, n) => [`p${n}`, text]));
        expect(wasm.preparsePolicySet('set', { staticPolicies }).type).toBe('success');
        for (const { values, reference } of inputs) {
          const answer = wasm.statefulIsAuthorized({
            principal: { type: 'Caller', id: 'any' },
            action: { type: 'Action', id: 'decide' },
            resource: { type: 'Request', id: 'any' },
            context: cedarContext(set, values) as never,
            preparsedPolicySetId: 'set',
            entities: [],
          });
          if (answer.type !== 'success') throw new Error(JSON.stringify(answer.errors));
          const { decision, diagnostics } = answer.response;
          expect(diagnostics.errors).toEqual([]);
          expect(
            tally.fault(output, reference, decision === 'allow'),
            `${output.text}\n${JSON.stringify(values)}`,
          ).toBe(undefined);
          const reasons = diagnostics.reason.map((id) => policies[Number(id.slice(1))]?.notes ?? {});
          if (decision === 'deny') {
            const broken = reasons.map(({ id }) => id ?? '');
            if (output.fidelity === 'exact') expect(broken.sort()).toEqual([...reference.violated].sort());
            else expect(reference.violated).toEqual(expect.arrayContaining(broken));
          } else {
            const route = new Set(reasons.flatMap((note): string[] => JSON.parse(note.route ?? '[]')));
            if (output.fidelity === 'exact') expect([...route].sort()).toEqual(reference.route);
            else expect([...route]).toEqual(expect.arrayContaining([...reference.route]));
            routed += reference.route.length;
          }
        }
      }
      expect(tally.fidelity.refused).toBe(0);
      expect(Math.min(tally.fidelity.exact, tally.fidelity.weaker)).toBeGreaterThan(2);
      expect(tally.spared).toBeGreaterThan(0);
      expect(Math.min(...Object.values(tally.outcomes), routed)).toBeGreaterThan(100);
    },
    PATIENCE,
  );
});
