import type { Problem } from './errors.ts';
import { pointer } from './json.ts';

/** What JSON can write, but has no canonical form (RFC 8785), and so no digest: half of a surrogate pair, a number beyond a double. */
export function leafProblems(value: unknown, at: string): Problem[] {
  if (typeof value === 'string' && !value.isWellFormed())
    return [
      {
        pointer: at,
        code: 'malformed-text',
        message: 'The text holds half a character.',
        mend: 'Send well-formed Unicode.',
      },
    ];
  if (typeof value === 'number' && !Number.isFinite(value))
    return [
      {
        pointer: at,
        code: 'number-out-of-range',
        message: 'The number is too large.',
        mend: 'Send a number that a double can hold.',
      },
    ];
  return [];
}

function hasDigest(value: unknown): boolean {
  if (typeof value === 'string') return value.isWellFormed();
  if (typeof value === 'number') return Number.isFinite(value);
  if (typeof value !== 'object' || value === null) return true;
  if (Array.isArray(value)) return value.every(hasDigest);
  for (const key in value)
    if (!(key.isWellFormed() && hasDigest((value as Record<string, unknown>)[key]))) return false;
  return true;
}

/** Every place of a document that keeps it from having a digest; the document is one that a schema has accepted. */
export function problemsWithoutDigest(value: unknown, at = ''): Problem[] {
  if (hasDigest(value)) return [];
  if (typeof value !== 'object' || value === null) return leafProblems(value, at);
  return Object.entries(value).flatMap(([key, member]) => {
    const here = pointer(at, key);
    return [...leafProblems(key, here), ...problemsWithoutDigest(member, here)];
  });
}
