import { describe, expect, it } from 'vitest';
import { escapeMarkdown, markdown } from '../../lib/engines/constraints/targets/markdown.ts';
import { PATIENCE, targetCases } from '../support/constraint-targets.ts';

/** The cells of a table's line, read as GitHub's Markdown does: a backslash takes its meaning from the next character. */
function cellsOf(line: string): string[] {
  const cells: string[] = [''];
  for (const [token] of line.matchAll(/\\.|./gu)) {
    if (token === '|') cells.push('');
    else cells[cells.length - 1] += token.length > 1 && token.startsWith('\\') ? token.slice(1) : token;
  }
  expect(cells.at(0)).toBe('');
  expect(cells.at(-1)).toBe('');
  return cells.slice(1, -1).map((cell) => cell.trim());
}

/** What nothing but this target wrote: everything else that has a meaning in Markdown stands behind a backslash. */
function unescaped(text: string): string {
  return text.replace(/\\[!-/:-@[-`{-~]/g, '');
}

/** A text as it is shown: line breaks as spaces, invisible characters by their number. */
function shown(text: string): string {
  return escapeMarkdown(text).replace(/\\([!-/:-@[-`{-~])/g, '$1');
}

describe('the Markdown tables', () => {
  it('show a text as it stands', () => {
    expect(escapeMarkdown('a|b\n<i>*x*</i> [l](u) `c` \\ 5 %')).toBe(
      'a\\|b \\<i\\>\\*x\\*\\<\\/i\\> \\[l\\](u) \\`c\\` \\\\ 5 %',
    );
    expect(escapeMarkdown('\u202egnp.exe\u0000')).toBe('\\<U\\+202E\\>gnp\\.exe\\<U\\+0000\\>');
    expect(escapeMarkdown('- www.x.com a-b --- -1')).toBe('\\- www\\.x\\.com a-b \\-\\-\\- \\-1');
  });

  it(
    'show each rule once, below its owner, whatever is written in it',
    () => {
      let hostileSets = 0;
      for (const { set, output, isHostile } of targetCases(markdown, { seed: 30, sets: 40, inputs: 0, rules: 12 })) {
        hostileSets += isHostile ? 1 : 0;
        const lines = output.text.split('\n');
        const found: string[][] = [];
        let section = '';
        for (const line of lines) {
          expect(line).not.toMatch(/[\p{Cc}\u2028\u2029\u202e]/u);
          // Only what the layout needs stands without a backslash.
          expect(unescaped(line)).not.toMatch(/[<>[\]`*_{}~$]/);
          if (line.startsWith('## ')) section = line.slice(3).replace(/\\([!-/:-@[-`{-~])/g, '$1');
          if (
            !line.startsWith('| ') ||
            line.startsWith('| ---') ||
            line.startsWith('| Rule |') ||
            line.startsWith('| Field |')
          )
            continue;
          const cells = cellsOf(line);
          expect(cells).toHaveLength(5);
          if (section !== 'Fields') found.push([section, cells[0]!, cells[4]!]);
        }
        const expected = set.rules.map(({ id, owner, message }) => [owner, id, message].map(shown));
        const sorted = (rows: string[][]) => rows.map((row) => JSON.stringify(row)).sort();
        expect(sorted(found)).toEqual(sorted(expected));
      }
      expect(hostileSets).toBeGreaterThan(10);
    },
    PATIENCE,
  );
});
