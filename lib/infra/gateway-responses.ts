import { ResponseType, type RestApi } from 'aws-cdk-lib/aws-apigateway';
import type { Problem } from '../core/errors.ts';

/** What the gateway answers by itself, before or instead of a function. */
interface GatewayAnswer {
  readonly type: ResponseType;
  readonly code: string;
  readonly message: string;
  readonly problems?: readonly Problem[];
}

const NOT_AN_OBJECT = 'The body is not a JSON object.';

/** A fault names the request, so that callers can name it too; the id is a UUID and needs no escape. */
const NAME_THE_REQUEST = 'name request $context.requestId if it stays.';

const ANSWERS: readonly GatewayAnswer[] = [
  {
    type: ResponseType.BAD_REQUEST_BODY,
    code: 'InvalidInput',
    message: NOT_AN_OBJECT,
    problems: [
      { pointer: '', code: 'invalid-json', message: NOT_AN_OBJECT, mend: 'Send one JSON object as the body.' },
    ],
  },
  {
    type: ResponseType.BAD_REQUEST_PARAMETERS,
    code: 'InvalidInput',
    message: 'The request lacks a parameter or a header that its route needs.',
  },
  { type: ResponseType.UNAUTHORIZED, code: 'Unauthorized', message: 'The request carries no valid identity.' },
  { type: ResponseType.ACCESS_DENIED, code: 'Forbidden', message: 'Your identity may not call this address.' },
  {
    type: ResponseType.MISSING_AUTHENTICATION_TOKEN,
    code: 'Forbidden',
    // API Gateway does not say which of the two it is.
    message: 'The request is not signed, or there is nothing at this address.',
  },
  { type: ResponseType.INVALID_SIGNATURE, code: 'Forbidden', message: 'The signature of the request does not hold.' },
  {
    type: ResponseType.EXPIRED_TOKEN,
    code: 'Forbidden',
    message: 'The credentials that signed the request have expired.',
  },
  { type: ResponseType.RESOURCE_NOT_FOUND, code: 'NotFound', message: 'There is nothing at this address.' },
  { type: ResponseType.REQUEST_TOO_LARGE, code: 'PayloadTooLarge', message: 'API Gateway takes 10 MB at most.' },
  {
    type: ResponseType.UNSUPPORTED_MEDIA_TYPE,
    code: 'InvalidInput',
    message: 'The body has a content type that its route does not take.',
  },
  {
    type: ResponseType.THROTTLED,
    code: 'TooManyRequests',
    message: 'More requests came than this method takes; try again after a pause that grows.',
  },
  {
    type: ResponseType.QUOTA_EXCEEDED,
    code: 'TooManyRequests',
    message: 'More requests came than this method takes; try again after a pause that grows.',
  },
  { type: ResponseType.WAF_FILTERED, code: 'Forbidden', message: 'The firewall refused the request.' },
  {
    type: ResponseType.INTEGRATION_TIMEOUT,
    code: 'InternalError',
    message: `The answer took too long. It may have been done: ask before you try again, and ${NAME_THE_REQUEST}`,
  },
  { type: ResponseType.DEFAULT_4XX, code: 'InvalidInput', message: 'The request cannot be answered as it is.' },
  {
    type: ResponseType.DEFAULT_5XX,
    code: 'InternalError',
    message: `Something failed on our side; try again, and ${NAME_THE_REQUEST}`,
  },
];

/** The error of the API as its contract has it: `{ error: { code, message, problems } }`. */
export function errorBody({ code, message, problems = [] }: Omit<GatewayAnswer, 'type'>): string {
  return JSON.stringify({ error: { code, message, problems } });
}

/** Whatever API Gateway answers by itself has the shape that the functions' errors have. */
export function addGatewayResponses(api: RestApi): void {
  for (const answer of ANSWERS)
    api.addGatewayResponse(answer.type.responseType, {
      type: answer.type,
      responseHeaders: { 'Cache-Control': "'no-store'", 'X-Content-Type-Options': "'nosniff'" },
      templates: { 'application/json': errorBody(answer) },
    });
}
