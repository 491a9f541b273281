import * as z from 'zod';
import type { PlannedLevel } from '../../../lib/core/approval/plan.ts';
import { defineSkill } from '../../../lib/platform/skill/define-skill.ts';
import { skill as routing } from '../../../skills/human-approval-routing-for-sales-and-client-success/skill.ts';

const input = z.strictObject({
  account: z.string().min(1),
  /** Approvals that settle the level. */
  required: z.int().min(1).max(5),
  /** Who is asked, one seat each. */
  panel: z.array(z.string()).min(1).max(5),
  /** How long they have. */
  businessMinutes: z.int().min(1).max(10_000),
});
type PanelInput = z.infer<typeof input>;

function levelOf({ panel, required, businessMinutes }: PanelInput): PlannedLevel {
  return {
    levelId: 'panel',
    name: 'The panel',
    required,
    seats: panel.map((person, index) => ({
      seatId: `panel.${index + 1}`,
      principal: person,
      approver: person,
      delegations: [],
    })),
    serviceLevelBusinessMinutes: businessMinutes,
    remindAfterBusinessMinutes: [],
    escalation: [],
    assurance: 'link',
    because: ['asked-for'],
  };
}

/** A skill whose request says itself who is asked and how many of them it takes; the people are the reference directory's. */
export const panelSkill = defineSkill<PanelInput, unknown>({
  name: 'panel-for-tests',
  id: 'u99990',
  title: 'Panel',
  version: '1.0.0',
  archetype: 'test',
  coreMethod: 'panel',
  primaryArtifact: 'panel-decision',
  routingTag: 'test:panel',
  releaseCycles: 1,
  flag: 'skill_99990_panel',
  input,
  unorderedArrays: [],
  accountId: ({ account }) => account,
  recordOwner: () => undefined,
  baselineConfiguration: () => ({ version: '1.0.0' }),
  loadConfiguration: (value) => value,
  referenceDirectory: routing.referenceDirectory,
  defaults: {
    acceptanceCriteria: [{ id: 'decided', statement: 'The panel decides.', measure: 'an outcome on record' }],
    consumer: 'orchestrator',
  },
  consumers: ['orchestrator'],
  budget: { workUnits: 100, outputBytes: 100_000, mails: 60, computingExecutions: 50 },
  oversightTimeoutSeconds: 86_400,
  metrics: [],
  guardrails: [],
  cadence: { daily: 'none', weekly: 'none', monthly: 'none' },
  execute: ({ input: asked }) => ({
    verdict: 'approve',
    reasons: [],
    artifact: { panel: asked.panel, required: asked.required },
    terms: {
      schema: 'countersign/terms/1',
      kind: 'Panel',
      accountName: asked.account,
      requesterName: 'Somebody',
      summary: 'The panel is asked.',
      lines: [{ label: 'Approvals needed', value: `${asked.required}`, differs: true }],
    },
    plan: {
      schema: 'countersign/approval-plan/1',
      stages: [{ stage: 1, levels: [levelOf(asked)] }],
      excluded: [],
    },
    risk: { score: 1, factors: [{ code: 'panel', points: 1, pointer: '/panel', message: 'People are asked.' }] },
    confidenceBasisPoints: 9_000,
    trace: [{ id: 'asked-for', met: true, because: 'The request asks for it.', detail: {} }],
    workUnits: 1,
    nextHop: 'none',
  }),
});
