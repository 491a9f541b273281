import { type Json, type JsonObject, pointer } from '../../../core/json.ts';
import type { ContractDocument } from '../contract-document.ts';
import { compilePayloadSchema } from '../payload-schema.ts';
import type { ContractFinding } from './compare-contracts.ts';

/** Every `format` of a payload schema with its place. Contracts check formats, which JSON Schema leaves to whoever reads it. */
function formatsIn(schema: Json, at = ''): string[] {
  if (typeof schema !== 'object' || schema === null) return [];
  return Object.entries(schema).flatMap(([name, inner]) =>
    name === 'format' && typeof inner === 'string' ? [`${at} ${inner}`] : formatsIn(inner as Json, pointer(at, name)),
  );
}

/** Formats that the new version asks for and the old one did not. */
export function formatFindings(old: ContractDocument, next: ContractDocument): ContractFinding[] {
  const before = new Set(formatsIn(old.payload.schema as Json));
  return formatsIn(next.payload.schema as Json).flatMap((each) => {
    const [at = '', format] = each.split(' ');
    if (before.has(each)) return [];
    return [
      {
        document: 'new',
        pointer: `/payload/schema${at}/format`,
        rule: 'format-added',
        harmed: ['producer'],
        message: `Texts there have to be of the format "${format}" now.`,
        mend: 'Ask both sides, and publish it as a new major version.',
      },
    ];
  });
}

const SAMPLES: Readonly<Record<string, string>> = {
  date: '2026-01-31',
  'date-time': '2026-01-31T12:00:00Z',
  email: 'somebody@example.com',
  uri: 'https://example.com/',
  uuid: '00000000-0000-4000-8000-000000000000',
};

function replacedAt(value: Json, [name, ...rest]: readonly string[], by: string): Json {
  if (name === undefined) return by;
  if (Array.isArray(value))
    return value.map((each, index) => (String(index) === name ? replacedAt(each, rest, by) : each));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, each]) => [key, key === name ? replacedAt(each as Json, rest, by) : each]),
  );
}

/**
 * The counterexample as an instance that the old contract really takes: the comparison knows no formats, so texts that lack theirs
 * are given one. It is left as it is where that does not do.
 */
export function inFormat(counterexample: Json, old: ContractDocument, next: ContractDocument): Json {
  const [accepts, refuses] = [old, next].map(({ payload }) => compilePayloadSchema(payload.schema as JsonObject, ''));
  let instance = counterexample;
  for (const problem of accepts?.(instance) ?? []) {
    if (problem.code !== 'schema-format') continue;
    const path = problem.pointer
      .split('/')
      .slice(1)
      .map((token) => token.replaceAll('~1', '/').replaceAll('~0', '~'));
    const fitting = Object.values(SAMPLES).map((sample) => replacedAt(instance, path, sample));
    instance = fitting.find((each) => accepts?.(each).every((left) => left.pointer !== problem.pointer)) ?? instance;
  }
  return accepts?.(instance).length === 0 && (refuses?.(instance).length ?? 0) > 0 ? instance : counterexample;
}
