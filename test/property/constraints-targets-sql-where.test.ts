import { DatabaseSync } from 'node:sqlite';
import { describe, expect, it } from 'vitest';
import { type SqlWhere, sqlRow, sqlWhere } from '../../lib/engines/constraints/targets/sql-where.ts';
import { Tally, targetCases } from '../support/constraint-targets.ts';

describe('the SQL condition', () => {
  it('selects the rows that the rules permit, and no others', () => {
    const tally = new Tally();
    for (const { set, output, inputs } of targetCases(sqlWhere, { seed: 21, sets: 90, inputs: 25, mixed: 0.7 })) {
      tally.add(output.fidelity);
      const { where, parameters } = JSON.parse(output.text) as SqlWhere;
      const database = new DatabaseSync(':memory:');
      const quoted = set.fields.map(({ path }) => `"${path.replaceAll('"', '""')}"`);
      database.exec(`CREATE TABLE requests (n INTEGER, ${quoted.join(', ')})`);
      const insert = database.prepare(`INSERT INTO requests VALUES (?, ${quoted.map(() => '?').join(', ')})`);
      inputs.forEach(({ values }, n) => {
        insert.run(n, ...set.fields.map(({ path }) => sqlRow(set, values)[path] ?? null));
      });
      const select = (condition: string) =>
        database.prepare(`SELECT n FROM requests WHERE ${condition}`).all(...parameters);
      const permitted = new Set(select(where).map(({ n }) => n));
      inputs.forEach(({ values, reference }, n) => {
        expect(tally.fault(output, reference, permitted.has(n)), `${where}\n${JSON.stringify(values)}`).toBe(undefined);
      });
      // Never NULL: what is not selected is selected by the opposite.
      expect(select(`NOT (${where})`)).toHaveLength(inputs.length - permitted.size);
      database.close();
    }
    expect(tally.fidelity).toMatchObject({ weaker: 0, refused: 0 });
    expect(Math.min(...Object.values(tally.outcomes))).toBeGreaterThan(500);
  });
});
