import { usesOf } from '../../lib/engines/constraints/formula-uses.ts';
import type { FieldIndex, Rule } from '../../lib/engines/constraints/model.ts';

/** The fields that a rule looks at: to know whether it applies, and whether what it demands holds. */
export function factsOf({ when, effect }: Rule): FieldIndex[] {
  return [...usesOf(when), ...(effect.kind === 'require' ? usesOf(effect.condition) : [])];
}
