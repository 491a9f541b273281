import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { ApiError } from './api-error.ts';
import type { Operation } from './api-ports.ts';

/** The most bytes of a request body: a payload of the greatest size, escaped as JSON text. */
const BODY_LIMIT = 2 * 1024 * 1024;

const TARGET = /^AWSStepFunctions\.(\w+)$/;
const CONTENT_TYPE = 'application/x-amz-json-1.0';

/** A running server. */
export interface ApiServer {
  readonly port: number;
  close(): Promise<void>;
}

/**
 * Serves operations in the AWS JSON 1.0 protocol on 127.0.0.1.
 * Requests whose Host is not this server's are refused, so that no web page can reach it by a name of its own;
 * the content type keeps pages from posting without a preflight, which is never granted.
 * @param port 0 takes a free one.
 * @throws an error with the code EADDRINUSE when the port is taken.
 */
export async function serve(operations: ReadonlyMap<string, Operation>, port: number): Promise<ApiServer> {
  const server = createServer((request, response) => {
    void answer(server, operations, request, response);
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', resolve);
  });
  return {
    port: portOf(server),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function portOf(server: Server): number {
  return (server.address() as AddressInfo).port;
}

async function answer(
  server: Server,
  operations: ReadonlyMap<string, Operation>,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  try {
    const operation = operationOf(portOf(server), operations, request);
    send(response, 200, operation(parseBody(await readBody(request))));
  } catch (error) {
    const known = error instanceof ApiError ? error : new ApiError('InternalFailure', 'The request failed.', 500);
    // What is not the caller's fault must be seen by whoever runs this; the message names no payload.
    if (known !== error) console.error(error);
    send(response, known.status, { __type: known.type, message: known.message });
  }
}

function operationOf(port: number, operations: ReadonlyMap<string, Operation>, request: IncomingMessage): Operation {
  const { host, 'content-type': contentType, 'x-amz-target': target } = request.headers;
  if (host !== `127.0.0.1:${port}` && host !== `localhost:${port}`) {
    throw new ApiError('AccessDeniedException', 'The Host header does not name this server.', 403);
  }
  if (request.method !== 'POST' || request.url !== '/' || contentType !== CONTENT_TYPE) {
    throw new ApiError(
      'UnknownOperationException',
      `Only POST / with the content type ${CONTENT_TYPE} is served.`,
      404,
    );
  }
  const name = typeof target === 'string' ? TARGET.exec(target)?.[1] : undefined;
  const operation = name === undefined ? undefined : operations.get(name);
  if (operation === undefined) {
    throw new ApiError('UnknownOperationException', 'The operation is not implemented on one machine.', 404);
  }
  return operation;
}

async function readBody(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > BODY_LIMIT) throw new ApiError('RequestEntityTooLarge', 'The request is too large.', 413);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function parseBody(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new ApiError('SerializationException', 'The request body is not JSON.');
  }
}

function send(response: ServerResponse, status: number, body: unknown): void {
  if (response.destroyed) return;
  response.writeHead(status, { 'content-type': CONTENT_TYPE }).end(JSON.stringify(body));
}
