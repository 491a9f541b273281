import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';

const text = readFileSync(new URL('../../docs/features.md', import.meta.url), 'utf8');

const rows = [...text.matchAll(/^\| ([A-E]\d+) \| (.+?) \| (\S+) \| (.+?) \|$/gm)].map(([, row, , file, test]) => ({
  row: row ?? '',
  file: file ?? '',
  test: test ?? '',
}));

describe('docs/features.md', () => {
  it('names every row once', () => {
    const names = rows.map(({ row }) => row);
    expect(names.length).toBeGreaterThan(30);
    expect(new Set(names).size).toBe(names.length);
    expect(rows).toHaveLength(text.match(/^\| [A-E]\d+ \|/gm)?.length ?? 0);
  });

  it.each(rows)('$row: the test exists', ({ file, test }) => {
    const url = new URL(`../../${file}`, import.meta.url);
    expect(existsSync(url)).toBe(true);
    expect(readFileSync(url, 'utf8')).toContain(test);
  });
});
