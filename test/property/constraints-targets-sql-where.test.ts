import { DatabaseSync } from 'node:sqlite';
import { describe, expect, it } from 'vitest';
import { type SqlWhere, sqlRow, sqlWhere } from '../../lib/engines/constraints/targets/sql-where.ts';
import { aField, aRule, aSet, compared, forbid, isIn, linear, TRUE } from '../support/constraint-sets.ts';
import { PATIENCE, Tally, targetCases } from '../support/constraint-targets.ts';

describe('the SQL condition', () => {
  it('selects no row that holds something else than an input, and none is neither selected nor not', () => {
    const fields = [
      aField('size', 'fact', { kind: 'integer' }),
      aField('months', 'fact', { kind: 'integer' }, { optional: true, minimum: 1 }),
      aField('kind', 'fact', { kind: 'enum', values: ['a', 'b'] }),
      aField('parts', 'fact', { kind: 'set', values: ['x', 'y', 'z'], maximumSize: 2 }, { optional: true }),
    ];
    const { text } = sqlWhere(aSet(fields, [aRule('r', TRUE, forbid(compared(0, 'eq', 5)))]), { day: 0 });
    const { where, parameters } = JSON.parse(text) as SqlWhere;
    const rows: [selected: boolean, ...(string | number | null)[]][] = [
      [true, 0, null, 'a', null],
      [true, 100, 1, 'b', 3],
      [true, 6, 100, 'b', 0],
      [false, 5, null, 'a', null],
      [false, null, null, 'a', null],
      [false, 101, null, 'a', null],
      [false, 1, 0, 'a', null],
      [false, 1, null, 'c', null],
      [false, 1, null, null, null],
      [false, 1, null, 'a', 7],
      [false, 1, null, 'a', 8],
      [false, 'many', null, 'a', null],
    ];
    const database = new DatabaseSync(':memory:');
    database.exec('CREATE TABLE t ("size", "months", "kind", "parts")');
    const insert = database.prepare('INSERT INTO t VALUES (?, ?, ?, ?)');
    for (const [, ...row] of rows) insert.run(...row);
    const answers = database.prepare(`SELECT (${where}) AS answer FROM t ORDER BY rowid`).all(...parameters);
    expect(answers.map(({ answer }) => answer)).toEqual(rows.map(([selected]) => (selected ? 1 : 0)));
  });

  it('takes a thousand rules within the depth that SQLite allows, and refuses what takes more parameters than it takes', () => {
    const size = aField('size', 'fact', { kind: 'integer' }, { maximum: 100_000 });
    const setOf = (count: number) =>
      aSet(
        [size],
        Array.from({ length: count }, (_, n) => aRule(`r${n}`, TRUE, forbid(linear({ 0: 1 }, 'eq', 2 * n)))),
      );
    const { where, parameters } = JSON.parse(sqlWhere(setOf(3000), { day: 0 }).text) as SqlWhere;
    const database = new DatabaseSync(':memory:');
    database.exec('CREATE TABLE t ("size"); INSERT INTO t VALUES (4), (5), (6000)');
    const found = database.prepare(`SELECT "size" AS n FROM t WHERE ${where}`).all(...parameters);
    expect(found.map(({ n }) => n)).toEqual([5, 6000]);
    const values = Array.from({ length: 1000 }, (_, n) => `w${n}`);
    const kind = aField('kind', 'fact', { kind: 'enum', values });
    const wide = Array.from({ length: 70 }, (_, n) =>
      aRule(`r${n}`, TRUE, forbid(isIn(0, ...[...values.keys()].filter((v) => v % 2 === n % 2)))),
    );
    expect(sqlWhere(aSet([kind], wide), { day: 0 })).toMatchObject({
      fidelity: 'refused',
      because: [expect.stringMatching(/^The condition takes \d+ parameters/)],
    });
  });

  it(
    'selects the rows that the rules permit, and no others',
    () => {
      const tally = new Tally();
      for (const { set, output, inputs } of targetCases(sqlWhere, { seed: 21, sets: 60, inputs: 25, mixed: 0.9 })) {
        tally.add(output.fidelity);
        const { where, parameters } = JSON.parse(output.text) as SqlWhere;
        const database = new DatabaseSync(':memory:');
        const quoted = set.fields.map(({ path }) => `"${path.replaceAll('"', '""')}"`);
        const columns = set.fields.map(
          ({ type }, index) => `${quoted[index]} ${type.kind === 'enum' ? 'TEXT' : 'BIGINT'}`,
        );
        database.exec(`CREATE TABLE requests (n INTEGER, ${columns.join(', ')})`);
        const insert = database.prepare(`INSERT INTO requests VALUES (?, ${quoted.map(() => '?').join(', ')})`);
        inputs.forEach(({ values }, n) => {
          insert.run(n, ...set.fields.map(({ path }) => sqlRow(set, values)[path] ?? null));
        });
        const select = (condition: string) =>
          database.prepare(`SELECT n FROM requests WHERE ${condition}`).all(...parameters);
        const permitted = new Set(select(where).map(({ n }) => n));
        inputs.forEach(({ values, reference }, n) => {
          expect(tally.fault(output, reference, permitted.has(n)), `${where}\n${JSON.stringify(values)}`).toBe(
            undefined,
          );
        });
        // Never NULL: what is not selected is selected by the opposite.
        expect(select(`NOT (${where})`)).toHaveLength(inputs.length - permitted.size);
        database.close();
      }
      expect(tally.fidelity).toMatchObject({ weaker: 0, refused: 0 });
      expect(Math.min(...Object.values(tally.outcomes))).toBeGreaterThan(500);
    },
    PATIENCE,
  );
});
