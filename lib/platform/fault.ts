import { CountersignError } from '../core/errors.ts';

/** Faults whose messages name nothing but principals and resources, and without which nobody finds out what right is missing. */
const MESSAGES_OF_RIGHTS = /^AccessDenied(Exception)?$/;

/** As much of a thrown thing as may be written down: an AWS service also says how it answered, and under which request. */
export interface LoggedFault {
  readonly error: string;
  /** Only where it can hold nothing of an input. */
  readonly message?: string;
  /** Where it came from, without the message that stacks begin with. */
  readonly stack: string;
  /** Places and codes of what did not fit, `pointer code`, without what was found there. */
  readonly problems?: string;
  readonly status?: number;
  readonly awsRequestId?: string;
}

interface AwsMetadata {
  readonly httpStatusCode?: number;
  readonly requestId?: string;
}

function framesOf(error: Error): string {
  const lines = (error.stack ?? '').split('\n').filter((line) => /^\s+at /.test(line));
  return lines.map((line) => line.trim()).join('\n');
}

function awsAnswerOf(error: Error): AwsMetadata {
  const { $metadata } = error as { $metadata?: AwsMetadata };
  return typeof $metadata === 'object' ? $metadata : {};
}

/**
 * What may be logged of a thrown thing. Our own errors keep their message, which names ids only. Those of libraries lose
 * theirs: parsers quote what they could not read, and mail servers the addresses that they refused.
 */
export function loggedFault(thrown: unknown): LoggedFault {
  if (!(thrown instanceof Error)) return { error: 'unknown', stack: '' };
  const { name, message } = thrown;
  const stack = framesOf(thrown);
  if (thrown instanceof CountersignError) {
    const problems = thrown.problems.map(({ pointer, code }) => `${pointer} ${code}`).join(', ');
    return { error: name, message, stack, ...(problems === '' ? {} : { problems }) };
  }
  const { httpStatusCode, requestId } = awsAnswerOf(thrown);
  return {
    error: name,
    ...(MESSAGES_OF_RIGHTS.test(name) ? { message } : {}),
    stack,
    ...(httpStatusCode === undefined ? {} : { status: httpStatusCode }),
    ...(requestId === undefined ? {} : { awsRequestId: requestId }),
  };
}

/**
 * What to throw out of a function in place of what was thrown in it: Lambda logs an error's message, stack and every property
 * that shows. Our own errors go on with their problems hidden; others become one that keeps the name, by which Step Functions
 * matches errors, and nothing that may quote an input.
 */
export function faultToThrow(thrown: unknown): Error {
  if (thrown instanceof CountersignError) {
    Object.defineProperty(thrown, 'problems', { enumerable: false });
    return thrown;
  }
  const { error, message = 'The function failed; its log says where.', stack } = loggedFault(thrown);
  const fault = new Error(message);
  fault.name = error;
  fault.stack = `${error}: ${message}\n${stack}`;
  return fault;
}
