import * as z from 'zod';
import { approvalPlan } from '../core/approval/plan.ts';
import type { Preview } from './api/countersign-api.ts';

const risk = z.object({
  score: z.int(),
  factors: z.array(z.object({ code: z.string(), points: z.int(), message: z.string() })),
});

/** The people a request would go to. A plan that this version cannot read is named, never guessed. */
function planLines(plan: unknown): string[] {
  if (plan === undefined) return [];
  const read = approvalPlan.safeParse(plan);
  if (!read.success) return ['It has a plan of approvals that this version cannot show; --json prints it.'];
  return read.data.stages.flatMap(({ stage, levels }) => [
    `Stage ${stage}:`,
    ...levels.map(({ name, required, seats, serviceLevelBusinessMinutes }) => {
      const people = seats.map(({ principal, approver }) =>
        approver === principal ? approver : `${approver} for ${principal}`,
      );
      return `  ${name} (${required} of ${seats.length}, within ${serviceLevelBusinessMinutes} business minutes): ${people.join(', ')}`;
    }),
  ]);
}

function riskLines(value: unknown): string[] {
  const read = risk.safeParse(value);
  if (!read.success) return [];
  return [
    `Risk ${read.data.score} of 100`,
    ...read.data.factors.map(({ code, points, message }) => `  ${code} +${points}: ${message}`),
  ];
}

/** Where a request would go, as a person reads it. */
export function previewLines(preview: Preview): string[] {
  const { skill, verdict, configuration, instant, reasons, rolledOut, nextHop } = preview;
  return [
    `${skill}: ${verdict} (configuration ${configuration.version}, at ${instant})`,
    ...reasons.map(({ message, code }) => `  ${message} (${code})`),
    ...planLines(preview.plan),
    ...riskLines(preview.risk),
    `Confidence ${Math.trunc(preview.confidenceBasisPoints / 100)} %. Next: ${nextHop}.`,
    ...(rolledOut ? [] : ['It could not be started now: the flag does not roll the skill out to this account.']),
  ];
}
