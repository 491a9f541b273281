import type { Field, FieldIndex, Formula, LinearTerm, Values } from '../model.ts';

/** SMT-LIB 2 text for fields and conditions. One integer a field; one boolean for presence and for each element of a set. */

export function number(value: number): string {
  return value < 0 ? `(- ${-value})` : String(value);
}

export function valueName(field: FieldIndex): string {
  return `v${field}`;
}

function presentName(field: FieldIndex): string {
  return `p${field}`;
}

function elementName(field: FieldIndex, element: number): string {
  return `e${field}_${element}`;
}

/** Names the same opaque part alike wherever it stands: it may be true or false, but the same everywhere. */
export class OpaqueNames {
  readonly #names = new Map<string, string>();

  of(formula: Formula): string {
    const key = JSON.stringify(formula);
    const known = this.#names.get(key) ?? `o${this.#names.size}`;
    this.#names.set(key, known);
    return known;
  }

  get names(): readonly string[] {
    return [...this.#names.values()];
  }
}

/** Declares fields and bounds them by their domains. A suffix tells copies of the same fields apart. */
export function declare(fields: readonly Field[], wanted: readonly FieldIndex[], suffix = ''): string {
  return wanted
    .flatMap((index) => {
      const { type, minimum, maximum, optional } = fields[index] as Field;
      const presence = optional ? [`(declare-const ${presentName(index)}${suffix} Bool)`] : [];
      if (type.kind !== 'set') {
        const name = valueName(index) + suffix;
        return [...presence, `(declare-const ${name} Int)(assert (<= ${number(minimum)} ${name} ${number(maximum)}))`];
      }
      const elements = type.values.map((_, element) => elementName(index, element) + suffix);
      const size = elements.map((name) => `(ite ${name} 1 0)`).join(' ');
      return [
        ...presence,
        ...elements.map((name) => `(declare-const ${name} Bool)`),
        ...(type.maximumSize < elements.length ? [`(assert (<= (+ 0 ${size}) ${type.maximumSize}))`] : []),
      ];
    })
    .join('\n');
}

/** Declares integers without bounds: offsets of terms that follow facts. */
export function declareUnbounded(wanted: readonly FieldIndex[]): string {
  return wanted.map((index) => `(declare-const ${valueName(index)} Int)`).join('\n');
}

function termText(
  fields: readonly Field[],
  { of, field, coefficient }: LinearTerm,
  suffix: (field: FieldIndex) => string,
): string {
  const type = fields[field]?.type;
  const factor =
    of === 'size' && type?.kind === 'set'
      ? `(+ 0 ${type.values.map((_, element) => `(ite ${elementName(field, element)}${suffix(field)} 1 0)`).join(' ')})`
      : valueName(field) + suffix(field);
  return coefficient === 1 ? factor : `(* ${number(coefficient)} ${factor})`;
}

const OPERATORS = { lt: '<', le: '<=', ge: '>=', gt: '>', eq: '=' } as const;

/** The text of a condition. `suffix` says for each field which copy of it is meant. */
export function text(
  fields: readonly Field[],
  formula: Formula,
  opaque: OpaqueNames,
  suffix: (field: FieldIndex) => string = () => '',
): string {
  const of = (part: Formula): string => text(fields, part, opaque, suffix);
  switch (formula.kind) {
    case 'constant':
      return String(formula.value);
    case 'and':
    case 'or':
      if (formula.parts.length === 0) return String(formula.kind === 'and');
      return `(${formula.kind} ${formula.parts.map(of).join(' ')})`;
    case 'not':
      return `(not ${of(formula.part)})`;
    case 'present':
      return fields[formula.field]?.optional === true ? presentName(formula.field) + suffix(formula.field) : 'true';
    case 'member': {
      const name = valueName(formula.field) + suffix(formula.field);
      return `(or false ${formula.values.map((value) => `(= ${name} ${number(value)})`).join(' ')})`;
    }
    case 'contains': {
      const names = Array.from({ length: 30 }, (_, element) => element)
        .filter((element) => ((formula.mask >> element) & 1) === 1)
        .map((element) => elementName(formula.field, element) + suffix(formula.field));
      return formula.which === 'any' ? `(or false ${names.join(' ')})` : `(and true ${names.join(' ')})`;
    }
    case 'linear': {
      const sum = `(+ 0 ${formula.terms.map((term) => termText(fields, term, suffix)).join(' ')})`;
      if (formula.is === 'ne') return `(not (= ${sum} ${number(formula.bound)}))`;
      return `(${OPERATORS[formula.is]} ${sum} ${number(formula.bound)})`;
    }
    case 'opaque':
      return opaque.of(formula);
  }
}

/** Asks for the values of fields, after a check that found some. */
export function askValues(
  fields: readonly Field[],
  wanted: readonly FieldIndex[],
  more: readonly string[] = [],
): string {
  const names = wanted.flatMap((index) => {
    const { type, optional } = fields[index] as Field;
    return [
      ...(optional ? [presentName(index)] : []),
      ...(type.kind === 'set' ? type.values.map((_, element) => elementName(index, element)) : [valueName(index)]),
    ];
  });
  return `(get-value (${[...names, ...more].join(' ')}))`;
}

/** Reads what `askValues` asked for: each name with its value, `true`, `false` or a number. */
export function readValues(output: string): ReadonlyMap<string, number | boolean> {
  const found = new Map<string, number | boolean>();
  for (const [, name, minus, digits] of output.matchAll(/\((\w+) (?:\(- (\d+)\)|(\d+|true|false))\)/g)) {
    if (name === undefined) continue;
    if (minus !== undefined) found.set(name, -Number(minus));
    else found.set(name, digits === 'true' || digits === 'false' ? digits === 'true' : Number(digits));
  }
  return found;
}

/** The input that such values make; fields that were not asked for keep what they have in `base`. */
export function inputOf(
  fields: readonly Field[],
  wanted: readonly FieldIndex[],
  named: ReadonlyMap<string, number | boolean>,
  base: Values,
): Values {
  const values = [...base];
  for (const index of wanted) {
    const { type, optional } = fields[index] as Field;
    if (optional && named.get(presentName(index)) !== true) values[index] = undefined;
    else if (type.kind === 'set')
      values[index] = type.values.reduce(
        (mask, _, element) => (named.get(elementName(index, element)) === true ? mask | (1 << element) : mask),
        0,
      );
    else values[index] = Number(named.get(valueName(index)) ?? fields[index]?.minimum ?? 0);
  }
  return values;
}
