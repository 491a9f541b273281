import { setTimeout as delay } from 'node:timers/promises';
import {
  type AttributeValue,
  DescribeTableCommand,
  DynamoDBClient,
  paginateScan,
  RestoreTableToPointInTimeCommand,
} from '@aws-sdk/client-dynamodb';
import { OPERATOR } from './aws.ts';
import { REGION } from './place.ts';

/** A table's items, in the order of their keys. */
async function itemsOf(client: DynamoDBClient, TableName: string): Promise<Record<string, AttributeValue>[]> {
  const items: Record<string, AttributeValue>[] = [];
  for await (const { Items = [] } of paginateScan({ client }, { TableName, ConsistentRead: true }))
    items.push(...Items);
  const keyOf = ({ pk, sk }: Record<string, AttributeValue>) => `${pk?.S} ${sk?.S}`;
  return items.sort((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1));
}

/** Restores a table into another to the latest instant; answers the items of both, and the restored one's indexes. */
export async function restored(url: string, table: string) {
  const client = new DynamoDBClient({ endpoint: url, region: REGION, credentials: OPERATOR });
  const target = `${table}-restored`;
  const before = await itemsOf(client, table);
  await client.send(
    new RestoreTableToPointInTimeCommand({
      SourceTableName: table,
      TargetTableName: target,
      UseLatestRestorableTime: true,
    }),
  );
  for (const end = performance.now() + 30_000; ; await delay(200)) {
    const { Table } = await client.send(new DescribeTableCommand({ TableName: target }));
    if (Table?.TableStatus === 'ACTIVE')
      return {
        before,
        after: await itemsOf(client, target),
        indexes: Table.GlobalSecondaryIndexes?.map(({ IndexName }) => IndexName).sort(),
      };
    if (performance.now() > end) throw new Error(`The table ${target} is ${Table?.TableStatus}.`);
  }
}
