import { readFileSync } from 'node:fs';
import * as z from 'zod';
import { dayOf } from '../../lib/core/calendar/local-day.ts';
import type { Instant } from '../../lib/core/instant.ts';
import { holdAgainst } from '../../lib/engines/constraints/hold-against.ts';
import type { Reason, SkillResult } from '../../lib/platform/skill/skill-result.ts';

const invariants = readFileSync(new URL('./reference/invariants.json', import.meta.url), 'utf8');
const broken = holdAgainst(() => JSON.parse(invariants));

/** As much of a compiled artifact as the invariants look at. */
const compiled = z.looseObject({
  analysis: z.looseObject({ findings: z.array(z.looseObject({ severity: z.string(), digest: z.string() })) }),
  waivers: z.looseObject({ inForce: z.array(z.looseObject({ finding: z.string() })) }),
});
const result = z.looseObject({
  compiled: compiled.optional(),
  candidate: z.looseObject({ configuration: z.looseObject({ constraints: compiled }) }).optional(),
});

/** What the invariants say against a change of rules. */
export function constraintCheck(checked: { readonly result: SkillResult; readonly instant: Instant }): Reason[] {
  const { verdict, artifact, plan } = checked.result;
  const read = result.parse(artifact);
  const { analysis, waivers } = read.candidate?.configuration.constraints ?? read.compiled ?? {};
  const waived = new Set(waivers?.inForce.map(({ finding }) => finding));
  const errors = analysis?.findings.filter(({ severity, digest }) => severity === 'error' && !waived.has(digest)) ?? [];
  const levels = plan?.stages.flatMap((stage) => stage.levels) ?? [];
  const facts = {
    verdict,
    openErrors: errors.length,
    waived: waived.size,
    levels: levels.length,
    approvals: levels.reduce((sum, { required }) => sum + required, 0),
  };
  return broken(facts, dayOf(checked.instant)).map(({ rule, message, because }) => ({
    code: 'ConstraintViolated',
    message: `${message} (${rule}: ${because})`,
    pointer: '',
  }));
}
