import { describe, expect, it } from 'vitest';
import { InvalidInput } from '../../../lib/core/errors.ts';
import { decide } from '../../../lib/engines/constraints/evaluate/decide.ts';
import { readInput } from '../../../lib/engines/constraints/evaluate/read-input.ts';
import { compileSource } from '../../../lib/engines/constraints/source/compile.ts';
import { formatSource } from '../../../lib/engines/constraints/source/format.ts';
import { importTableCsv, withTable } from '../../../lib/engines/constraints/source/import-table-csv.ts';
import { HEAD } from './sources.ts';

const SOURCE = `${HEAD}fields:
  discount: { type: ratio, minimum: 0 %, maximum: 60 % }
  segment: { type: enum, values: [smb, mid, enterprise], optional: true }
  clauses: { type: set, values: [exit, audit] }
`;
const CSV = `if discount,if segment,if clauses,then route,then forbid,then message
<=10%,,,none,,Within the ceiling
(10 %..20 %],"smb, mid",,sales-lead,,
> 20 %,"not(""smb"")","exit, audit",,true,No exit clauses at this discount
,absent,,"vp; cfo",,
`;
const HEADING = { id: 'ceilings', owner: 'sales-operations', hit: 'first', complete: true } as const;

function problemsOf(run: () => unknown): string[] {
  try {
    run();
  } catch (error) {
    if (error instanceof InvalidInput) return error.problems.map(({ code, message }) => `${code} ${message}`);
    throw error;
  }
  return [];
}

describe('decision tables', () => {
  const text = withTable(SOURCE, 'policy.yaml', importTableCsv(CSV, 'ceilings.csv', HEADING));
  const set = compileSource(text, 'policy.yaml');

  it.each([
    [
      { discount: '10 %', clauses: [] },
      { applied: ['ceilings#1'], route: [], outcome: 'allowed' },
    ],
    [
      { discount: '10.01 %', segment: 'mid', clauses: [] },
      { applied: ['ceilings#2'], route: ['sales-lead'] },
    ],
    [
      { discount: '30 %', segment: 'mid', clauses: ['exit'] },
      { applied: ['ceilings#3'], outcome: 'denied' },
    ],
    [
      { discount: '30 %', clauses: ['exit'] },
      { applied: ['ceilings#4'], route: ['cfo', 'vp'] },
    ],
    [
      { discount: '30 %', segment: 'smb', clauses: [] },
      { applied: [], outcome: 'allowed' },
    ],
  ])('decide %j', (input, expected) => {
    expect(decide(set, readInput(set, input), 20_500)).toMatchObject(expected);
  });

  it('keep their rows apart for questions about gaps and overlaps', () => {
    expect(set.tables[0]).toMatchObject({ id: 'ceilings', hitPolicy: 'first', inputs: [0, 1, 2], complete: true });
    expect(set.tables[0]?.rows.map(({ rule }) => rule)).toEqual([0, 1, 2, 3]);
    expect(set.rules[1]?.whenSource).toBe(
      'request.discount > percent("10") && request.discount <= percent("20") && has(request.segment) && (request.segment == "smb" || request.segment == "mid")',
    );
  });

  it('stay as they are when laid out again', () => {
    expect(formatSource(text, 'policy.yaml')).toBe(text);
    expect(text).toContain(`- if: [ '(10 %..20 %]', '"smb", "mid"', '-' ]`);
  });

  it('take the row of the highest priority', () => {
    const priority = text
      .replace('hit: first', 'hit: priority')
      .replace('route: [ vp, cfo ]', 'route: [ vp, cfo ]\n        priority: 5');
    const other = compileSource(priority, 'policy.yaml');
    expect(decide(other, readInput(other, { discount: '5 %', clauses: [] }), 20_500).applied).toEqual(['ceilings#4']);
  });

  it('say where a cell is wrong', () => {
    const wrong = text.replace("'(10 %..20 %]'", "'(30 %..20 %]'").replace('"mid"', '"midd"').replace('absent', "'<<'");
    expect(problemsOf(() => compileSource(wrong, 'policy.yaml'))).toEqual([
      expect.stringMatching(/^invalid-value policy.yaml:\d+:16: No value lies in the range/),
      expect.stringMatching(/^undeclared-value policy.yaml:\d+:\d+: "midd" is not among the declared values/),
      expect.stringMatching(/^invalid-cell policy.yaml:\d+:\d+: The cell cannot be read/),
    ]);
  });
});

describe('CSV import', () => {
  it('says every problem by line', () => {
    const csv = 'if discount,then route,then forbid\n<<,vp,\n,vp,true\n,,\n';
    expect(problemsOf(() => importTableCsv(csv, 'a.csv', HEADING))).toEqual([
      expect.stringContaining('invalid-cell a.csv:2: discount, "<<":'),
      expect.stringContaining('wrong-result a.csv:3: The row has 2 results.'),
      expect.stringContaining('wrong-result a.csv:4: The row has no result.'),
    ]);
    expect(problemsOf(() => importTableCsv('discount,then route\n3 %,vp\n', 'a.csv', HEADING))).toHaveLength(2);
  });

  it('replaces a table of the same id', () => {
    const once = withTable(SOURCE, 'p.yaml', importTableCsv(CSV, 'a.csv', HEADING));
    expect(withTable(once, 'p.yaml', importTableCsv(CSV, 'a.csv', HEADING))).toBe(once);
  });
});
