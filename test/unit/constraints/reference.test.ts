import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { InvalidInput } from '../../../lib/core/errors.ts';
import { decide } from '../../../lib/engines/constraints/evaluate/decide.ts';
import { readInput } from '../../../lib/engines/constraints/evaluate/read-input.ts';
import { compileSource } from '../../../lib/engines/constraints/source/compile.ts';
import { formatSource } from '../../../lib/engines/constraints/source/format.ts';
import { importTableCsv, withTable } from '../../../lib/engines/constraints/source/import-table-csv.ts';
import { readDate } from '../../../lib/engines/constraints/written-values.ts';

const text = readFileSync(new URL('../../../docs/constraints.md', import.meta.url), 'utf8');

function block(kind: string): string {
  const found = text.split(`\`\`\`${kind}\n`)[1]?.split('```')[0];
  if (found === undefined) throw new Error(`There is no ${kind} block in the reference.`);
  return found;
}

const source = block('yaml source');

function withCondition(condition: string): string {
  return source.replace(
    'tables:',
    `  - { id: example, owner: o, modality: forbid, when: ${JSON.stringify(condition)} }\n\ntables:`,
  );
}

describe('the language reference', () => {
  const set = compileSource(source, 'constraints.md');

  it('shows a source as the formatter lays it out', () => {
    expect(formatSource(source, 'constraints.md')).toBe(source);
  });

  it('says what its example decides', () => {
    const day = readDate('2026-06-15');
    const decision = decide(set, readInput(set, JSON.parse(block('json input'))), 'value' in day ? day.value : 0);
    expect(decision).toMatchObject({ outcome: 'routed', route: ['cfo', 'legal', 'sales-lead'], violated: [] });
    expect(decision.defaults).toEqual({ 'account.churnRisk': 25 });
  });

  it.each(block('cel').trim().split('\n'))('compiles %s', (condition) => {
    expect(compileSource(withCondition(condition), 'constraints.md').rules).toHaveLength(set.rules.length + 1);
  });

  it.each(block('cel-refused').trim().split('\n'))('refuses %s', (condition) => {
    expect(() => compileSource(withCondition(condition), 'constraints.md')).toThrow(InvalidInput);
  });

  it('imports its CSV table', () => {
    const table = importTableCsv(block('csv'), 'levels.csv', { id: 'imported', owner: 'sales', hit: 'first' });
    const { rules } = compileSource(withTable(source, 'constraints.md', table), 'constraints.md');
    expect(rules.filter((rule) => rule.table?.id === 'imported').map(({ effect }) => effect.kind)).toEqual([
      'route',
      'route',
      'route',
      'require',
    ]);
  });
});
