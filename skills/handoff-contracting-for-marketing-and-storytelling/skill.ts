import { readFileSync } from 'node:fs';
import { parseYaml } from '../../lib/core/yaml.ts';
import { type HandoffPolicy, loadHandoffPolicy } from '../../lib/engines/handoff/policy/policy.ts';
import { handoffProtocol } from '../../lib/engines/handoff/protocol/protocol.ts';
import { workRule } from '../../lib/engines/handoff/protocol/work.ts';
import { candidateOf } from '../../lib/engines/handoff/request/candidate.ts';
import {
  type ContractingRequest,
  contractingRequest,
  threadOf,
  unorderedArrays,
} from '../../lib/engines/handoff/request/input.ts';
import { defineSkill } from '../../lib/platform/skill/define-skill.ts';
import { standardGuardrails } from '../../lib/platform/skill/standard-guardrails.ts';
import { execute, NAME } from './execute.ts';

const policyYaml = readFileSync(new URL('./policy.yaml', import.meta.url), 'utf8');
const directoryYaml = readFileSync(new URL('./reference/directory.yaml', import.meta.url), 'utf8');

/** Handoff contracting for marketing: brief to creative to legal to publication, with claims proved before they are published. */
export const skill = defineSkill<ContractingRequest, HandoffPolicy>({
  name: NAME,
  id: 'u01874',
  title: 'Handoff Contracting for marketing and storytelling',
  version: '1.0.0',
  archetype: 'generalist-engine',
  coreMethod: 'handoff contracting',
  primaryArtifact: 'handoff-contracting-artifact-marketing-and-storytelling',
  routingTag: 'marketing-and-storytelling:generalist-engine',
  releaseCycles: 2,
  flag: 'skill_01874_handoff-contracting',
  input: contractingRequest,
  unorderedArrays,
  // A thread of work goes by one version of the policy from its first hop to its last.
  accountId: threadOf,
  recordOwner: () => undefined,
  references: ({ kind }) => (kind === 'contract' ? [NAME] : []),
  publishes: { candidateFor: candidateOf },
  handoff: handoffProtocol,
  work: workRule,
  baselineConfiguration: () => parseYaml(policyYaml, 'policy.yaml'),
  loadConfiguration: loadHandoffPolicy,
  referenceDirectory: () => parseYaml(directoryYaml, 'reference/directory.yaml'),
  defaults: {},
  consumers: ['orchestrator', 'operator', 'downstream-skill', 'audit-log'],
  budget: { workUnits: 100_000, outputBytes: 1_048_576, mails: 200, computingExecutions: 20 },
  oversightTimeoutSeconds: 24 * 3600,
  metrics: [
    { name: 'median cycle time from brief to publication', unit: 'business hours', baseline: 260, target: 140 },
    { name: 'campaigns published a month', unit: 'campaigns', baseline: 9, target: 16 },
    { name: 'hops without anybody asking twice', unit: 'basis points', baseline: 5_400, target: 8_500 },
    { name: 'claims found unproved after publication', unit: 'claims', baseline: 4, target: 0 },
  ],
  guardrails: standardGuardrails,
  cadence: {
    daily: 'Check what came in, hand over what is ready, and look at what waits for legal, brand or publication.',
    weekly:
      'Review cycle time, rejections by their codes, approvals that were kept or asked again, and clocks that ran out.',
    monthly:
      'Record the deterministic baseline anew, prove the chain of campaigns, and refresh rights and disclosures.',
  },
  execute,
});
