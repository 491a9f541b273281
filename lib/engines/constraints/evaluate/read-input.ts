import { InvalidInput, type Problem } from '../../../core/errors.ts';
import { pointer } from '../../../core/json.ts';
import type { ConstraintSet, Field, FieldKind, Values } from '../model.ts';
import { bitCount, inDomain, nearest, type Reading, readWords, readWritten, writeValue } from '../written-values.ts';

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

const WANTED: Readonly<Record<FieldKind['kind'], string>> = {
  integer: 'a whole number',
  decimal: 'a decimal as text, such as "1.25"',
  money: 'an amount, such as "50000 EUR" or {"currency": "EUR", "minorUnits": 5000000}',
  ratio: 'a percentage such as "15 %", or basis points such as 1500',
  date: 'a date such as "2026-01-31"',
  duration: 'a length of time such as "72h", or seconds',
  enum: 'one of the declared words',
  boolean: 'true or false',
  set: 'a list of declared words',
};

function wrongType(type: FieldKind): Reading {
  return { fault: `The value is not ${WANTED[type.kind]}.`, mend: `Give ${WANTED[type.kind]}.` };
}

/** Reads one value, in the exact form or in the form that people write. */
function readOne(type: FieldKind, value: unknown): Reading {
  switch (type.kind) {
    case 'boolean':
      return typeof value === 'boolean' ? { value: value ? 1 : 0 } : wrongType(type);
    case 'integer':
      if (typeof value === 'number' && Number.isSafeInteger(value)) return { value: value + 0 };
      return typeof value === 'string' ? readWritten(type, value) : wrongType(type);
    case 'ratio':
    case 'duration':
      if (typeof value === 'number' && Number.isSafeInteger(value)) return { value: value + 0 };
      return typeof value === 'string' ? readWritten(type, value) : wrongType(type);
    case 'decimal':
      return typeof value === 'string' || typeof value === 'number' ? readWritten(type, value) : wrongType(type);
    case 'money':
      if (isObject(value)) return readMoneyObject(type.currency, value);
      return typeof value === 'string' ? readWritten(type, value) : wrongType(type);
    case 'set':
      if (!Array.isArray(value) || !value.every((word) => typeof word === 'string')) return wrongType(type);
      return readWords(type, value);
    default:
      return typeof value === 'string' ? readWritten(type, value) : wrongType(type);
  }
}

function readMoneyObject(currency: string, value: Readonly<Record<string, unknown>>): Reading {
  const { minorUnits } = value;
  const exact = typeof minorUnits === 'number' && Number.isSafeInteger(minorUnits) && Object.keys(value).length === 2;
  if (!exact || typeof value.currency !== 'string') return wrongType({ kind: 'money', currency });
  if (value.currency === currency) return { value: minorUnits + 0 };
  return {
    fault: `The amount is in ${value.currency}, not in ${currency}.`,
    mend: `Convert it to ${currency} before.`,
  };
}

function domainFault(field: Field, value: number): { readonly fault: string; readonly mend: string } {
  const { type } = field;
  if (type.kind === 'set') {
    return { fault: `There are ${bitCount(value)} words.`, mend: `Name at most ${type.maximumSize}.` };
  }
  const [minimum, maximum] = [writeValue(type, field.minimum), writeValue(type, field.maximum)];
  return { fault: `${writeValue(type, value)} lies outside of the domain.`, mend: `Give ${minimum} to ${maximum}.` };
}

/** Where fields stand in an input: by name, a field's position or a further level. */
interface Level {
  readonly [name: string]: number | Level;
}

function levelsOf(fields: readonly Field[]): Level {
  const top: Record<string, number | Level> = {};
  fields.forEach(({ path }, index) => {
    const names = path.split('.');
    let level = top;
    for (const name of names.slice(0, -1)) {
      const inner = level[name];
      const next: Record<string, number | Level> = typeof inner === 'object' ? { ...inner } : {};
      level[name] = next;
      level = next;
    }
    level[names.at(-1) ?? ''] = index;
  });
  return top;
}

const levels = new WeakMap<readonly Field[], Level>();

function cachedLevels(fields: readonly Field[]): Level {
  const known = levels.get(fields);
  if (known !== undefined) return known;
  const made = levelsOf(fields);
  levels.set(fields, made);
  return made;
}

class InputReader {
  readonly problems: Problem[] = [];
  readonly values: (number | undefined)[];
  private readonly set: ConstraintSet;

  constructor(set: ConstraintSet) {
    this.set = set;
    this.values = set.fields.map(() => undefined);
  }

  private refuse(at: string, code: string, message: string, mend: string): void {
    this.problems.push({ pointer: at, code, message, mend });
  }

  read(level: Level, value: unknown, at: string): void {
    if (!isObject(value)) {
      this.refuse(at, 'invalid-type', 'The value is not an object.', 'Give an object.');
      return;
    }
    for (const name of Object.keys(value)) {
      const inner = Object.hasOwn(level, name) ? level[name] : undefined;
      if (typeof inner === 'number') this.readField(inner, value[name], pointer(at, name));
      else if (inner === undefined) this.unknown(level, name, at);
      else if (value[name] !== null && value[name] !== undefined) this.read(inner, value[name], pointer(at, name));
    }
  }

  private unknown(level: Level, name: string, at: string): void {
    if (this.set.additionalFields === 'ignore') return;
    const near = nearest(name, Object.keys(level));
    const mend = near === undefined ? 'Remove the field.' : `Did you mean "${near}"?`;
    this.refuse(pointer(at, name), 'unknown-field', `The field "${name}" is not declared.`, mend);
  }

  private readField(index: number, given: unknown, at: string): void {
    const field = this.set.fields[index];
    if (field === undefined || given === null || given === undefined) return;
    const read = readOne(field.type, given);
    if ('fault' in read) {
      this.values[index] = Number.NaN;
      this.refuse(at, 'invalid-value', read.fault, read.mend);
      return;
    }
    this.values[index] = read.value;
    if (inDomain(field, read.value)) return;
    const { fault, mend } = domainFault(field, read.value);
    this.refuse(at, 'outside-domain', fault, mend);
  }

  /** Fields that are not optional and were not given. */
  missing(): void {
    this.set.fields.forEach((field, index) => {
      if (field.optional || this.values[index] !== undefined) return;
      const at = pointer('', ...field.path.split('.'));
      this.refuse(at, 'missing-field', 'The field is required and missing.', `Give ${WANTED[field.type.kind]}.`);
    });
  }
}

/**
 * Reads an input: nested objects along the fields' paths, each value in its exact form or as people write it. What is absent
 * or null counts as absent. Undeclared fields are refused, unless the set ignores them.
 * @throws InvalidInput with every problem by JSON Pointer.
 */
export function readInput(set: ConstraintSet, json: unknown): Values {
  const reader = new InputReader(set);
  reader.read(cachedLevels(set.fields), json, '');
  reader.missing();
  const { problems, values } = reader;
  if (problems.length === 0) return values;
  throw new InvalidInput(`The input does not fit ${set.name} ${set.version}: ${problems.length} problem(s).`, problems);
}
