import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { compareSchemas } from '../../../lib/engines/handoff/compatibility/compare-schemas.ts';
import { ANNOTATIONS, KEYWORDS } from '../../../lib/engines/handoff/compatibility/dialect.ts';

const text = readFileSync(new URL('../../../docs/handoff-compatibility.md', import.meta.url), 'utf8');

interface Example {
  readonly name: string;
  readonly verdict: string;
  readonly pointer?: string;
  readonly old: unknown;
  readonly new: unknown;
}

const examples: readonly Example[] = [...text.matchAll(/```json example\n(.*?)```/gs)].map(([, example]) =>
  JSON.parse(example ?? ''),
);

test('the document has examples of each verdict', () => {
  expect(new Set(examples.map(({ verdict }) => verdict))).toEqual(new Set(['compatible', 'breaking', 'unknown']));
  expect(examples.length).toBeGreaterThanOrEqual(9);
});

test.each(examples.map((example) => [example.name, example] as const))('%s', (_, example) => {
  const { verdict, findings } = compareSchemas(example.old, example.new, 'backward');
  expect(verdict).toBe(example.verdict);
  expect(findings[0]?.pointer).toBe(example.pointer);
});

test('the document names each keyword that is read', () => {
  const keywords = new Set([...ANNOTATIONS, ...KEYWORDS['draft-07'], ...KEYWORDS['2020-12']]);
  expect([...keywords].filter((keyword) => !text.includes(`\`${keyword}\``))).toEqual([]);
});
