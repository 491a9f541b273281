import { createServer, type RequestListener } from 'node:http';
import { join } from 'node:path';
import * as z from 'zod';
import { parseWith } from '../../core/zod-problems.ts';
import { guardServer, LOOPBACK, listenOnLoopback } from './host-check.ts';
import { type RunningService, serveParent, temporaryFolder } from './serve-parent.ts';

const inputSchema = z.object({
  directory: z.string().optional(),
  port: z.int(),
  login: z.object({ username: z.string(), password: z.string() }),
  adminToken: z.string(),
  clientToken: z.string(),
  sessionSecret: z.string(),
});
type Input = z.infer<typeof inputSchema>;

/**
 * The page may load what this server serves, and nothing else: as it is published it asks for fonts, avatars and usage
 * statistics elsewhere.
 */
const PAGE_POLICY =
  "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; font-src 'self' data:; " +
  "object-src 'none'; base-uri 'self'; form-action 'self'; frame-ancestors 'none'";

/** Opens the database and a PostgreSQL socket in front of it. */
async function startDatabase(directory: string | undefined) {
  const [{ PGlite }, { PGLiteSocketServer }] = await Promise.all([
    import('@electric-sql/pglite'),
    import('@electric-sql/pglite-socket'),
  ]);
  const database = await PGlite.create(directory === undefined ? {} : { dataDir: join(directory, 'database') });
  // The socket asks for no password. A file in a folder of our own keeps other users out, which a port would not.
  const folder = temporaryFolder('countersign-');
  const socket = new PGLiteSocketServer({
    db: database,
    path: join(folder, '.s.PGSQL.5432'),
    maxConnections: 8,
  });
  await socket.start();
  return {
    folder,
    close: async () => {
      await socket.stop();
      await database.close();
    },
  };
}

function optionsOf(input: Input, url: string, databaseFolder: string) {
  return {
    db: {
      host: databaseFolder,
      port: 5432,
      user: 'postgres',
      password: '',
      database: 'postgres',
      ssl: false,
      // PGlite is one session: two connections would overwrite each other's unnamed statements.
      pool: { min: 0, max: 1 },
    },
    server: {
      secret: input.sessionSecret,
      gracefulShutdownEnable: false,
      unleashUrl: url,
    },
    authentication: {
      initialAdminUser: input.login,
      initApiTokens: [
        {
          type: 'admin',
          tokenName: 'local-admin',
          environment: '*',
          projects: ['*'],
          secret: input.adminToken,
        },
        {
          type: 'client',
          tokenName: 'local-client',
          environment: 'development',
          projects: ['default'],
          secret: input.clientToken,
        },
      ],
    },
    versionCheck: { enable: false },
    telemetry: false,
    // A flag that is switched counts at the next read, not up to a second later.
    clientFeatureCaching: { enabled: false },
    getLogger: () => SILENT,
  };
}

const ignore = () => {};
/** The server writes the first password into its log; nobody reads that log, so there is none. */
const SILENT = { debug: ignore, info: ignore, warn: ignore, error: ignore, fatal: ignore };

const starting: RequestListener = (_request, response) => {
  response.writeHead(503, { 'content-type': 'text/plain; charset=utf-8', 'retry-after': '1' });
  response.end('The flag server is starting.\n');
};

async function start(raw: unknown, progress: (message: string) => void): Promise<RunningService> {
  const input = parseWith(inputSchema, raw, 'The flag server’s input');
  // The port comes first: when it is taken, that shows at once and not after seconds of preparation.
  let answer = starting;
  const server = createServer((request, response) => answer(request, response));
  guardServer(server, { headers: () => ({ 'content-security-policy': PAGE_POLICY }) });
  const port = await listenOnLoopback(server, input.port);
  progress('Opening the flag database');
  const [database, { create }] = await Promise.all([startDatabase(input.directory), import('unleash-server')]);
  progress('Preparing the flag server');
  const options = optionsOf(input, `http://${LOOPBACK}:${port}`, database.folder);
  const unleash = await create(options as Parameters<typeof create>[0]);
  answer = unleash.app;
  return {
    output: { port },
    close: async () => {
      server.close();
      server.closeAllConnections();
      await unleash.stop();
      await database.close();
    },
  };
}

serveParent(start);
