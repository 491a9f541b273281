import * as z from 'zod';
import { InvalidInput } from '../../../lib/core/errors.ts';
import { parseWith } from '../../../lib/core/zod-problems.ts';
import { defineSkill, type SkillDefinition } from '../../../lib/platform/skill/define-skill.ts';
import type { SkillResult } from '../../../lib/platform/skill/skill-result.ts';

const input = z.strictObject({
  accountId: z.string().min(1),
  discount: z.int().min(0).max(10_000),
  tags: z.array(z.string()).default([]),
});
type Input = z.infer<typeof input>;

const configuration = z.strictObject({ version: z.string(), free: z.int(), most: z.int() });
type Configuration = z.infer<typeof configuration>;

/** Two roles, three people who decide, one who asks, one system that may name the requester. */
export function tinyDirectory() {
  const hours = ['09:00-17:00'];
  const week = { monday: hours, tuesday: hours, wednesday: hours, thursday: hours, friday: hours };
  const person = (id: string, roles: string[]) => ({
    id,
    name: `${id.charAt(0).toUpperCase()}${id.slice(1)} Example`,
    email: `${id}@example.com`,
    principals: [`${id}-session`],
    roles,
    timeZone: 'Europe/Berlin',
    calendar: 'office',
  });
  return {
    schema: 'countersign/directory/1',
    version: '1',
    calendars: [{ id: 'office', name: 'Office', week }],
    roles: [
      { id: 'lead', name: 'Lead' },
      { id: 'finance', name: 'Finance' },
    ],
    people: [
      person('ada', []),
      person('lena', ['lead']),
      person('fritz', ['finance']),
      person('fiona', ['finance']),
      { ...person('gone', []), employedUntil: '2020-01-31' },
    ],
    accounts: [
      {
        id: 'acme',
        name: 'Acme',
        segment: 'enterprise',
        region: 'emea',
        recordOwner: 'ada',
        annualRecurringRevenue: { currency: 'EUR', minorUnits: 1_000_000 },
        churnRisk: 100,
      },
    ],
    trustedSystems: [{ principal: 'crm', name: 'CRM' }],
  };
}

const seat = (levelId: string, number: number, person: string) => ({
  seatId: `${levelId}.${number}`,
  principal: person,
  approver: person,
  delegations: [],
});

const level = (levelId: string, required: number, people: readonly string[]) => ({
  levelId,
  name: levelId,
  required,
  seats: people.map((person, index) => seat(levelId, index + 1, person)),
  serviceLevelBusinessMinutes: 240,
  remindAfterBusinessMinutes: [120],
  escalation: [],
  assurance: 'link' as const,
  because: ['over-free'],
});

/** Free up to a discount, then two stages of approval, then refused. Order of tags carries no meaning. */
export function tinyResult(asked: Input, { free, most }: Configuration): SkillResult {
  const verdict = asked.discount <= free ? 'publish' : asked.discount <= most ? 'approve' : 'block';
  const reasons = verdict === 'block' ? [{ code: 'too-much', message: 'Too much.', pointer: '/input/discount' }] : [];
  const plan = {
    schema: 'countersign/approval-plan/1' as const,
    stages: [
      { stage: 1, levels: [level('lead', 1, ['lena'])] },
      { stage: 2, levels: [level('finance', 2, ['fritz', 'fiona'])] },
    ],
    excluded: [{ personId: 'ada', reason: 'requester' }],
  };
  return {
    verdict,
    reasons,
    artifact: { discount: asked.discount, tags: asked.tags.toSorted() },
    terms: {
      schema: 'countersign/terms/1',
      kind: 'Discount',
      accountName: 'Acme',
      requesterName: 'Ada Example',
      summary: 'A discount for Acme.',
      lines: [{ label: 'Discount', value: `${asked.discount}`, differs: verdict !== 'publish' }],
    },
    ...(verdict === 'approve' ? { plan } : {}),
    risk: { score: 3, factors: [{ code: 'size', points: 3, pointer: '/discount', message: 'Size.' }] },
    confidenceBasisPoints: 9_000,
    trace: [{ id: 'over-free', met: verdict !== 'publish', because: 'Compared.', detail: { free } }],
    workUnits: 10,
    nextHop: 'billing',
  };
}

/** A skill that is complete and small. */
export function tinySkill(overrides: Partial<SkillDefinition<Input, Configuration>> = {}) {
  return defineSkill<Input, Configuration>({
    name: 'tiny-discounts',
    id: 'u00001',
    title: 'Tiny discounts',
    version: '1.0.0',
    archetype: 'router',
    coreMethod: 'rules',
    primaryArtifact: 'discount-decision',
    routingTag: 'sales:discount',
    releaseCycles: 1,
    flag: 'skill_00001_tiny',
    input,
    unorderedArrays: ['/tags'],
    accountId: ({ accountId }) => accountId,
    recordOwner: () => undefined,
    baselineConfiguration: () => ({ version: '1.0', free: 500, most: 3_000 }),
    loadConfiguration: (value) => {
      const loaded = parseWith(configuration, value, 'The configuration');
      if (loaded.free > loaded.most) throw new InvalidInput('The bounds of the configuration cross.');
      return loaded;
    },
    referenceDirectory: tinyDirectory,
    defaults: {
      acceptanceCriteria: [{ id: 'decided', statement: 'Somebody decides.', measure: 'A decision is on record.' }],
      consumer: 'downstream-skill',
    },
    consumers: ['orchestrator', 'downstream-skill'],
    budget: { workUnits: 100, outputBytes: 20_000, mails: 20, computingExecutions: 2 },
    oversightTimeoutSeconds: 86_400,
    metrics: [{ name: 'time to decision', unit: 'hours', baseline: 48, target: 8 }],
    guardrails: [],
    cadence: { daily: 'd', weekly: 'w', monthly: 'm' },
    execute: ({ input: asked, configuration: bounds }) => tinyResult(asked, bounds),
    ...overrides,
  });
}
