import type { Json } from '../../core/json.ts';
import type { LocalClock } from '../clock.ts';
import { ApiError } from './api-error.ts';
import type { Engine } from './engine.ts';
import type { Machines, Resolved } from './machines.ts';
import type { TaskTokens } from './task-tokens.ts';

/** What the operations work on. */
export interface ApiPorts {
  readonly engine: Engine;
  readonly machines: Machines;
  readonly tokens: TaskTokens;
  readonly clock: LocalClock;
}

/** An operation of the API: reads its input, answers with its output. @throws ApiError */
export type Operation = (input: unknown) => Json;

/** AWS JSON 1.0 writes instants as seconds since 1970-01-01T00:00:00Z. */
export function seconds(epochMilliseconds: number): number {
  return epochMilliseconds / 1000;
}

/** Checks that a text is JSON. @throws what `refuse` makes of the reason. */
export function parseJson(text: string, refuse: (reason: string) => ApiError): void {
  try {
    JSON.parse(text);
  } catch (error) {
    throw refuse(error instanceof Error ? error.name : 'not JSON');
  }
}

/** The machine of an ARN. @throws ApiError (InvalidArn, StateMachineDoesNotExist) */
export function machineOf(machines: Machines, arn: string): Resolved {
  checkArn(arn, 'stateMachine');
  const resolved = machines.resolve(arn);
  if (resolved === undefined) throw new ApiError('StateMachineDoesNotExist', `State Machine Does Not Exist: '${arn}'`);
  return resolved;
}

/** What an ARN of Step Functions can name; `express` is an execution that a Map started as EXPRESS. */
type Kind = 'stateMachine' | 'execution' | 'express' | 'mapRun';

/** Checks that an ARN names a thing of one of some kinds. @throws ApiError (InvalidArn) */
export function checkArn(arn: string, ...kinds: readonly Kind[]): void {
  const [scheme, , service, , , type, ...name] = arn.split(':');
  if (scheme !== 'arn' || service !== 'states' || !kinds.some((kind) => kind === type) || name.length === 0) {
    throw new ApiError('InvalidArn', `Invalid Arn: '${arn}'`);
  }
}
