import type { Json } from '../../lib/core/json.ts';
import type { PublishedCandidate } from '../../lib/platform/skill/publication.ts';
import type { SkillResult } from '../../lib/platform/skill/skill-result.ts';

function member(value: Json | undefined, name: string): Json | undefined {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
  return (value as { readonly [key: string]: Json })[name];
}

/** The configuration that a publication puts on trial; it stands in the result as it was loaded and tried. */
export function candidateFor({ artifact }: SkillResult): PublishedCandidate | undefined {
  const candidate = member(artifact, 'candidate');
  const skill = member(candidate, 'skill');
  const configuration = member(candidate, 'configuration');
  return typeof skill === 'string' && configuration !== undefined ? { skill, configuration } : undefined;
}
