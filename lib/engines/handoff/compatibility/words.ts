const MENDS: Readonly<Record<string, string>> = {
  required: 'Make the property optional, or give it a default where it is read.',
  additionalProperties: 'Keep allowing other properties, or name those that were sent.',
  type: 'Keep every type that was allowed.',
  enum: 'Keep every value that was allowed.',
  const: 'Keep every value that was allowed.',
  pattern: 'Keep matching every text that matched.',
  minimum: 'Keep the wider bound.',
  maximum: 'Keep the wider bound.',
  exclusiveMinimum: 'Keep the wider bound.',
  exclusiveMaximum: 'Keep the wider bound.',
  minLength: 'Keep the wider bound.',
  maxLength: 'Keep the wider bound.',
  minItems: 'Keep the wider bound.',
  maxItems: 'Keep the wider bound.',
  minProperties: 'Keep the wider bound.',
  maxProperties: 'Keep the wider bound.',
  oneOf: 'Use anyOf where more than one may hold.',
};

/** What a finding with a counterexample says, and what to do about it. */
export function wordsFor(
  keyword: string,
  document: 'old' | 'new',
): { readonly message: string; readonly mend: string } {
  const other = document === 'new' ? 'old' : 'new';
  const what = keyword === 'sample' ? `The ${document} schema` : `"${keyword}" of the ${document} schema`;
  return {
    message: `${what} refuses an instance that the ${other} schema accepts.`,
    mend: `${Object.hasOwn(MENDS, keyword) ? MENDS[keyword] : 'Keep accepting what was accepted.'} Otherwise publish it as a new major version.`,
  };
}
