import type { Json } from '../../core/json.ts';

/** What came of invoking a function. */
export type InvocationResult =
  | { readonly ok: true; readonly payload: Json }
  | {
      readonly ok: false;
      /** The name of the error that was thrown, or a fault of the service (`Lambda.ServiceException`). */
      readonly errorType: string;
      readonly errorMessage: string;
      readonly trace?: readonly string[];
    };

/** Invokes a function and waits for its result. It reports what the function threw as a value; a rejection counts as `Lambda.Unknown`. */
export type LambdaInvoker = (functionArn: string, payload: Json) => Promise<InvocationResult>;

/** The function to invoke, and with what. */
export interface Invocation {
  readonly functionArn: string;
  readonly payload: Json;
}

/**
 * The result of the `lambda:invoke` integration: the function's payload in the answer of the Invoke API.
 * No HTTP request was made here, so of its metadata there is only the status.
 */
export function invokeOutput({ functionArn }: Invocation, payload: Json): Json {
  const version = /:function:[^:]+:(\d+)$/.exec(functionArn)?.[1] ?? '$LATEST';
  return {
    ExecutedVersion: version,
    Payload: payload,
    SdkHttpMetadata: { HttpStatusCode: 200 },
    SdkResponseMetadata: {},
    StatusCode: 200,
  };
}

/** The cause that Step Functions reports: what a function threw as JSON text, a fault of the service as plain text. */
export function causeOf({ errorType, errorMessage, trace }: InvocationResult & { readonly ok: false }): string {
  if (errorType.startsWith('Lambda.')) return errorMessage;
  return JSON.stringify({ errorType, errorMessage, trace: trace ?? [] });
}
