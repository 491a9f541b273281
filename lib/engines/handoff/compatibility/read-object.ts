import { pointer } from '../../../core/json.ts';
import type { Formula } from './formula.ts';
import type { Keywords, SchemaReader } from './read-schema.ts';
import type { Part } from './schema-node.ts';
import { isArray, isRecord } from './values.ts';

function propertyPart(reader: SchemaReader, keyword: string, schema: unknown, at: string, names: Formula): Part {
  const { formulas } = reader;
  const node = reader.child(schema, at);
  return {
    ...reader.part(keyword, at, formulas.test('object', { kind: 'every-property', names, value: node.formula })),
    inner: {
      node,
      wrap: (violation) => formulas.test('object', { kind: 'some-property', names, value: violation }, false),
    },
  };
}

function has(reader: SchemaReader, key: string): Formula {
  const { formulas } = reader;
  return formulas.test('object', { kind: 'some-property', names: formulas.values([key]), value: formulas.always });
}

function lacks(reader: SchemaReader, key: string): Formula {
  const { formulas } = reader;
  return formulas.test('object', { kind: 'every-property', names: formulas.values([key]), value: formulas.never });
}

function otherNames(reader: SchemaReader, schema: Keywords): Formula {
  const { formulas } = reader;
  const names = isRecord(schema.properties) ? Object.keys(schema.properties) : [];
  const patterns = isRecord(schema.patternProperties) ? Object.keys(schema.patternProperties) : [];
  const others = patterns.map((source) =>
    formulas.not(formulas.test('string', { kind: 'pattern', source, negated: false })),
  );
  return formulas.within(formulas.and(formulas.values(names, true), ...others), 'string');
}

function dependencyParts(reader: SchemaReader, schema: Keywords, at: string): Part[] {
  const keywords = reader.dialect === 'draft-07' ? ['dependencies'] : ['dependentRequired', 'dependentSchemas'];
  return keywords.flatMap((keyword) => {
    const dependencies = schema[keyword];
    if (!isRecord(dependencies)) return [];
    return Object.entries(dependencies).map(([key, needed]) => {
      const place = pointer(at, keyword, key);
      const then = isArray(needed)
        ? reader.formulas.and(...needed.map((name) => has(reader, String(name))))
        : reader.read(needed, place).formula;
      return reader.part(keyword, place, reader.formulas.or(lacks(reader, key), then));
    });
  });
}

function unevaluatedPart(reader: SchemaReader, schema: Keywords, at: string): Part[] {
  const { unevaluatedProperties } = schema;
  if (unevaluatedProperties === undefined || reader.dialect !== '2020-12') return [];
  if (schema.additionalProperties !== undefined) return [];
  const place = pointer(at, 'unevaluatedProperties');
  if (reader.standsAlone(schema))
    return [propertyPart(reader, 'unevaluatedProperties', unevaluatedProperties, place, otherNames(reader, schema))];
  reader.doubt(
    place,
    'undecided-keyword',
    'unevaluatedProperties is decided only where nothing beside it evaluates properties.',
    'Say it with additionalProperties.',
  );
  return [];
}

/** Reads what a schema asserts about objects. */
export function readObjectKeywords(reader: SchemaReader, schema: Keywords, at: string): Part[] {
  const { formulas } = reader;
  const parts: Part[] = [];
  if (isArray(schema.required))
    for (const [index, key] of schema.required.entries())
      parts.push(reader.part('required', pointer(at, 'required', index), has(reader, String(key))));
  for (const [key, value] of Object.entries(isRecord(schema.properties) ? schema.properties : {}))
    parts.push(propertyPart(reader, 'properties', value, pointer(at, 'properties', key), formulas.values([key])));
  for (const [source, value] of Object.entries(isRecord(schema.patternProperties) ? schema.patternProperties : {})) {
    const place = pointer(at, 'patternProperties', source);
    const names = formulas.within(reader.patternFormula(source, place), 'string');
    parts.push(propertyPart(reader, 'patternProperties', value, place, names));
  }
  if (schema.additionalProperties !== undefined) {
    const place = pointer(at, 'additionalProperties');
    parts.push(
      propertyPart(reader, 'additionalProperties', schema.additionalProperties, place, otherNames(reader, schema)),
    );
  }
  parts.push(...unevaluatedPart(reader, schema, at));
  if (schema.propertyNames !== undefined) {
    const place = pointer(at, 'propertyNames');
    const wrong = formulas.within(formulas.not(reader.child(schema.propertyNames, place).formula), 'string');
    const test = { kind: 'every-property', names: wrong, value: formulas.never } as const;
    parts.push(reader.part('propertyNames', place, formulas.test('object', test)));
  }
  parts.push(...dependencyParts(reader, schema, at));
  const count = (keyword: string, kind: 'fewest' | 'most') => {
    const value = schema[keyword];
    if (typeof value === 'number' && !(kind === 'fewest' && value === 0))
      parts.push(reader.part(keyword, pointer(at, keyword), formulas.test('object', { kind, count: value })));
  };
  count('minProperties', 'fewest');
  count('maxProperties', 'most');
  return parts;
}
