import type { Json } from '../../../core/json.ts';

/** Puts a value at a path of names, making the objects on the way. Changes `into`. */
export function put(into: { [name: string]: Json }, path: readonly string[], value: Json): void {
  const [name = '', ...rest] = path;
  if (rest.length === 0) {
    into[name] = value;
    return;
  }
  const inner = (into[name] ?? {}) as { [name: string]: Json };
  into[name] = inner;
  put(inner, rest, value);
}
