import { readFileSync } from 'node:fs';
import { dayOf } from '../../lib/core/calendar/local-day.ts';
import type { Instant } from '../../lib/core/instant.ts';
import type { Json } from '../../lib/core/json.ts';
import type { ApprovalRequest } from '../../lib/engines/approval-routing/request.ts';
import { holdAgainst } from '../../lib/engines/constraints/hold-against.ts';
import type { Reason, SkillResult } from '../../lib/platform/skill/skill-result.ts';

const invariants = readFileSync(new URL('./reference/invariants.json', import.meta.url), 'utf8');
const broken = holdAgainst(() => JSON.parse(invariants));

function member(value: Json, name: string): Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? ((value as { readonly [key: string]: Json })[name] ?? null)
    : null;
}

/** What the invariants say against a route. */
export function constraintCheck({
  input,
  result,
  instant,
}: {
  readonly input: ApprovalRequest;
  readonly result: SkillResult;
  readonly instant: Instant;
}): Reason[] {
  const unverified = member(result.artifact, 'unverifiedFacts');
  const facts = {
    disposition: { publish: 'auto-approve', approve: 'approve', block: 'deny' }[result.verdict],
    kind: input.kind,
    discount: input.discountBasisPoints,
    ...(input.amount.currency === 'EUR' ? { amount: input.amount } : {}),
    unverified: Array.isArray(unverified) ? Math.min(unverified.length, 200) : 0,
    levels: result.plan?.stages.flatMap(({ levels }) => levels).length ?? 0,
  };
  return broken(facts, dayOf(instant)).map(({ rule, message, because }) => ({
    code: 'ConstraintViolated',
    message: `${message} (${rule}: ${because})`,
    pointer: '',
  }));
}
