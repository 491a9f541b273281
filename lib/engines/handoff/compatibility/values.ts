import type { Json } from '../../../core/json.ts';

/** The types of JSON values; an integer is a number without fraction. */
export type JsonType = 'null' | 'boolean' | 'number' | 'string' | 'array' | 'object';
export const JSON_TYPES: readonly JsonType[] = ['null', 'boolean', 'number', 'string', 'array', 'object'];

export function isArray(value: unknown): value is readonly unknown[] {
  return Array.isArray(value);
}

/** An object that is no array. */
export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function typeOf(value: Json): JsonType {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'array';
  return typeof value as JsonType;
}

function byText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** A text that two JSON values share exactly when JSON Schema calls them equal: keys sorted, 1.0 as 1. */
export function textOf(value: unknown): string {
  if (isArray(value)) return `[${value.map(textOf).join(',')}]`;
  if (isRecord(value)) {
    const keys = Object.keys(value).sort(byText);
    return `{${keys.map((key) => `${JSON.stringify(key)}:${textOf(value[key])}`).join(',')}}`;
  }
  return JSON.stringify(value) ?? 'undefined';
}

/** The length of a string as JSON Schema counts it: in code points (RFC 8259 characters). */
export function lengthOf(text: string): number {
  let length = 0;
  for (const _ of text) length += 1;
  return length;
}

/** An object of these entries. Keys such as `__proto__` become plain own properties. */
export function objectOf(entries: Iterable<readonly [string, Json]>): { readonly [key: string]: Json } {
  return Object.fromEntries(entries);
}
