import type { Json } from '../../lib/core/json.ts';
import type { RoutingResult } from '../../lib/engines/approval-routing/route.ts';
import type { Reason, SkillResult, TraceEntry } from '../../lib/platform/skill/skill-result.ts';

const VERDICT = { 'auto-approve': 'publish', approve: 'approve', deny: 'block', unroutable: 'block' } as const;

function reasonsOf(routing: RoutingResult): Reason[] {
  const problems = routing.problems.map(({ code, message, pointer }) => ({ code, message, pointer }));
  if (routing.disposition === 'unroutable') return problems;
  return routing.reasons.map(({ code, message, pointer }) => ({ code, message, pointer }));
}

/** Every rule with its values, and every level with how it came to its seats. */
function traceOf({ rules, levels }: RoutingResult): TraceEntry[] {
  return [
    ...rules.map((rule) => ({
      id: rule.ruleId,
      met: rule.fired,
      because: rule.because,
      detail: rule as unknown as Json,
    })),
    ...levels.map((level) => ({
      id: `level:${level.levelId}`,
      met: true,
      because: `The level is asked for by ${level.because.join(', ')}.`,
      detail: level as unknown as Json,
    })),
  ];
}

/** Puts a route into the form that every skill's result has. */
export function skillResultOf(routing: RoutingResult): SkillResult {
  const { terms, plan, risk, confidenceBasisPoints, workUnits, ...rest } = routing;
  return {
    verdict: VERDICT[routing.disposition],
    reasons: reasonsOf(routing),
    artifact: rest as unknown as Json,
    terms,
    ...(plan === undefined ? {} : { plan }),
    risk,
    confidenceBasisPoints,
    trace: traceOf(routing),
    workUnits,
    nextHop: 'orchestrator:apply-approved-terms',
  };
}
