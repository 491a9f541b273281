import { readFileSync } from 'node:fs';
import { importAccountsCsv } from '../../lib/core/directory/read-files.ts';
import { parseYaml } from '../../lib/core/yaml.ts';
import { type ApprovalPolicy, loadPolicy } from '../../lib/engines/approval-routing/policy.ts';
import { type ApprovalRequest, approvalRequest, unorderedArrays } from '../../lib/engines/approval-routing/request.ts';
import { defineSkill } from '../../lib/platform/skill/define-skill.ts';
import { standardGuardrails } from '../../lib/platform/skill/standard-guardrails.ts';
import { constraintCheck } from './constraint-check.ts';
import { execute } from './execute.ts';
import { skillResultOf } from './skill-result-of.ts';

const policyYaml = readFileSync(new URL('./policy.yaml', import.meta.url), 'utf8');
const directoryYaml = readFileSync(new URL('./reference/directory.yaml', import.meta.url), 'utf8');
const accountsCsv = readFileSync(new URL('./reference/accounts.csv', import.meta.url), 'utf8');

/** Human approval routing: who must approve a commercial request, in what order and by when. */
export const skill = defineSkill<ApprovalRequest, ApprovalPolicy>({
  name: 'human-approval-routing-for-sales-and-client-success',
  id: 'u01668',
  title: 'Human Approval Routing for sales and client success',
  version: '1.0.0',
  archetype: 'generalist-engine',
  coreMethod: 'human approval routing',
  primaryArtifact: 'human-approval-routing-artifact-sales-and-client-success',
  routingTag: 'sales-and-client-success:generalist-engine',
  releaseCycles: 1,
  flag: 'skill_01668_human-approval-routing',
  input: approvalRequest,
  unorderedArrays,
  accountId: (request) => request.account.id,
  recordOwner: (request) => request.recordOwner,
  baselineConfiguration: () => parseYaml(policyYaml, 'policy.yaml'),
  loadConfiguration: (value, directory) => loadPolicy(value, directory),
  referenceDirectory: () => ({
    ...(parseYaml(directoryYaml, 'reference/directory.yaml') as object),
    accounts: importAccountsCsv(accountsCsv),
  }),
  defaults: {},
  consumers: ['orchestrator', 'operator', 'downstream-skill', 'audit-log'],
  budget: { workUnits: 100_000, outputBytes: 524_288, mails: 60, computingExecutions: 20 },
  oversightTimeoutSeconds: 5 * 24 * 3600,
  posture: {
    windowSeconds: 3600,
    elevatedAt: { faults: 3, accounts: 2 },
    criticalAt: { faults: 8, accounts: 4 },
    calmAfterSeconds: 3600,
    candidateFaults: { accounts: 3, windowSeconds: 3600 },
    followUpWithinSeconds: 24 * 3600,
  },
  metrics: [
    { name: 'median time from request to outcome', unit: 'business hours', baseline: 30, target: 8 },
    { name: 'requests approved automatically', unit: 'basis points', baseline: 0, target: 3_500 },
    { name: 'levels decided within their service level', unit: 'basis points', baseline: 7_200, target: 9_500 },
    { name: 'requests sent back for changes more than once', unit: 'basis points', baseline: 1_100, target: 300 },
  ],
  guardrails: standardGuardrails,
  cadence: {
    daily: 'Route the requests that arrive, and look at the approvals that are past due.',
    weekly:
      'Review thresholds, drift and failures; adjust rules and escalation where approvals keep missing their due time.',
    monthly: 'Record the deterministic baseline anew, archive evidence, and refresh limits, delegations and consumers.',
  },
  constraintCheck,
  execute: ({ input, configuration, directory, requester, instant }) =>
    skillResultOf(execute({ input, configuration, directory, requester, instant })),
});
