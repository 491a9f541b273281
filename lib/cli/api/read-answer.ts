import * as z from 'zod';
import { errorDocument } from '../../platform/contracts/api.ts';
import { NotLetIn, OutOfReach, Refused, Throttled } from './errors.ts';
import type { ApiAnswer, ApiRequest } from './transport.ts';

/** What API Gateway says itself, before any function is asked. Its text can quote the signed request and is never shown. */
const gatewayDocument = z.object({ message: z.string().optional(), Message: z.string().optional() });

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function retryAfter(headers: Headers): number | undefined {
  const text = headers.get('retry-after');
  return text !== null && /^\d{1,6}$/.test(text) ? Number(text) : undefined;
}

function throttled(answer: ApiAnswer, said: string | undefined): Throttled {
  const seconds = retryAfter(answer.headers);
  // The API's own answer names the seconds already; API Gateway's does not.
  if (said !== undefined) return new Throttled(said, seconds);
  const again = seconds === undefined ? 'Try again in a moment.' : `Try again in ${seconds} s.`;
  return new Throttled(`The API takes no more requests for now. ${again}`, seconds);
}

/** Each way that IAM and API Gateway refuse a caller, by the error's type or, without one, by words of its message. */
function notLetIn(answer: ApiAnswer, request: ApiRequest): NotLetIn {
  const document = gatewayDocument.safeParse(jsonOf(answer.text));
  const text = `${answer.headers.get('x-amzn-errortype') ?? ''} ${document.data?.message ?? document.data?.Message ?? ''}`;
  const what = `${request.method} ${request.path}`;
  if (/signature expired|signature not yet current/i.test(text))
    return new NotLetIn('The clock of this machine is wrong by minutes, so its signatures do not count. Set it right.');
  if (/expired/i.test(text))
    return new NotLetIn('The AWS session has ended. Sign in again, for instance with: aws sso login');
  if (/InvalidSignature|does not match/i.test(text))
    return new NotLetIn(
      'AWS does not accept the signature. Look whether --region is the region of the API, and whether a proxy changes requests.',
    );
  if (/UnrecognizedClient|token .*invalid|IncompleteSignature/i.test(text))
    return new NotLetIn('AWS does not know these credentials. Look at --profile, or sign in again.');
  if (/MissingAuthenticationToken|Missing Authentication Token/i.test(text))
    return new NotLetIn(
      `The API has no ${what}. Its address is the output "BaseUrl" of the platform stack, stage included; look whether both versions are the same.`,
    );
  return new NotLetIn(`These AWS credentials may not call ${what}. Their policy must allow execute-api:Invoke for it.`);
}

function refusal(answer: ApiAnswer, request: ApiRequest): Error {
  const { status, text } = answer;
  const ours = errorDocument.safeParse(jsonOf(text));
  if (status === 429) return throttled(answer, ours.data?.error.message);
  if (ours.success && status < 500) {
    const { code, message, problems } = ours.data.error;
    return new Refused(status, code, message, problems);
  }
  if (status === 401 || status === 403) return notLetIn(answer, request);
  if (status >= 500)
    return new OutOfReach(
      ours.data?.error.message ?? `The API failed with ${status}. Try again, and look at its alarms if it stays.`,
    );
  return new OutOfReach(
    `What answers there (${status}) is no API of Countersign. Its address is the output "BaseUrl" of the platform stack.`,
  );
}

/** Whether all that is wrong with a document is that it says more than this version knows. */
const onlySaysMore = (error: z.ZodError): boolean => error.issues.every(({ code }) => code === 'unrecognized_keys');

/**
 * Reads the answer to a request.
 * @returns the document; members that this version does not know stay in it.
 * @throws Refused when the API said no; NotLetIn, Throttled or OutOfReach when it was not even asked, or failed.
 */
export function readAnswer<T>(schema: z.ZodType<T>, answer: ApiAnswer, request: ApiRequest): T {
  if (answer.status < 200 || answer.status > 299) throw refusal(answer, request);
  const document = jsonOf(answer.text);
  const read = schema.safeParse(document);
  if (read.success || onlySaysMore(read.error)) return document as T;
  throw new OutOfReach(
    `What answers ${request.method} ${request.path} speaks another version. Use the command line of the version that is deployed.`,
    [],
    { cause: read.error },
  );
}
