import type { APIGatewayProxyEvent, APIGatewayProxyResult } from 'aws-lambda';
import type { LinkRequest, PageResponse } from './page-response.ts';

/** Header lines of one name as one value; a header that may come only once thereby no longer matches when it came twice. */
function joined(name: string, values: readonly string[]): string {
  return values.join(name === 'cookie' ? '; ' : ', ');
}

/** A request for an approval link as API Gateway (REST, payload version 1) delivers it. */
export function linkRequestOf(event: APIGatewayProxyEvent): LinkRequest {
  const lines = Object.entries(event.multiValueHeaders ?? {});
  const single = Object.entries(event.headers ?? {}).map(
    ([name, value]) => [name, value === undefined ? [] : [value]] as const,
  );
  const headers = Object.fromEntries(
    [...single, ...lines].map(([name, values]) => [name.toLowerCase(), joined(name.toLowerCase(), values ?? [])]),
  );
  return {
    method: event.httpMethod.toUpperCase(),
    address: event.pathParameters?.link ?? '',
    headers,
    body: Buffer.from(event.body ?? '', event.isBase64Encoded ? 'base64' : 'utf8'),
  };
}

/** A page as API Gateway takes it. */
export function resultOf(response: PageResponse): APIGatewayProxyResult {
  return { statusCode: response.status, headers: { ...response.headers }, body: response.body };
}
