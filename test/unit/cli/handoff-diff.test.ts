import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { runHere } from './support/run-here.ts';

let folder = '';
const put = (name: string, content: unknown): string => {
  const file = join(folder, name);
  writeFileSync(file, typeof content === 'string' ? content : JSON.stringify(content));
  return file;
};

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'countersign-diff-'));
  put('text.json', { type: 'string' });
  put('nullable.json', { type: ['string', 'null'] });
  put('unit.json', { type: 'string', 'x-unit': 'm' });
  put('wrong.json', { type: 'strng' });
});
afterAll(() => rmSync(folder, { recursive: true }));

const diff = (...args: readonly string[]) => runHere(['handoff', 'diff', ...args]);
const at = (name: string) => join(folder, name);

describe('countersign handoff diff', () => {
  test.each([
    ['text.json', 'nullable.json', [], 0, 'compatible'],
    ['nullable.json', 'text.json', [], 1, 'breaking'],
    ['text.json', 'nullable.json', ['--direction', 'forward'], 1, 'breaking'],
    ['text.json', 'nullable.json', ['--direction', 'full'], 1, 'breaking'],
    ['text.json', 'unit.json', [], 1, 'unknown'],
  ])('%s to %s with %j ends with %d: %s', async (old, next, options, code, verdict) => {
    const ran = await diff(at(old), at(next), ...options);
    expect([ran.code, ran.stdout.split('\n')[0]]).toEqual([code, verdict]);
    const json = await diff(at(old), at(next), ...options, '--json');
    expect(json.code).toBe(code);
    expect(JSON.parse(json.stdout).verdict).toBe(verdict);
  });

  test('shows pointer, rule and counterexample', async () => {
    const { stdout } = await diff(at('nullable.json'), at('text.json'));
    expect(stdout).toContain('new /type  type');
    expect(stdout).toContain('counterexample: null');
    const { findings } = JSON.parse((await diff(at('nullable.json'), at('text.json'), '--json')).stdout);
    expect(findings).toMatchObject([{ document: 'new', pointer: '/type', rule: 'type', counterexample: null }]);
  });

  test.each([
    ['a schema that is none', ['text.json', 'wrong.json'], 'not valid JSON Schema'],
    ['a file that is not there', ['text.json', 'missing.json'], 'cannot be read'],
    ['one file only', ['text.json'], 'Two schemas are needed'],
    ['a direction that is none', ['text.json', 'text.json', '--direction', 'sideways'], 'no direction'],
  ])('%s ends with 2', async (_, args, words) => {
    const paths = args.map((arg) => (arg.endsWith('.json') ? at(arg) : arg));
    const { code, stdout, stderr } = await diff(...paths);
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toContain(words);
  });
});

describe('a batch', () => {
  const string = { type: 'string' };
  const nullable = { type: ['string', 'null'] };
  const batch = async (lines: readonly (string | object)[], ...options: readonly string[]) => {
    const text = lines.map((line) => (typeof line === 'string' ? line : JSON.stringify(line))).join('\n');
    const { code, stdout } = await diff('--batch', put('pairs.ndjson', text), ...options);
    return {
      code,
      answers: stdout
        .split('\n')
        .filter(Boolean)
        .map((line) => JSON.parse(line)),
    };
  };

  test('answers each line with its id, also those that are wrong', async () => {
    const { code, answers } = await batch([
      { id: 'a', old: string, new: nullable, direction: 'backward' },
      { id: 'b', old: string, new: nullable, direction: 'forward' },
      'no json',
      '',
      { id: 'd', old: string },
      { id: 'e', old: string, new: { type: 'strng' } },
      { id: 'f', old: string, new: string, direction: 'sideways' },
      '[1]',
      { id: 8, old: string, new: string },
    ]);
    expect(code).toBe(2);
    expect(answers.map(({ id, verdict, error }) => [id, verdict ?? error.code])).toEqual([
      ['a', 'compatible'],
      ['b', 'breaking'],
      [null, 'InvalidInput'],
      ['d', 'InvalidInput'],
      ['e', 'InvalidInput'],
      ['f', 'InvalidInput'],
      [null, 'InvalidInput'],
      [8, 'compatible'],
    ]);
    expect(answers[1].findings[0]).toMatchObject({ document: 'old', pointer: '/type', counterexample: null });
  });

  test('takes the direction of the command where a line has none, and ends as its worst line', async () => {
    const pair = { id: 1, old: string, new: nullable };
    expect((await batch([pair])).code).toBe(0);
    expect((await batch([pair, { ...pair, direction: 'full' }])).code).toBe(1);
    expect((await batch([pair], '--direction', 'forward')).answers[0].verdict).toBe('breaking');
  });

  test('takes no schemas besides', async () => {
    const { code, stderr } = await diff(at('text.json'), '--batch', at('text.json'));
    expect(code).toBe(2);
    expect(stderr).toContain('names its schemas in its lines');
  });
});
