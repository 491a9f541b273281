import { pointer } from '../../../core/json.ts';
import type { Field, FieldKind } from '../model.ts';
import { readMoney, readWritten } from '../written-values.ts';
import type { Compiling } from './compiling.ts';
import type { FieldSource } from './document.ts';

const PATH = /^[A-Za-z_][A-Za-z0-9_]*(\.[A-Za-z_][A-Za-z0-9_]*)*$/;

/** Words that CEL keeps for itself. */
const RESERVED = new Set(
  'as break const continue else false for function if import in let loop package namespace null return true var void while'.split(
    ' ',
  ),
);

/** Whether a part of a path means something else already: to CEL, or to every object. */
function isTaken(name: string): boolean {
  return RESERVED.has(name) || name in Object.prototype;
}

function kindOf(compiling: Compiling, at: string, source: FieldSource): FieldKind | undefined {
  switch (source.type) {
    case 'integer':
      return { kind: 'integer', ...(source.unit === undefined ? {} : { unit: source.unit }) };
    case 'decimal':
      return { kind: 'decimal', scale: source.scale, ...(source.unit === undefined ? {} : { unit: source.unit }) };
    case 'money': {
      const currency = readMoney(String(source.minimum))?.currency;
      if (currency !== undefined) return { kind: 'money', currency };
      const message = `"${source.minimum}" is not an amount of money.`;
      return compiling.refuse(`${at}/minimum`, 'invalid-value', message, 'Write it as 0 EUR.');
    }
    case 'enum':
    case 'set': {
      const double = source.values.findIndex((word, index) => source.values.indexOf(word) < index);
      if (double >= 0) {
        const message = `"${source.values[double]}" stands twice.`;
        compiling.refuse(pointer(at, 'values', double), 'duplicate-value', message, 'Name each word once.');
      }
      if (source.type === 'enum') return { kind: 'enum', values: source.values };
      const maximumSize = Math.min(source.maximumSize ?? source.values.length, source.values.length);
      return { kind: 'set', values: source.values, maximumSize };
    }
    default:
      return { kind: source.type };
  }
}

function domainOf(compiling: Compiling, at: string, source: FieldSource, type: FieldKind): [number, number] {
  if (type.kind === 'enum') return [0, type.values.length - 1];
  if (type.kind === 'boolean') return [0, 1];
  if (type.kind === 'set') return [0, 2 ** type.values.length - 1];
  if (!('minimum' in source)) return [0, 0];
  const minimum = compiling.value(`${at}/minimum`, readWritten(type, source.minimum)) ?? 0;
  const maximum = compiling.value(`${at}/maximum`, readWritten(type, source.maximum)) ?? minimum;
  if (maximum < minimum) {
    const mend = 'Let the maximum be at least the minimum.';
    compiling.refuse(`${at}/maximum`, 'empty-domain', 'No value lies between minimum and maximum.', mend);
  }
  // Within expressions, dates count seconds.
  const reach = Math.max(Math.abs(minimum), Math.abs(maximum)) * (type.kind === 'date' ? 86_400 : 1);
  if (reach > Number.MAX_SAFE_INTEGER) {
    compiling.refuse(`${at}/maximum`, 'overflow', 'The domain is too wide to be exact.', 'Narrow it.');
  }
  return [minimum, maximum];
}

function checkPath(compiling: Compiling, at: string, path: string, paths: readonly string[]): void {
  if (!PATH.test(path) || path.split('.').some(isTaken)) {
    const mend = 'Join names of letters, digits and "_" by points, such as account.churnRisk; some words are taken.';
    compiling.refuse(at, 'invalid-path', `"${path}" cannot be written in an expression.`, mend);
  }
  const inner = paths.find((other) => other.startsWith(`${path}.`));
  if (inner !== undefined) {
    const message = `"${path}" is a field, so "${inner}" cannot lie within it.`;
    compiling.refuse(at, 'nested-field', message, 'Rename one of the two.');
  }
}

/** Compiles the declared fields, in the order of the source. The roles that the source leaves open are facts here. */
export function compileFields(compiling: Compiling, sources: Readonly<Record<string, FieldSource>>): Field[] {
  const paths = Object.keys(sources);
  return Object.entries(sources).flatMap(([path, source]) => {
    const at = pointer('/fields', path);
    checkPath(compiling, at, path, paths);
    const type = kindOf(compiling, at, source);
    if (type === undefined) return [];
    const [minimum, maximum] = domainOf(compiling, at, source, type);
    const field: Field = {
      path,
      type,
      minimum,
      maximum,
      optional: source.optional ?? false,
      role: source.role ?? 'fact',
      ...(source.description === undefined ? {} : { description: source.description }),
      span: compiling.places.spanOfEntry(at),
    };
    return [field];
  });
}
