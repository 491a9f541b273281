import { setTimeout as delay } from 'node:timers/promises';
import type * as z from 'zod';
import { CountersignError } from '../core/errors.ts';
import { executionAccepted, executionView } from '../platform/contracts/api.ts';
import type { ExecutionRecord } from '../platform/contracts/execution.ts';
import { owesStatement } from '../platform/executions/execution-store.ts';
import { CALLER_HEADER, LOCAL_OPERATOR } from './api-gateway.ts';

/** The API answered with an error. */
export class ApiRefused extends CountersignError {
  readonly code = 'ApiRefused';
  readonly status: number;
  /** The code of the error that the API answered, where it answered one. */
  readonly answered: string | undefined;

  constructor(status: number, body: string) {
    super(`The API answered ${status}: ${body.slice(0, 2000)}`);
    this.status = status;
    this.answered = /"code":"(\w+)"/.exec(body)?.[1];
  }
}

/** The API did not come to what was waited for in time. */
export class WaitedTooLong extends CountersignError {
  readonly code = 'WaitedTooLong';
}

export type ExecutionView = z.infer<typeof executionView>;

/** Milliseconds between two looks at an execution, and how long to look at most. */
const LOOK_EVERY = 25;
const LOOK_FOR = 60_000;

/** The HTTP API of the local system, as a program of a user's would call it. */
export class ApiClient {
  readonly url: string;

  constructor(url: string) {
    this.url = url;
  }

  /** Sends one request as a simulated caller and reads the JSON answer. @throws ApiRefused */
  async request(method: string, path: string, caller: string, body?: unknown, headers: Record<string, string> = {}) {
    const response = await fetch(`${this.url}${path}`, {
      method,
      headers: { [CALLER_HEADER]: caller, 'Content-Type': 'application/json', ...headers },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    if (!response.ok) throw new ApiRefused(response.status, text);
    return JSON.parse(text) as unknown;
  }

  /** Starts an execution and answers its id. */
  async start(skill: string, caller: string, envelope: unknown, idempotencyKey?: string): Promise<string> {
    const headers = idempotencyKey === undefined ? {} : { 'Idempotency-Key': idempotencyKey };
    const answer = await this.request('POST', `/skills/${skill}/executions`, caller, envelope, headers);
    return executionAccepted.parse(answer).executionId;
  }

  /** Where an execution stands. */
  async execution(executionId: string): Promise<ExecutionView> {
    return executionView.parse(await this.request('GET', `/executions/${executionId}`, LOCAL_OPERATOR));
  }

  /** Looks at an execution until it is as wanted. @throws WaitedTooLong */
  async until(executionId: string, wanted: (view: ExecutionView) => boolean, what: string): Promise<ExecutionView> {
    const end = performance.now() + LOOK_FOR;
    for (;;) {
      const view = await this.execution(executionId);
      if (wanted(view)) return view;
      if (performance.now() > end)
        throw new WaitedTooLong(
          `Execution ${executionId} is ${view.status}, and not ${what} after ${LOOK_FOR / 1000} s.`,
        );
      await delay(LOOK_EVERY);
    }
  }

  /**
   * The evidence packet of an execution. The outcome shows a moment before the statement about it is signed: the packet of an
   * execution that has ended is asked for until it holds the statement.
   * @throws WaitedTooLong
   */
  async evidence(executionId: string): Promise<unknown> {
    const end = performance.now() + LOOK_FOR;
    for (;;) {
      const packet = await this.request('GET', `/executions/${executionId}/evidence`, LOCAL_OPERATOR);
      if (!owesStatement((packet as { record: Pick<ExecutionRecord, 'outcome' | 'statement'> }).record)) return packet;
      if (performance.now() > end) throw new WaitedTooLong(`The end of execution ${executionId} is still not signed.`);
      await delay(LOOK_EVERY);
    }
  }

  /** Moves the local system's clock forward. */
  async skipTime(seconds: number): Promise<void> {
    await this.request('POST', '/local/clock', LOCAL_OPERATOR, { advanceSeconds: seconds });
  }

  /** The local system's time. */
  async now(): Promise<string> {
    return ((await this.request('GET', '/local/clock', LOCAL_OPERATOR)) as { now: string }).now;
  }
}
