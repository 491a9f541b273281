import { ConditionalCheckFailedException, type DynamoDBClient } from '@aws-sdk/client-dynamodb';
import {
  DeleteCommand,
  DynamoDBDocumentClient,
  GetCommand,
  PutCommand,
  QueryCommand,
  UpdateCommand,
} from '@aws-sdk/lib-dynamodb';
import { Conflict } from '../../core/errors.ts';

/** An item's place in the table. */
export interface ItemKey {
  readonly pk: string;
  readonly sk: string;
}

/** A stored item: its place, and whatever its kind carries. */
export type Item = ItemKey & { readonly [attribute: string]: unknown };

/** A page of items, and where the next one starts. */
export interface Page<T> {
  readonly items: readonly T[];
  readonly next?: { readonly [attribute: string]: unknown };
}

/** The indexes: `gsi1` lists things by time, `gsi2` holds only what still owes something. */
export type TableIndex = 'gsi1' | 'gsi2';

/** What a query asks for. */
export interface ItemQuery {
  readonly pk: string;
  /** Only sort keys that begin so. */
  readonly prefix?: string;
  /** Only sort keys within, both ends included. */
  readonly between?: readonly [string, string];
  /** Equality filters on attributes. */
  readonly where?: { readonly [attribute: string]: string };
  /** An index instead of the table. */
  readonly index?: TableIndex;
  readonly descending?: boolean;
  readonly limit?: number;
  readonly startFrom?: { readonly [attribute: string]: unknown };
}

/**
 * The one table, `pk` and `sk`, indexes over `gsi1pk` and `gsi1sk`, `gsi2pk` and `gsi2sk`. Every write touches a single item under a condition:
 * an aggregate with its `version` is the unit of consistency.
 */
export class Table {
  readonly #client: DynamoDBDocumentClient;
  readonly #name: string;

  constructor(client: DynamoDBClient, name: string) {
    this.#client = DynamoDBDocumentClient.from(client, { marshallOptions: { removeUndefinedValues: true } });
    this.#name = name;
  }

  /** Reads one item, consistently. */
  async get<T>(key: ItemKey): Promise<T | undefined> {
    const { Item } = await this.#client.send(
      new GetCommand({ TableName: this.#name, Key: { pk: key.pk, sk: key.sk }, ConsistentRead: true }),
    );
    return Item as T | undefined;
  }

  /**
   * Stores a new item.
   * @throws Conflict when the place is taken.
   */
  async putNew(item: Item): Promise<void> {
    await this.#conditional(
      new PutCommand({ TableName: this.#name, Item: item, ConditionExpression: 'attribute_not_exists(pk)' }),
    );
  }

  /**
   * Replaces an aggregate whose stored version is the one that was read.
   * @throws Conflict when somebody else wrote in between.
   */
  async putVersion(item: Item, readVersion: number): Promise<void> {
    await this.#conditional(
      new PutCommand({
        TableName: this.#name,
        Item: item,
        ConditionExpression: '#version = :read',
        ExpressionAttributeNames: { '#version': 'version' },
        ExpressionAttributeValues: { ':read': readVersion },
      }),
    );
  }

  /** Stores an item whatever stood there: for snapshots whose last writer may win. */
  async put(item: Item): Promise<void> {
    await this.#client.send(new PutCommand({ TableName: this.#name, Item: item }));
  }

  /** Adds to a counter attribute; a missing item or counter starts at zero. */
  async increment(key: ItemKey, counter: string, by = 1): Promise<void> {
    await this.#client.send(
      new UpdateCommand({
        TableName: this.#name,
        Key: { pk: key.pk, sk: key.sk },
        UpdateExpression: 'ADD #counter :by',
        ExpressionAttributeNames: { '#counter': counter },
        ExpressionAttributeValues: { ':by': by },
      }),
    );
  }

  /** Removes an item; removing what is not there is harmless. */
  async delete(key: ItemKey): Promise<void> {
    await this.#client.send(new DeleteCommand({ TableName: this.#name, Key: { pk: key.pk, sk: key.sk } }));
  }

  /** Reads one page of items in order of their sort key. */
  async query<T>(ask: ItemQuery): Promise<Page<T>> {
    const [pk, sk] = ask.index === undefined ? ['pk', 'sk'] : [`${ask.index}pk`, `${ask.index}sk`];
    const names: Record<string, string> = { '#pk': pk };
    const values: Record<string, unknown> = { ':pk': ask.pk };
    let condition = '#pk = :pk';
    if (ask.prefix !== undefined) {
      condition += ' AND begins_with(#sk, :prefix)';
      Object.assign(names, { '#sk': sk });
      values[':prefix'] = ask.prefix;
    } else if (ask.between !== undefined) {
      condition += ' AND #sk BETWEEN :low AND :high';
      Object.assign(names, { '#sk': sk });
      [values[':low'], values[':high']] = ask.between;
    }
    const filters = Object.entries(ask.where ?? {}).map(([attribute, value], index) => {
      names[`#f${index}`] = attribute;
      values[`:f${index}`] = value;
      return `#f${index} = :f${index}`;
    });
    const { Items, LastEvaluatedKey } = await this.#client.send(
      new QueryCommand({
        TableName: this.#name,
        IndexName: ask.index,
        KeyConditionExpression: condition,
        FilterExpression: filters.length === 0 ? undefined : filters.join(' AND '),
        ExpressionAttributeNames: names,
        ExpressionAttributeValues: values,
        ScanIndexForward: ask.descending !== true,
        Limit: ask.limit,
        ExclusiveStartKey: ask.startFrom,
        ConsistentRead: ask.index === undefined,
      }),
    );
    const items = (Items ?? []) as T[];
    return LastEvaluatedKey === undefined ? { items } : { items, next: LastEvaluatedKey };
  }

  /** Reads every item that a query finds, page after page. */
  async queryAll<T>(ask: ItemQuery): Promise<readonly T[]> {
    const items: T[] = [];
    let page = await this.query<T>(ask);
    items.push(...page.items);
    while (page.next !== undefined) {
      page = await this.query<T>({ ...ask, startFrom: page.next });
      items.push(...page.items);
    }
    return items;
  }

  async #conditional(command: PutCommand): Promise<void> {
    try {
      await this.#client.send(command);
    } catch (error) {
      if (error instanceof ConditionalCheckFailedException)
        throw new Conflict('Somebody else wrote this item first.', [], { cause: error });
      throw error;
    }
  }
}
