import { type Json, type JsonObject, pointer } from '../../core/json.ts';
import { type Expression, evaluate, parseExpression, pathsOf } from './intrinsics.ts';
import { isObject, type Path, UnsupportedSyntax } from './json-path.ts';

/**
 * A payload template (`Parameters`, `ResultSelector`): JSON in which members whose names end in `.$` are computed.
 * Source: Amazon States Language, "Payload Template".
 */
export type Template =
  | { readonly kind: 'value'; readonly value: Json }
  | { readonly kind: 'array'; readonly elements: readonly Template[] }
  | { readonly kind: 'object'; readonly members: readonly Member[] };

interface Member {
  readonly name: string;
  readonly template: Template | { readonly kind: 'computed'; readonly expression: Expression };
}

/** Reports a problem at a JSON Pointer below the template. */
export type Report = (pointer: string, message: string) => void;

/** Parses a payload template that must be an object; what is wrong is reported, and `undefined` returned for it. */
export function parseTemplate(value: Json, report: Report): Template | undefined {
  if (!isObject(value)) {
    report('', 'A payload template must be an object.');
    return undefined;
  }
  return templateOf(value, '', report);
}

function templateOf(value: Json, at: string, report: Report): Template {
  if (Array.isArray(value)) {
    return { kind: 'array', elements: value.map((element, index) => templateOf(element, pointer(at, index), report)) };
  }
  if (!isObject(value)) return { kind: 'value', value };
  return { kind: 'object', members: Object.keys(value).flatMap((key) => memberOf(value, key, at, report)) };
}

function memberOf(object: JsonObject, key: string, at: string, report: Report): readonly Member[] {
  const here = pointer(at, key);
  const value = object[key] ?? null;
  if (!key.endsWith('.$')) return [{ name: key, template: templateOf(value, here, report) }];
  const name = key.slice(0, -2);
  if (Object.hasOwn(object, name)) report(here, `The template has both "${name}" and "${key}".`);
  if (typeof value !== 'string') {
    report(here, 'A member whose name ends in ".$" must be a path or a function call.');
    return [];
  }
  try {
    return [{ name, template: { kind: 'computed', expression: parseExpression(value) } }];
  } catch (error) {
    if (!(error instanceof UnsupportedSyntax)) throw error;
    report(here, `${error.message}.`);
    return [];
  }
}

/** Every path in a template. */
export function templatePaths(template: Template): readonly Path[] {
  if (template.kind === 'array') return template.elements.flatMap(templatePaths);
  if (template.kind !== 'object') return [];
  return template.members.flatMap(({ template: inner }) =>
    inner.kind === 'computed' ? pathsOf(inner.expression) : templatePaths(inner),
  );
}

/**
 * Fills a template in.
 * @param read resolves a path for a named field, and throws where it selects nothing.
 */
export function fill(template: Template, read: (path: Path, field: string) => Json): Json {
  if (template.kind === 'value') return template.value;
  if (template.kind === 'array') return template.elements.map((element) => fill(element, read));
  return Object.fromEntries(
    template.members.map(({ name, template: inner }) => [
      name,
      inner.kind === 'computed' ? evaluate(inner.expression, (path) => read(path, `${name}.$`)) : fill(inner, read),
    ]),
  );
}
