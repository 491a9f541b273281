import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { stringify } from 'yaml';
import { InvalidInput } from '../../lib/core/errors.ts';
import { environmentOf, environments } from '../../lib/infra/environments.ts';
import { readEnvironments } from '../../lib/infra/environments-file.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'countersign-environments-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function file(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

const mine = { ours: { ...(environments.dev as object), oversightAddress: 'us@example.org' } };

describe('environments in a file of one’s own', () => {
  test('stand in place of those of the repository, written as YAML or as JSON', () => {
    for (const path of [file('mine.yaml', stringify(mine)), file('mine.json', JSON.stringify(mine))]) {
      const known = readEnvironments(path);
      expect(environmentOf('ours', known).settings.oversightAddress).toBe('us@example.org');
      expect(() => environmentOf('dev', known)).toThrow(/no environment "dev".*ours/);
      expect(() => environmentOf('dev', known, path)).toThrow(`Use one of ours, or add it to ${path}.`);
    }
  });

  test('without a file the repository’s are used', () => {
    expect(readEnvironments(undefined)).toBe(environments);
  });

  test('a wrong setting in the file is named', () => {
    const wrong = { ours: { ...mine.ours, throttles: { api: { ratePerSecond: 0, burst: 1 } } } };
    const known = readEnvironments(file('wrong.yaml', stringify(wrong)));
    try {
      environmentOf('ours', known);
      expect.unreachable();
    } catch (error) {
      expect((error as InvalidInput).problems.map(({ pointer }) => pointer).sort()).toEqual([
        '/throttles/api/ratePerSecond',
        '/throttles/approvals',
      ]);
    }
  });

  test.each([
    ['missing.yaml', undefined, /missing\.yaml cannot be read/],
    ['broken.json', '{"dev":', /broken\.json cannot be read/],
    ['list.yaml', '- dev', /list\.yaml must hold one object/],
    ['empty.yaml', '', /empty\.yaml must hold one object/],
  ])('%s is refused by its name', (name, text, message) => {
    const path = text === undefined ? join(folder, name) : file(name, text);
    expect(() => readEnvironments(path)).toThrow(InvalidInput);
    expect(() => readEnvironments(path)).toThrow(message);
  });
});
