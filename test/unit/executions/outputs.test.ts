import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { canonicalJson, digestOf } from '../../../lib/core/digest.ts';
import { outcome } from '../../../lib/platform/contracts/outcome.ts';
import { executionScorecard, handoffPacket, primaryArtifactBundle } from '../../../lib/platform/contracts/outputs.ts';
import { allGates, failed, notReached, passed } from '../../../lib/platform/executions/gates.ts';
import { buildOutputs, type OutputFacts } from '../../../lib/platform/executions/outputs.ts';
import { tinyResult, tinySkill } from './tiny-skill.ts';

const skill = tinySkill();
const at = (seconds: number) => new Date(Date.UTC(2026, 10, 20, 9, 0, seconds)).toISOString();

const reasons = fc.array(
  fc.record({ code: fc.string(), message: fc.string(), pointer: fc.constantFrom('', '/input') }),
  { maxLength: 3 },
);

const gates = reasons.chain((why) =>
  fc.constantFrom(
    allGates([]),
    allGates([passed('schema-contract-check'), failed('determinism-check', why)]),
    allGates([passed('schema-contract-check'), passed('determinism-check'), notReached('policy-approval-check', why)]),
    allGates([failed('schema-contract-check', why)]),
  ),
);

const result = fc.option(
  fc
    .integer({ min: 0, max: 10_000 })
    .map((discount) => tinyResult({ accountId: 'acme', discount, tags: [] }, { version: '1', free: 500, most: 3_000 })),
  { nil: undefined },
);

const facts: fc.Arbitrary<OutputFacts> = fc
  .record({
    outcome: fc.constantFrom(...outcome.options),
    seconds: fc.integer({ min: -60, max: 1_000_000 }),
    gates,
    reasons,
    result,
    scoped: fc.boolean(),
  })
  .map(({ seconds, result: computed, scoped, ...rest }) => ({
    ...rest,
    record: {
      executionId: 'ex-1',
      skill: skill.name,
      accountId: 'acme',
      createdAt: at(0),
      configuration: { version: '1.0-00000000', digest: digestOf('configuration') },
      ...(computed === undefined ? {} : { termsDigest: digestOf(computed.terms) }),
    },
    skill,
    concludedAt: at(seconds),
    stages: [],
    ...(computed === undefined ? {} : { result: computed }),
    ...(scoped
      ? {
          request: {
            input: {},
            acceptanceCriteria: skill.defaults.acceptanceCriteria ?? [],
            consumer: 'downstream-skill' as const,
          },
        }
      : {}),
  }));

test('every outcome, with or without a result, has three outputs that fit their contracts and agree', () => {
  fc.assert(
    fc.property(facts, (known) => {
      const built = buildOutputs(known);
      const primary = primaryArtifactBundle.parse(built.primaryArtifactBundle);
      const scorecard = executionScorecard.parse(built.executionScorecard);
      const handoff = handoffPacket.parse(built.handoffPacket);
      for (const output of [primary, scorecard, handoff])
        expect(output).toMatchObject({ executionId: 'ex-1', outcome: known.outcome, concludedAt: known.concludedAt });
      expect([primary.consumer, scorecard.consumer, handoff.consumer]).toEqual([
        'orchestrator',
        'operator',
        'downstream-skill',
      ]);
      expect(handoff.primaryArtifact.digest).toBe(digestOf(primary));
      expect(scorecard.recommendation).toBe(known.outcome === 'published' ? 'publish' : 'no-publish');
      expect(handoff.nextHop).not.toBe('');
      if (known.outcome !== 'published') expect(handoff.nextHop).not.toBe('billing');
    }),
  );
});

test('the same facts give the same bytes', () => {
  fc.assert(
    fc.property(facts, (known) => {
      expect(canonicalJson(buildOutputs(structuredCloneOf(known)))).toBe(canonicalJson(buildOutputs(known)));
    }),
  );
});

/** Skills hold functions, which have no clone; everything else is cloned. */
function structuredCloneOf({ skill: declared, ...rest }: OutputFacts): OutputFacts {
  return { skill: declared, ...structuredClone(rest) };
}
