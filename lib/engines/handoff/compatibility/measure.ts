import { isArray, isRecord } from './values.ts';

/** What one schema may measure. */
export const LIMITS = { depth: 200, nodes: 20_000, text: 1_000_000 } as const;

/** Names under which every JavaScript object seems to have something; validators differ on them. */
const INHERITED = new Set(['__proto__']);

/** Why a document is not looked into: undefined where it may be. Walks without recursion, and stops at the limit. */
export function tooMuchOf(document: unknown): string | undefined {
  const open: { readonly value: unknown; readonly depth: number }[] = [{ value: document, depth: 0 }];
  let [nodes, text] = [0, 0];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const { value, depth } = next;
    nodes += 1;
    if (depth > LIMITS.depth) return `It is nested more than ${LIMITS.depth} levels deep.`;
    if (nodes > LIMITS.nodes) return `It holds more than ${LIMITS.nodes} values.`;
    if (typeof value === 'string') text += value.length;
    if (typeof value === 'number' && !Number.isFinite(value)) return 'It holds a number that no double can hold.';
    if (isArray(value)) for (const item of value) open.push({ value: item, depth: depth + 1 });
    else if (isRecord(value))
      for (const key of Object.keys(value)) {
        if (INHERITED.has(key)) return `It names a property "${key}", which validators treat differently.`;
        text += key.length;
        open.push({ value: value[key], depth: depth + 1 });
      }
    if (typeof value === 'string' && INHERITED.has(value))
      return `It names "${value}", which validators treat differently.`;
    if (text > LIMITS.text) return `Its texts are longer than ${LIMITS.text} characters.`;
  }
  return undefined;
}
