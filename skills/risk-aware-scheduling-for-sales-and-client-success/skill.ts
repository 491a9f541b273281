import { readFileSync } from 'node:fs';
import type { Json } from '../../lib/core/json.ts';
import { parseYaml } from '../../lib/core/yaml.ts';
import { parsePodWork, solvePodWork, unorderedInWork } from '../../lib/engines/scheduling/plan/pods/pod-work.ts';
import { loadHighs } from '../../lib/platform/optimizer/highs.ts';
import { defineSkill } from '../../lib/platform/skill/define-skill.ts';
import { standardGuardrails } from '../../lib/platform/skill/standard-guardrails.ts';
import { loadSchedulingPolicy, type SchedulingPolicy } from './configuration.ts';
import { constraintCheck } from './constraint-check.ts';
import { execute } from './execute.ts';
import { type SchedulingRequest, schedulingRequest, unorderedArrays } from './input.ts';
import { nextOf } from './plan-in-force.ts';

const policyYaml = readFileSync(new URL('./policy.yaml', import.meta.url), 'utf8');
const directoryYaml = readFileSync(new URL('./reference/directory.yaml', import.meta.url), 'utf8');

/** Risk-aware scheduling: the week of a success team that saves the most revenue, with a proof of how good it is. */
export const skill = defineSkill<SchedulingRequest, SchedulingPolicy>({
  name: 'risk-aware-scheduling-for-sales-and-client-success',
  id: 'u01267',
  title: 'Risk-Aware Scheduling for sales and client success',
  version: '1.0.0',
  archetype: 'generalist-engine',
  coreMethod: 'risk-aware scheduling',
  primaryArtifact: 'risk-aware-scheduling-artifact-sales-and-client-success',
  routingTag: 'sales-and-client-success:generalist-engine',
  releaseCycles: 1,
  flag: 'skill_01267_risk-aware-scheduling',
  input: schedulingRequest,
  unorderedArrays,
  // A policy of planning is rolled out team by team.
  accountId: ({ team }) => team.id,
  recordOwner: ({ recordOwner }) => recordOwner,
  needs: ['optimizer'],
  baselineConfiguration: () => parseYaml(policyYaml, 'policy.yaml'),
  loadConfiguration: loadSchedulingPolicy,
  referenceDirectory: () => parseYaml(directoryYaml, 'reference/directory.yaml'),
  defaults: {},
  consumers: ['orchestrator', 'operator', 'downstream-skill', 'audit-log'],
  // Twenty pods of the policy's budget, and the whole of them.
  budget: { workUnits: 60_000_000, outputBytes: 25_165_824, mails: 40, computingExecutions: 4 },
  oversightTimeoutSeconds: 2 * 24 * 3600,
  metrics: [
    { name: 'expected loss saved against highest risk first', unit: 'basis points', baseline: 0, target: 800 },
    { name: 'plans proved to within half a per cent', unit: 'basis points of all plans', baseline: 0, target: 9_000 },
    { name: 'promises of the plan in force that were broken', unit: 'basis points', baseline: 900, target: 200 },
    { name: 'touches of small accounts that were served', unit: 'basis points', baseline: 5_500, target: 7_000 },
  ],
  guardrails: standardGuardrails,
  cadence: {
    daily: 'Bring back what was done and who did not show up, and plan again where that changes something.',
    weekly: 'Plan the next week, and review what waits, what limits cost and which floors were missed.',
    monthly:
      'Hold hazards against what was lost, archive evidence, and refresh floors, limits of dignity and thresholds.',
  },
  constraintCheck,
  // The plans of all pods first, then what improves them over the whole.
  pods: {
    atOnce: 10,
    mostRounds: 2,
    solve: async (work) => JSON.parse(JSON.stringify(solvePodWork(parsePodWork(work), await loadHighs()))) as Json,
    unorderedArrays: unorderedInWork,
  },
  next: nextOf,
  execute: (context) => execute(context, 'risk-aware-scheduling-for-sales-and-client-success', loadHighs),
});
