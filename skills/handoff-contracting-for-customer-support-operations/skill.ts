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

/** Handoff contracting for support: tier to tier, shift to shift, assistant to person, under a promise to the customer. */
export const skill = defineSkill<ContractingRequest, HandoffPolicy>({
  name: NAME,
  id: 'u01994',
  title: 'Handoff Contracting for customer support operations',
  version: '1.0.0',
  archetype: 'generalist-engine',
  coreMethod: 'handoff contracting',
  primaryArtifact: 'handoff-contracting-artifact-customer-support-operations',
  routingTag: 'customer-support-operations:generalist-engine',
  releaseCycles: 1,
  flag: 'skill_01994_handoff-contracting',
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
    { name: 'median time from offer to acceptance', unit: 'minutes', baseline: 95, target: 20 },
    { name: 'handoffs acknowledged within their time', unit: 'basis points', baseline: 7_400, target: 9_800 },
    { name: 'handoffs that came back', unit: 'basis points', baseline: 2_300, target: 800 },
    { name: 'customer promises kept', unit: 'basis points', baseline: 8_600, target: 9_900 },
  ],
  guardrails: standardGuardrails,
  cadence: {
    daily: 'Hand over what waits, and look at the queues of each party for what is past due.',
    weekly: 'Review rejections and returns by their codes, clocks that ran out, and escalations.',
    monthly:
      'Prove every chain anew, retire contract versions that nobody uses, and record the deterministic baseline.',
  },
  execute,
});
