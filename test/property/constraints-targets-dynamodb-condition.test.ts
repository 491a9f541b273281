import { ConditionalCheckFailedException, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  type AttributeValue,
  type DynamodbCondition,
  dynamodbCondition,
  dynamodbItem,
} from '../../lib/engines/constraints/targets/dynamodb-condition.ts';
import { Tally, targetCases } from '../support/constraint-targets.ts';
import { type StartedTable, startTable } from '../support/dynamodb.ts';
import { Dice } from '../unit/constraints/dice.ts';

type Item = Record<string, AttributeValue>;

let started: StartedTable;
beforeAll(async () => {
  started = await startTable();
});
afterAll(() => started.close());

const key = { pk: { S: 'request' }, sk: { S: 'one' } };

/** Whether a put over an item passes under a condition. */
async function passes(item: Item, condition: DynamodbCondition): Promise<boolean> {
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
  it('lets a put pass over the items that the rules permit', async () => {
    const tally = new Tally();
    const dice = new Dice(270);
    const options = { seed: 27, sets: 60, inputs: 12, mixed: 0.3, rules: 4 };
    for (const { set, output, inputs } of targetCases(dynamodbCondition, options)) {
      tally.add(output.fidelity);
      if (output.fidelity === 'refused') {
        expect(output.because.join()).toMatch(/^The expression (takes|has) \d+ /);
        continue;
      }
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
    expect(Math.min(...Object.values(tally.fidelity), tally.spared)).toBeGreaterThan(1);
    expect(Math.min(...Object.values(tally.outcomes))).toBeGreaterThan(100);
  });
});
