import { once } from 'node:events';
import { connect } from 'node:net';
import { join } from 'node:path';
import {
  ConditionalCheckFailedException,
  DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  QueryCommand,
} from '@aws-sdk/client-dynamodb';
import { describe, expect, it, onTestFinished } from 'vitest';
import { Conflict, InvalidInput } from '../../../lib/core/errors.ts';
import { type DynamoDb, ensureTable, startDynamoDb } from '../../../lib/local/services/dynamodb.ts';
import { REFUSALS, refusalsOf } from './request.ts';
import { temporaryDirectory } from './temporary-directory.ts';

const table = {
  TableName: 'countersign-test',
  KeySchema: [
    { AttributeName: 'pk', KeyType: 'HASH' },
    { AttributeName: 'sk', KeyType: 'RANGE' },
  ],
  AttributeDefinitions: [
    { AttributeName: 'pk', AttributeType: 'S' },
    { AttributeName: 'sk', AttributeType: 'S' },
    { AttributeName: 'due', AttributeType: 'S' },
  ],
  GlobalSecondaryIndexes: [
    {
      IndexName: 'by-due',
      KeySchema: [
        { AttributeName: 'pk', KeyType: 'HASH' },
        { AttributeName: 'due', KeyType: 'RANGE' },
      ],
      Projection: { ProjectionType: 'INCLUDE', NonKeyAttributes: ['version', 'skill'] },
    },
  ],
  BillingMode: 'PAY_PER_REQUEST',
  PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
  SSESpecification: { SSEEnabled: true },
  TimeToLiveSpecification: { AttributeName: 'expires', Enabled: true },
  Tags: [{ Key: 'a', Value: 'b' }],
};

function clientOf(server: DynamoDb): DynamoDBClient {
  const client = new DynamoDBClient({
    endpoint: server.url,
    region: 'eu-central-1',
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
  });
  onTestFinished(() => client.destroy());
  return client;
}

async function start(directory?: string): Promise<DynamoDb> {
  return startDynamoDb({ port: 0, ...(directory === undefined ? {} : { directory }) });
}

const item = (version: number) => ({
  pk: { S: 'a' },
  sk: { S: 'b' },
  due: { S: '2026' },
  version: { N: `${version}` },
});

describe('the table server', () => {
  it('makes the table of the template once, and it is ready at once', async () => {
    const server = await start();
    onTestFinished(server.close);
    const client = clientOf(server);
    expect(await ensureTable(client, table)).toEqual({ tableName: 'countersign-test', created: true });
    expect(await ensureTable(client, table)).toEqual({ tableName: 'countersign-test', created: false });
    await client.send(new PutItemCommand({ TableName: 'countersign-test', Item: item(1) }));
    const found = await client.send(
      new QueryCommand({
        TableName: 'countersign-test',
        IndexName: 'by-due',
        KeyConditionExpression: 'pk = :pk',
        ExpressionAttributeValues: { ':pk': { S: 'a' } },
      }),
    );
    expect(found.Items).toEqual([item(1)]);
  });

  it('gives a name to a table that the template leaves unnamed', async () => {
    const server = await start();
    onTestFinished(server.close);
    const { TableName: _, ...unnamed } = table;
    expect(await ensureTable(clientOf(server), unnamed, 'state')).toEqual({ tableName: 'state', created: true });
  });

  it('refuses a table that it cannot make as the template says', async () => {
    const server = await start();
    onTestFinished(server.close);
    const client = clientOf(server);
    const pointersOf = (properties: unknown) =>
      ensureTable(client, properties).catch((error: InvalidInput) => error.problems.map(({ pointer }) => pointer));
    expect(await pointersOf({ ...table, StreamSpecification: { StreamViewType: 'NEW_IMAGE' } })).toEqual([
      '/StreamSpecification',
    ]);
    expect(await pointersOf({ ...table, BillingMode: 'PROVISIONED' })).toEqual(['/BillingMode']);
    expect(await pointersOf({ ...table, TableName: { Ref: 'Name' } })).toEqual(['/TableName']);
    await expect(ensureTable(client, {})).rejects.toBeInstanceOf(InvalidInput);
  });

  it('says when a table was made from another template', async () => {
    const server = await start();
    onTestFinished(server.close);
    const client = clientOf(server);
    await ensureTable(client, table);
    const { GlobalSecondaryIndexes: _, ...withoutIndex } = table;
    await expect(ensureTable(client, withoutIndex)).rejects.toMatchObject({
      problems: [{ code: 'table-differs', mend: expect.stringContaining('--fresh') }],
    });
    await expect(ensureTable(client, withoutIndex)).rejects.toBeInstanceOf(Conflict);
  });

  it('keeps items over a restart, and its conditions hold', async () => {
    const directory = join(await temporaryDirectory(), 'dynamodb');
    const first = await start(directory);
    const writer = clientOf(first);
    await ensureTable(writer, table);
    const put = (client: DynamoDBClient, version: number) =>
      client.send(
        new PutItemCommand({
          TableName: 'countersign-test',
          Item: item(version),
          ConditionExpression: 'attribute_not_exists(pk)',
        }),
      );
    await put(writer, 1);
    await first.close();

    const second = await start(directory);
    onTestFinished(second.close);
    const reader = clientOf(second);
    expect((await ensureTable(reader, table)).created).toBe(false);
    await expect(put(reader, 2)).rejects.toBeInstanceOf(ConditionalCheckFailedException);
    const key = { pk: { S: 'a' }, sk: { S: 'b' } };
    const read = await reader.send(new GetItemCommand({ TableName: 'countersign-test', Key: key }));
    expect(read.Item).toEqual(item(1));
  });

  it('answers its own names only, and no page of another site', async () => {
    const server = await start();
    onTestFinished(server.close);
    expect(await refusalsOf(server.url)).toEqual(REFUSALS);
  });

  it('outlives a client that hangs up in the middle of a request', async () => {
    const server = await start();
    onTestFinished(server.close);
    const { port, host } = new URL(server.url);
    const socket = connect(Number(port), '127.0.0.1');
    await once(socket, 'connect');
    socket.write(`POST / HTTP/1.1\r\nHost: ${host}\r\nContent-Length: 100\r\n\r\nhalf a bod`);
    socket.resetAndDestroy();
    await once(socket, 'close');
    expect((await ensureTable(clientOf(server), table)).created).toBe(true);
  });

  it('says when its port is taken', async () => {
    const server = await start();
    onTestFinished(server.close);
    await expect(startDynamoDb({ port: Number(new URL(server.url).port) })).rejects.toMatchObject({
      code: 'EADDRINUSE',
    });
  });
});
