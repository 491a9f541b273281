import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { APIGatewayProxyEvent, APIGatewayProxyResult } from 'aws-lambda';
import { guardServer, listenOnLoopback } from './services/host-check.ts';

/** A route of the API as the synthesized template declares it. */
export interface ApiRoute {
  readonly method: string;
  /** With path parameters in braces: `/executions/{executionId}`. */
  readonly path: string;
  readonly functionName: string;
  /** `AWS_IAM` needs an identity, which is simulated here; `NONE` is open. */
  readonly auth: string;
}

/** The header that names the simulated caller; on AWS the signature does. */
export const CALLER_HEADER = 'countersign-caller';
/** Who calls when the header is missing: somebody who may read, and is no person of the directory. */
export const LOCAL_OPERATOR = 'local-operator';

/** API Gateway refuses larger payloads than 10 MB before any function sees them. */
const GATEWAY_LIMIT_BYTES = 10 * 1024 * 1024;

type Invoke = (functionName: string, event: APIGatewayProxyEvent) => Promise<APIGatewayProxyResult>;

interface Match {
  readonly route: ApiRoute;
  readonly parameters: Record<string, string>;
}

/** Finds the route of a path: as in API Gateway, a literal segment wins over a parameter. */
export function matchRoute(routes: readonly ApiRoute[], method: string, path: string): Match | undefined {
  const asked = path.split('/');
  const matches = routes.flatMap((route): (Match & { literals: number })[] => {
    const declared = route.path.split('/');
    if (route.method !== method || declared.length !== asked.length) return [];
    const parameters: Record<string, string> = {};
    let literals = 0;
    for (const [index, segment] of declared.entries()) {
      const given = asked[index] ?? '';
      if (segment.startsWith('{')) {
        if (given === '') return [];
        parameters[segment.slice(1, -1)] = given;
      } else if (segment === given) literals += 1;
      else return [];
    }
    return [{ route, parameters, literals }];
  });
  return matches.sort((a, b) => b.literals - a.literals)[0];
}

async function readBody(request: IncomingMessage): Promise<Buffer | undefined> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > GATEWAY_LIMIT_BYTES) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

function headersOf(request: IncomingMessage): Record<string, string> {
  const headers: Record<string, string> = {};
  for (let index = 0; index < request.rawHeaders.length; index += 2) {
    const [name = '', value = ''] = request.rawHeaders.slice(index, index + 2);
    headers[name] = value;
  }
  return headers;
}

/** The event that API Gateway (REST API, Lambda proxy integration) hands to a function. */
function eventOf(request: IncomingMessage, url: URL, match: Match, body: Buffer, now: number): APIGatewayProxyEvent {
  const headers = headersOf(request);
  const query = Object.fromEntries(url.searchParams);
  const caller = request.headers[CALLER_HEADER] ?? LOCAL_OPERATOR;
  const iam = match.route.auth === 'AWS_IAM';
  const multi = (values: Record<string, string>) =>
    Object.fromEntries(Object.entries(values).map(([name, value]) => [name, [value]]));
  return {
    resource: match.route.path,
    path: url.pathname,
    httpMethod: match.route.method,
    headers,
    multiValueHeaders: multi(headers),
    queryStringParameters: Object.keys(query).length === 0 ? null : query,
    multiValueQueryStringParameters: Object.keys(query).length === 0 ? null : multi(query),
    pathParameters: Object.keys(match.parameters).length === 0 ? null : match.parameters,
    stageVariables: null,
    requestContext: {
      accountId: '000000000000',
      apiId: 'local',
      authorizer: null,
      protocol: 'HTTP/1.1',
      httpMethod: match.route.method,
      path: url.pathname,
      stage: 'local',
      requestId: randomUUID(),
      requestTimeEpoch: now,
      resourceId: match.route.path,
      resourcePath: match.route.path,
      identity: {
        accessKey: null,
        accountId: null,
        apiKey: null,
        apiKeyId: null,
        caller: null,
        clientCert: null,
        cognitoAuthenticationProvider: null,
        cognitoAuthenticationType: null,
        cognitoIdentityId: null,
        cognitoIdentityPoolId: null,
        principalOrgId: null,
        sourceIp: request.socket.remoteAddress ?? '127.0.0.1',
        user: null,
        userAgent: request.headers['user-agent'] ?? null,
        userArn: iam ? `arn:aws:sts::000000000000:assumed-role/simulated/${String(caller)}` : null,
      },
    },
    body: body.length === 0 ? null : body.toString('utf8'),
    isBase64Encoded: false,
  };
}

function send(response: ServerResponse, result: APIGatewayProxyResult, head: boolean): void {
  response.statusCode = result.statusCode;
  for (const [name, value] of Object.entries(result.headers ?? {})) response.setHeader(name, String(value));
  for (const [name, values] of Object.entries(result.multiValueHeaders ?? {}))
    response.setHeader(name, values.map(String));
  response.end(head ? undefined : Buffer.from(result.body, result.isBase64Encoded === true ? 'base64' : 'utf8'));
}

const gatewayError = (statusCode: number, code: string, message: string): APIGatewayProxyResult => ({
  statusCode,
  headers: { 'Content-Type': 'application/json; charset=utf-8', 'Cache-Control': 'no-store' },
  body: JSON.stringify({ error: { code, message, problems: [] } }),
});

/** What the gateway serves besides the routes: pages of the local system itself. */
export type LocalRoute = (
  request: IncomingMessage,
  url: URL,
  body: Buffer,
) => Promise<APIGatewayProxyResult | undefined>;

/**
 * API Gateway on one machine: an HTTP server on the loopback interface that turns requests into the events the functions
 * get on AWS, by the routes of the synthesized template. The caller's identity is simulated by a header that no web page
 * can send without asking first, and answered back so that it is visible.
 */
export async function startApiGateway(options: {
  readonly port: number;
  readonly routes: readonly ApiRoute[];
  readonly invoke: Invoke;
  readonly now: () => number;
  readonly local?: LocalRoute;
}): Promise<{ readonly port: number; readonly server: Server; close(): Promise<void> }> {
  const answer = async (request: IncomingMessage): Promise<APIGatewayProxyResult> => {
    const url = new URL(request.url ?? '/', 'http://localhost');
    const body = await readBody(request);
    if (body === undefined) return gatewayError(413, 'PayloadTooLarge', 'API Gateway takes 10 MB at most.');
    const own = await options.local?.(request, url, body);
    if (own !== undefined) return own;
    const match = matchRoute(options.routes, request.method ?? 'GET', url.pathname);
    if (match === undefined) return gatewayError(404, 'NotFound', 'There is nothing at this address.');
    // A page of another site can send a form or plain text here without asking; it cannot send this header.
    const writes = request.method !== 'GET' && request.method !== 'HEAD';
    if (match.route.auth === 'AWS_IAM' && writes && request.headers[CALLER_HEADER] === undefined)
      return gatewayError(403, 'MissingIdentity', `Name the simulated caller in the header ${CALLER_HEADER}.`);
    return await options.invoke(match.route.functionName, eventOf(request, url, match, body, options.now()));
  };
  const server = createServer((request, response) => {
    answer(request)
      .catch(() => gatewayError(502, 'BadGateway', 'The function failed; the log says why.'))
      .then((result) => send(response, result, request.method === 'HEAD'))
      .catch(() => response.destroy());
  });
  guardServer(server);
  const port = await listenOnLoopback(server, options.port);
  return {
    port,
    server,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
