import type { IncomingMessage, Server } from 'node:http';
import { createRequire } from 'node:module';
import { guardServer, listenOnLoopback } from './host-check.ts';

export { ensureTable } from './ensure-table.ts';

/** How the table server is started. */
export interface DynamoDbOptions {
  /** The port on 127.0.0.1; `0` takes a free one. */
  readonly port: number;
  /** Where tables stay; without one they last as long as the process. */
  readonly directory?: string;
}

/** The table server of the local system. */
export interface DynamoDb {
  /** The endpoint for the SDK's client. */
  readonly url: string;
  readonly close: () => Promise<void>;
}

interface DynaliteOptions {
  readonly path?: string;
  readonly createTableMs: number;
  readonly updateTableMs: number;
  readonly deleteTableMs: number;
}

type Dynalite = (options: DynaliteOptions) => Server;

interface Iterator {
  close(): Promise<void>;
  return?: () => Promise<void>;
}

/**
 * Dynalite ends its queries by `iterator.return()`, which the iterators of the LevelDB it uses do not have. They would stay
 * open, and LevelDB keeps every file that an open iterator may still read: disk and memory would grow without end.
 */
function letQueriesEnd(): void {
  const besideDynalite = createRequire(createRequire(import.meta.url).resolve('dynalite'));
  const level = besideDynalite('abstract-level') as Record<
    'AbstractKeyIterator' | 'AbstractValueIterator' | 'AbstractIterator',
    { readonly prototype: Iterator }
  >;
  for (const { prototype } of [level.AbstractKeyIterator, level.AbstractValueIterator, level.AbstractIterator])
    prototype.return ??= function close(this: Iterator) {
      return this.close();
    };
}

/** Dynalite rethrows a request's error, so a client that hangs up would end this process; it is only a lost request. */
function forgiveBrokenRequests(server: Server): void {
  server.on('request', (request: IncomingMessage) => {
    request.removeAllListeners('error');
    request.on('error', () => {});
  });
}

/**
 * Starts dynalite, a DynamoDB in JavaScript on LevelDB, bound to 127.0.0.1. Tables are ready as soon as they are created.
 * @throws the operating system's error when the port is taken, or LevelDB's when another process has the directory.
 */
export async function startDynamoDb(options: DynamoDbOptions): Promise<DynamoDb> {
  letQueriesEnd();
  const dynalite = createRequire(import.meta.url)('dynalite') as Dynalite;
  const server = dynalite({
    ...(options.directory === undefined ? {} : { path: options.directory }),
    createTableMs: 0,
    updateTableMs: 0,
    deleteTableMs: 0,
  });
  forgiveBrokenRequests(server);
  guardServer(server);
  const port = await listenOnLoopback(server, options.port);
  return {
    url: `http://127.0.0.1:${port}`,
    close: () =>
      new Promise((resolve, reject) => {
        server.close((error) => (error === undefined || error === null ? resolve() : reject(error)));
        server.closeIdleConnections();
      }),
  };
}
