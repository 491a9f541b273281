import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';

const page = readFileSync(new URL('../../../docs/security.md', import.meta.url), 'utf8');
const files = new Map(
  [...page.matchAll(/`(\w+)` (?:stands )?for\s+`([\w/.-]+\.test\.ts)`/g)].map((at) => [at[1], at[2]]),
);
const named = [...page.matchAll(/^\| .+ \| (\S+) › (.+) \|$/gm)].map((at) => ({
  file: files.get(at[1] ?? '') ?? at[1] ?? '',
  test: at[2] ?? '',
}));

describe('docs/security.md', () => {
  it('names a test in every row', () => {
    const rows = page.split('\n').filter((line) => line.startsWith('| ') && !line.startsWith('| statement'));
    expect(rows.length).toBeGreaterThan(25);
    expect(named).toHaveLength(rows.length);
  });

  it.each(named)('$file › $test exists', ({ file, test }) => {
    const url = new URL(`../${file}`, import.meta.url);
    expect(existsSync(url)).toBe(true);
    expect(readFileSync(url, 'utf8')).toContain(`'${test}'`);
  });
});
