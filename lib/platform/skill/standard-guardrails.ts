import type { Guardrail } from './define-skill.ts';

/** What the platform sees to for every skill, in the catalogue's notation: promotion, rollback, bounded cost. */
export const standardGuardrails: readonly Guardrail[] = [
  {
    kind: 'quality',
    statement: 'No configuration is promoted without records of all four validation suites.',
    action: 'run-validation:unit+integration+simulation+regression-baseline',
  },
  {
    kind: 'reliability',
    statement: 'A critical posture or repeated failures put the last stable baseline back.',
    action: 'rollback:rollback-to-last-stable-baseline',
  },
  {
    kind: 'cost',
    statement: 'Work, output, mails and computing executions stay within the declared caps.',
    action: 'budget-guard:resource-pressure-cap',
  },
];
