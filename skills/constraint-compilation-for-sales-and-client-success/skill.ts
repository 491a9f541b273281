import { readFileSync } from 'node:fs';
import { importAccountsCsv } from '../../lib/core/directory/read-files.ts';
import { parseYaml } from '../../lib/core/yaml.ts';
import { loadZ3 } from '../../lib/platform/prover/z3.ts';
import { defineSkill } from '../../lib/platform/skill/define-skill.ts';
import { standardGuardrails } from '../../lib/platform/skill/standard-guardrails.ts';
import { candidateFor } from './candidate.ts';
import { type CompilationPolicy, loadCompilationPolicy } from './configuration.ts';
import { constraintCheck } from './constraint-check.ts';
import { execute } from './execute.ts';
import { type CompilationRequest, compilationRequest, unorderedArrays } from './input.ts';

const policyYaml = readFileSync(new URL('./policy.yaml', import.meta.url), 'utf8');
// The people who decide about rules are those of the company whose requests the rules are for.
const directoryYaml = readFileSync(
  new URL('../human-approval-routing-for-sales-and-client-success/reference/directory.yaml', import.meta.url),
  'utf8',
);
const accountsCsv = readFileSync(
  new URL('../human-approval-routing-for-sales-and-client-success/reference/accounts.csv', import.meta.url),
  'utf8',
);

/** Constraint compilation: rules that are proved before they rule. */
export const skill = defineSkill<CompilationRequest, CompilationPolicy>({
  name: 'constraint-compilation-for-sales-and-client-success',
  id: 'u01470',
  title: 'Constraint Compilation for sales and client success',
  version: '1.0.0',
  archetype: 'generalist-engine',
  coreMethod: 'constraint compilation',
  primaryArtifact: 'constraint-compilation-artifact-sales-and-client-success',
  routingTag: 'sales-and-client-success:generalist-engine',
  releaseCycles: 1,
  flag: 'skill_01470_constraint-compilation',
  input: compilationRequest,
  unorderedArrays,
  // What is rolled out is the way in which one skill's rules are changed.
  accountId: ({ targetSkill }) => targetSkill,
  recordOwner: ({ recordOwner }) => recordOwner,
  references: ({ targetSkill }) => [targetSkill],
  publishes: { candidateFor },
  needs: ['yaml', 'solver'],
  baselineConfiguration: () => parseYaml(policyYaml, 'policy.yaml'),
  loadConfiguration: loadCompilationPolicy,
  referenceDirectory: () => ({
    ...(parseYaml(directoryYaml, 'reference/directory.yaml') as object),
    accounts: importAccountsCsv(accountsCsv),
  }),
  defaults: {},
  consumers: ['orchestrator', 'operator', 'downstream-skill', 'audit-log'],
  budget: { workUnits: 5_000_000, outputBytes: 2_097_152, mails: 80, computingExecutions: 4 },
  oversightTimeoutSeconds: 5 * 24 * 3600,
  metrics: [
    { name: 'contradictions found before publication', unit: 'basis points of all found', baseline: 0, target: 10_000 },
    { name: 'median time from a proposed rule to a candidate', unit: 'business hours', baseline: 80, target: 24 },
    { name: 'candidates taken back after a guardrail failed', unit: 'basis points', baseline: 900, target: 100 },
    { name: 'past requests decided otherwise without being shown', unit: 'requests', baseline: 12, target: 0 },
  ],
  guardrails: standardGuardrails,
  cadence: {
    daily: 'Compile the changes that arrive, and look at those that wait for their owners.',
    weekly: 'Review waivers that end soon, open questions, and rules that no request has met.',
    monthly: 'Replay the last month on the rules in force, archive evidence, and retire candidates that nobody runs.',
  },
  constraintCheck,
  execute: (context) => execute(context, loadZ3),
});
