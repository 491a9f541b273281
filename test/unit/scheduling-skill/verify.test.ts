import { expect, test, vi } from 'vitest';
import { checkConstraints } from '../../../lib/platform/evidence/check-constraints.ts';
import type { EvidencePacket } from '../../../lib/platform/evidence/packet-schema.ts';
import type { SkillResult } from '../../../lib/platform/skill/skill-result.ts';
import { artifactOf, directory, INSTANT, inputOf, policy, run, skill, smallPlan } from './support.ts';

// Plans are made by work, and take longer where the machine has other work.
vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

const input = inputOf(smallPlan());

/** As much of an evidence packet as the check looks at. */
function packetOf(result: SkillResult, violated = false): EvidencePacket {
  const reasons = violated ? [{ code: 'ConstraintViolated', message: 'It was.', pointer: '' }] : [];
  return {
    record: {
      instant: INSTANT,
      gates: [{ gate: 'policy-approval-check', result: violated ? 'fail' : 'pass', reasons }],
    },
    artifacts: [
      {
        role: 'request',
        document: { schema: 'countersign/request/1', input, acceptanceCriteria: [], consumer: 'operator' },
      },
      { role: 'configuration', document: policy() },
      { role: 'result', document: result },
    ],
  } as unknown as EvidencePacket;
}

/** The certificate claims more than its multipliers prove. */
function overstated(result: SkillResult): SkillResult {
  const { certificate, ...rest } = artifactOf(result);
  const claimed = { ...certificate, bound: certificate.bound + 1 };
  return { ...result, artifact: { ...rest, certificate: claimed } as never };
}

test('countersign verify checks the certificate of a stored plan, without the solver', async () => {
  const result = await run(input);
  expect(checkConstraints(packetOf(result), skill, directory)).toBeUndefined();
  expect(checkConstraints(packetOf(overstated(result)), skill, directory)).toContain('bound-not-proved');
});

test('what the gate found at the time has to be found again', async () => {
  const result = await run(input);
  expect(checkConstraints(packetOf(overstated(result), true), skill, directory)).toBeUndefined();
  expect(checkConstraints(packetOf(result, true), skill, directory)).toContain('none is');
});

test('an artifact that is none is a failure, and no crash', async () => {
  const result = await run(input);
  expect(checkConstraints(packetOf({ ...result, artifact: { schema: 'something-else' } }), skill, directory)).toContain(
    'The artifact',
  );
});
