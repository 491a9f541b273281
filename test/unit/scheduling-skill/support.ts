import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Digest } from '../../../lib/core/digest.ts';
import { loadDirectory } from '../../../lib/core/directory/load.ts';
import type { PlanCertificate } from '../../../lib/engines/scheduling/plan/certificate.ts';
import type { PlanExplanation } from '../../../lib/engines/scheduling/plan/explanation.ts';
import type { Plan } from '../../../lib/engines/scheduling/plan/plan.ts';
import type { WrittenPlanRequest } from '../../../lib/engines/scheduling/plan/request.ts';
import type { ReportFile } from '../../../lib/engines/scheduling/report/files.ts';
import type { Outcome } from '../../../lib/platform/contracts/outcome.ts';
import type { HandoffPacket } from '../../../lib/platform/contracts/outputs.ts';
import { type Example, parseExample } from '../../../lib/platform/examples.ts';
import { buildOutputs } from '../../../lib/platform/executions/outputs.ts';
import { type Ingredients, runSkill } from '../../../lib/platform/executions/run-skill.ts';
import type { Reason, SkillResult } from '../../../lib/platform/skill/skill-result.ts';
import { skill } from '../../../skills/risk-aware-scheduling-for-sales-and-client-success/skill.ts';

export { skill };

export const folder = join(import.meta.dirname, '../../../skills/risk-aware-scheduling-for-sales-and-client-success');
export const INSTANT = '2026-11-27T09:00:00.000Z';
export const directory = loadDirectory(skill.referenceDirectory());
export const policy = (): Record<string, unknown> =>
  structuredClone(skill.baselineConfiguration() as Record<string, unknown>);

export const examples: readonly (readonly [name: string, example: Example])[] = readdirSync(join(folder, 'examples'))
  .sort()
  .map((file) => [
    file.slice(0, 2),
    parseExample(JSON.parse(readFileSync(join(folder, 'examples', file), 'utf8')), file),
  ]);

/** What the skill's artifact holds of a plan. */
export interface ScheduleArtifact {
  readonly standing: string;
  readonly plan: Plan;
  readonly certificate: PlanCertificate;
  readonly explanation: PlanExplanation;
  readonly savings: Plan['baseline'];
  readonly replaces?: { readonly executionId: string };
  readonly files: readonly ReportFile[];
  readonly next: readonly unknown[];
  readonly infeasible: readonly unknown[];
  readonly problems?: readonly { readonly pointer: string; readonly code: string; readonly mend: string }[];
}

export const artifactOf = ({ artifact }: SkillResult): ScheduleArtifact => artifact as unknown as ScheduleArtifact;

/** A small request of two people and three accounts; quick to plan. */
export function smallPlan(more: Partial<WrittenPlanRequest> = {}): WrittenPlanRequest {
  const touch = (id: string, account: string, kind: 'rescue' | 'renewal' | 'check-in') => ({
    id,
    account,
    kind,
    minutes: { p50: 60, p80: 90, p95: 120 },
    window: { from: '2026-11-30T00:00:00Z', to: '2026-12-01T23:00:00Z' },
    skill: 'success',
  });
  const account = (id: string, euros: number, segment: 'enterprise' | 'small-business') => ({
    id,
    annualRecurringRevenue: { currency: 'EUR', minorUnits: euros * 100 },
    segment,
    timeZone: 'Europe/Berlin',
  });
  const rep = (id: string) => ({ id, skills: ['success'], timeZone: 'Europe/Berlin', weeklyMinutes: 2_340 });
  return {
    format: 'countersign/plan-request/1',
    currency: 'EUR',
    horizon: { start: '2026-11-30', days: 2 },
    touches: [
      touch('alster-rescue', 'alster', 'rescue'),
      touch('bille-renewal', 'bille', 'renewal'),
      touch('cuxhaven-check-in', 'cuxhaven', 'check-in'),
    ],
    reps: [rep('jonas.petersen'), rep('lea.brandt')],
    accounts: [
      account('alster', 420_000, 'enterprise'),
      account('bille', 90_000, 'small-business'),
      account('cuxhaven', 30_000, 'small-business'),
    ],
    scenarios: { seed: 5, count: 10 },
    budget: { moves: 5_000, priceRounds: 200, iterations: 2_000 },
    ...more,
  };
}

export function inputOf(plan: WrittenPlanRequest): Record<string, unknown> {
  return { team: { id: 'success-atlantic', name: 'Success team Atlantic' }, plan, justification: 'The week.' };
}

/** The packet of an execution that published a result, or ended in another way. */
export function packetOf(result: SkillResult, outcome: Outcome = 'published'): HandoffPacket {
  const digest: Digest = `sha256:${'0'.repeat(64)}`;
  const gates = ['schema-contract-check', 'determinism-check', 'policy-approval-check'] as const;
  return buildOutputs({
    record: {
      executionId: 'ex-parent',
      skill: skill.name,
      accountId: 'success-atlantic',
      createdAt: INSTANT,
      configuration: { version: '1.0.0', digest },
    },
    skill,
    outcome,
    concludedAt: INSTANT,
    gates: gates.map((gate) => ({ gate, result: 'pass', onFail: 'block', reasons: [] })),
    reasons: [],
    stages: [],
    result,
  }).handoffPacket;
}

/** The slots that a packet says were planned. */
export const slotsOf = ({ next }: HandoffPacket) =>
  (next as { slots: { touch: string; rep: string; start: string; promised: boolean }[] }).slots;

/** The packet of an execution of the skill that planned and promised one slot, as far as it is looked at. */
export const packet = {
  skill: skill.name,
  executionId: 'ex-parent',
  accountId: 'success-atlantic',
  primaryArtifact: { name: skill.primaryArtifact, digest: `sha256:${'0'.repeat(64)}` },
  next: {
    schema: 'countersign/plan-in-force/1',
    slots: [{ touch: 'alster-rescue', rep: 'lea.brandt', start: '2026-11-30T08:00:00.000Z', promised: true }],
  },
} as unknown as HandoffPacket;

export function ingredients(input: unknown, more: Partial<Ingredients> = {}): Ingredients {
  return {
    input,
    configuration: policy(),
    directory,
    requester: { personId: 'tiago.faria' },
    instant: INSTANT,
    ...more,
  };
}

export function run(input: unknown, more: Partial<Ingredients> = {}): Promise<SkillResult> {
  return runSkill(skill, ingredients(input, more));
}

/** What the independent check says against a result. */
export function check(input: unknown, result: SkillResult, configuration: unknown = policy()): readonly Reason[] {
  return (
    skill.constraintCheck?.({
      input: skill.input.parse(input),
      configuration: skill.loadConfiguration(configuration, directory),
      result,
      instant: INSTANT,
    }) ?? []
  );
}
