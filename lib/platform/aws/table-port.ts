import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { lastSnapshot } from '../flags/snapshot-store.ts';
import { Table } from '../store/table.ts';
import type { Port } from './place.ts';

/** The one table, and the flags that are stored in it. */
export const tablePort: Port = ({ settings, client }, { flags }) => {
  const table = new Table(client(DynamoDBClient), settings.table);
  return { table, flags: { ...flags, snapshot: () => lastSnapshot(table) } };
};
