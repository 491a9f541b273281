import type { Json } from '../../../core/json.ts';

function member(value: Json | undefined, name: string): Json | undefined {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
  return (value as { readonly [key: string]: Json })[name];
}

/** The policy that the publication of a contract puts on trial, out of the result; it stands there as it was loaded and proved. */
export function candidateOf({
  artifact,
}: {
  readonly artifact: Json;
}): { readonly skill: string; readonly configuration: unknown } | undefined {
  const candidate = member(artifact, 'candidate');
  const skill = member(candidate, 'skill');
  const configuration = member(candidate, 'configuration');
  return typeof skill === 'string' && configuration !== undefined ? { skill, configuration } : undefined;
}
