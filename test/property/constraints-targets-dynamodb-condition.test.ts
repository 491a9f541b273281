import { ConditionalCheckFailedException, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { AttributeValue } from '../../lib/engines/constraints/targets/condition-writer.ts';
import {
  type DynamodbCondition,
  dynamodbCondition,
  dynamodbItem,
} from '../../lib/engines/constraints/targets/dynamodb-condition.ts';
import { aField, aRule, aSet, compared, forbid, isIn, TRUE } from '../support/constraint-sets.ts';
import { PATIENCE, Tally, targetCases } from '../support/constraint-targets.ts';
import { type StartedTable, startTable } from '../support/dynamodb.ts';
import { Dice } from '../unit/constraints/dice.ts';

type Item = Record<string, AttributeValue>;

let started: StartedTable;
beforeAll(async () => {
  started = await startTable();
});
afterAll(() => started.close());

/** Whether a put over an item passes under a condition. */
async function passes(item: Item, condition: DynamodbCondition, id = 'one'): Promise<boolean> {
  const key = { pk: { S: 'request' }, sk: { S: id } };
  const { client, tableName: TableName } = started;
  await client.send(new PutItemCommand({ TableName, Item: { ...item, ...key } as never }));
  try {
    await client.send(new PutItemCommand({ TableName, Item: key, ...(condition as object) }));
    return true;
  } catch (error) {
    if (error instanceof ConditionalCheckFailedException) return false;
    throw error;
  }
}

describe('the DynamoDB condition', () => {
  it('asks in parts whether a word is among more than DynamoDB takes at once, and fits the limits or is refused', async () => {
    const words = Array.from({ length: 250 }, (_, index) => `w${index}`);
    const kind = aField('kind', 'fact', { kind: 'enum', values: words });
    const rule = (n: number) => aRule(`r${n}`, TRUE, forbid(isIn(0, n, n + 1)));
    const output = dynamodbCondition(aSet([kind], [rule(10)]), { day: 0 });
    expect(output.fidelity).toBe('exact');
    const condition = JSON.parse(output.text) as DynamodbCondition;
    for (const list of condition.ConditionExpression.matchAll(/IN \(([^)]*)\)/g))
      expect(list[1]?.split(',').length).toBeLessThanOrEqual(100);
    const answers = await Promise.all(
      ['w9', 'w10', 'w11', 'w249', 'w250'].map(async (word, n) =>
        passes({ kind: { S: word } }, condition, `many-${n}`),
      ),
    );
    expect(answers).toEqual([true, false, false, true, false]);

    const small = aField('size', 'fact', { kind: 'integer' });
    const long = aSet(
      [small],
      Array.from({ length: 400 }, (_, n) => aRule(`r${n}`, TRUE, forbid(compared(0, 'eq', n % 90)))),
    );
    const { fidelity, because, text } = dynamodbCondition(long, { day: 0 });
    expect({ fidelity, text }).toEqual({ fidelity: 'refused', text: '' });
    expect(because).toEqual([
      expect.stringMatching(/^The expression (takes \d+ bytes|has \d+ operators); DynamoDB takes \d+\.$/),
    ]);
    const many = aSet(
      [small],
      long.rules.slice(0, 160).map((each, n) => ({ ...each, effect: forbid(compared(0, 'eq', n % 9)) })),
    );
    expect(dynamodbCondition(many, { day: 0 }).because.join()).toMatch(/^The expression has \d+ operators/);
  });

  it(
    'lets a put pass over the items that the rules permit',
    async () => {
      const tally = new Tally();
      const dice = new Dice(270);
      const options = { seed: 27, sets: 24, inputs: 6, mixed: 0.9, rules: 4 };
      for (const { set, output, inputs } of targetCases(dynamodbCondition, options)) {
        tally.add(output.fidelity);
        if (output.fidelity === 'refused') {
          expect(output.because.join()).toMatch(/^The expression (takes|has) \d+ /);
          continue;
        }
        const { ConditionExpression } = JSON.parse(output.text) as DynamodbCondition;
        expect(ConditionExpression).toMatch(/^[ (),.:#\w<>=]{1,4096}$/);
        const condition = JSON.parse(output.text) as DynamodbCondition;
        for (const { values, reference } of inputs) {
          const item = dynamodbItem(set, values) as Item;
          for (const { path, optional } of set.fields)
            if (optional && item[path] === undefined && dice.chance(0.3)) item[path] = { NULL: true };
          const passed = await passes(item, condition);
          expect(tally.fault(output, reference, passed), `${output.text}\n${JSON.stringify(item)}`).toBe(undefined);
        }
        const whole = dynamodbItem(set, inputs[0]!.values) as Item;
        const { path } = dice.pick(set.fields.filter((field) => !field.optional && !field.path.includes('.')));
        const { [path]: _, ...without } = whole;
        expect(await passes(without, condition)).toBe(false);
        expect(await passes({ ...whole, [path]: { NULL: true } }, condition)).toBe(false);
      }
      expect(Math.min(tally.fidelity.exact, tally.fidelity.weaker)).toBeGreaterThan(1);
      expect(tally.spared).toBeGreaterThan(0);
      expect(Math.min(...Object.values(tally.outcomes))).toBeGreaterThan(15);
    },
    PATIENCE,
  );
});
