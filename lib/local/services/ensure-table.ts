import {
  CreateTableCommand,
  type CreateTableCommandInput,
  DescribeTableCommand,
  type DynamoDBClient,
  ResourceNotFoundException,
  type TableDescription,
  waitUntilTableExists,
} from '@aws-sdk/client-dynamodb';
import * as z from 'zod';
import { canonicalJson } from '../../core/digest.ts';
import { Conflict } from '../../core/errors.ts';
import { parseWith } from '../../core/zod-problems.ts';

const keySchema = z.array(z.object({ AttributeName: z.string(), KeyType: z.enum(['HASH', 'RANGE']) })).min(1);
const projection = z.object({
  ProjectionType: z.enum(['ALL', 'INCLUDE', 'KEYS_ONLY']),
  NonKeyAttributes: z.array(z.string()).optional(),
});
const index = z.object({ IndexName: z.string().min(3), KeySchema: keySchema, Projection: projection });

/**
 * The properties of `AWS::DynamoDB::Table` and `AWS::DynamoDB::GlobalTable` that decide what a table answers. Backups,
 * encryption, tags and the like are dropped; streams would change behaviour, and the local server has none.
 */
const tableProperties = z.object({
  TableName: z.string().min(3).optional(),
  KeySchema: keySchema,
  AttributeDefinitions: z.array(z.object({ AttributeName: z.string(), AttributeType: z.enum(['S', 'N', 'B']) })).min(1),
  GlobalSecondaryIndexes: z.array(index).optional(),
  LocalSecondaryIndexes: z.array(index).optional(),
  BillingMode: z.literal('PAY_PER_REQUEST', 'The local table is paid per request only'),
  StreamSpecification: z.undefined('The local table server has no streams').optional(),
});
type TableProperties = z.infer<typeof tableProperties>;

/** What of a table cannot change without making it anew, in one text that compares. */
function shapeOf(table: TableProperties | TableDescription): string {
  const indexes = (list: TableProperties['GlobalSecondaryIndexes'] | TableDescription['GlobalSecondaryIndexes']) =>
    (list ?? [])
      .map(({ IndexName, KeySchema, Projection }) => ({
        IndexName,
        KeySchema,
        type: Projection?.ProjectionType,
        attributes: (Projection?.NonKeyAttributes ?? []).toSorted(),
      }))
      .toSorted((a, b) => ((a.IndexName ?? '') < (b.IndexName ?? '') ? -1 : 1));
  return canonicalJson({
    key: table.KeySchema,
    attributes: (table.AttributeDefinitions ?? []).map((a) => `${a.AttributeName}:${a.AttributeType}`).toSorted(),
    global: indexes(table.GlobalSecondaryIndexes),
    local: indexes(table.LocalSecondaryIndexes),
  });
}

async function describe(client: DynamoDBClient, name: string): Promise<TableDescription | undefined> {
  try {
    return (await client.send(new DescribeTableCommand({ TableName: name }))).Table;
  } catch (error) {
    if (error instanceof ResourceNotFoundException) return undefined;
    throw error;
  }
}

/**
 * Creates the table that a synthesized template describes, unless it is there already.
 * @param properties the `Properties` of the template's `AWS::DynamoDB::Table` or `AWS::DynamoDB::GlobalTable`.
 * @param tableName the name to use when the template leaves it to CloudFormation.
 * @returns the table's name and whether it was created now.
 * @throws InvalidInput when the properties ask for something that the local server does not have.
 * @throws Conflict when a table of that name has other keys or indexes.
 */
export async function ensureTable(
  client: DynamoDBClient,
  properties: unknown,
  tableName = 'countersign',
): Promise<{ readonly tableName: string; readonly created: boolean }> {
  const wanted = parseWith(tableProperties, properties, 'The table in the template');
  const name = wanted.TableName ?? tableName;
  const existing = await describe(client, name);
  if (existing !== undefined) {
    if (shapeOf(existing) === shapeOf(wanted)) return { tableName: name, created: false };
    throw new Conflict(`The table ${name} has other keys or indexes than the template.`, [
      {
        pointer: '',
        code: 'table-differs',
        message: `The table ${name} was made from another version of the template.`,
        mend: 'Start with --fresh, or choose another state directory.',
      },
    ]);
  }
  await client.send(new CreateTableCommand({ ...wanted, TableName: name } as CreateTableCommandInput));
  await waitUntilTableExists({ client, maxWaitTime: 30, minDelay: 1, maxDelay: 1 }, { TableName: name });
  return { tableName: name, created: true };
}
