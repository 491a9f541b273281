import { canonicalJson } from '../../core/digest.ts';
import { pointer } from '../../core/json.ts';

/** Where two JSON values first differ, in canonical order, or `undefined` when they are the same value. */
export function firstDifference(a: unknown, b: unknown, at = ''): string | undefined {
  if (canonicalJson(a ?? null) === canonicalJson(b ?? null)) return undefined;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return at;
  if (Array.isArray(a) !== Array.isArray(b)) return at;
  const keys = Array.isArray(a)
    ? [...Array(Math.max(a.length, (b as unknown[]).length)).keys()].map(String)
    : [...new Set([...Object.keys(a), ...Object.keys(b)])].sort();
  for (const key of keys) {
    if (Object.hasOwn(a, key) !== Object.hasOwn(b, key)) return pointer(at, key);
    const found = firstDifference(Reflect.get(a, key), Reflect.get(b, key), pointer(at, key));
    if (found !== undefined) return found;
  }
  return at;
}
