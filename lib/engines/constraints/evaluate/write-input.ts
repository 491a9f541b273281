import { dateOfDay } from '../../../core/calendar/local-day.ts';
import type { Json } from '../../../core/json.ts';
import type { ConstraintSet, FieldKind, Values } from '../model.ts';
import { wordsOf, writeDecimal, writeValue } from '../written-values.ts';

/** A value in the exact form that `readInput` takes. */
export function exactValue(type: FieldKind, value: number): Json {
  switch (type.kind) {
    case 'integer':
    case 'ratio':
    case 'duration':
      return value;
    case 'decimal':
      return writeDecimal(value, type.scale);
    case 'money':
      return { currency: type.currency, minorUnits: value };
    case 'date':
      return dateOfDay(value);
    case 'boolean':
      return value === 1;
    case 'enum':
      return type.values[value] ?? null;
    case 'set':
      return wordsOf(type.values, value);
  }
}

/** A value as people read it, in a form that `readInput` takes as well. */
function peoplesValue(type: FieldKind, value: number): Json {
  switch (type.kind) {
    case 'money':
    case 'ratio':
    case 'duration':
      return writeValue(type, value);
    default:
      return exactValue(type, value);
  }
}

/**
 * Writes an input as nested objects, such that `readInput` gives the same values back; absent fields are left out.
 * @param form `exact`: minor units, basis points, seconds. `people`: `12,500.00 EUR`, `15 %`, `3d`.
 */
export function writeInput(set: ConstraintSet, values: Values, form: 'exact' | 'people' = 'exact'): Json {
  const top: Record<string, Json> = {};
  set.fields.forEach(({ path, type }, index) => {
    const value = values[index];
    if (value === undefined) return;
    const names = path.split('.');
    let level: Record<string, Json> = top;
    for (const name of names.slice(0, -1)) {
      level[name] ??= {};
      level = level[name] as Record<string, Json>;
    }
    level[names.at(-1) ?? ''] = form === 'exact' ? exactValue(type, value) : peoplesValue(type, value);
  });
  return top;
}
