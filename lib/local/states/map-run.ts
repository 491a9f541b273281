import { createHash } from 'node:crypto';
import type { Execution, ExecutionStatus, MapRun, Origin } from './execution.ts';
import { NO_RETRIES } from './execution.ts';

/** How many children AWS runs at once when nobody says how many. */
export const MOST_CHILDREN = 10_000;

/** An EXPRESS execution ends after five minutes. Source: AWS Step Functions Developer Guide, "Choosing workflow type". */
const EXPRESS_MILLISECONDS = 300_000;

/** How the children of a map run stand, by item; nothing for an item whose child has not started. */
export type Standing = ReadonlyMap<number, ExecutionStatus>;

/** What a map run does next. */
export type Move =
  | { readonly kind: 'start'; readonly indexes: readonly number[] }
  | { readonly kind: 'wait' }
  | { readonly kind: 'succeed' }
  | { readonly kind: 'fail' };

/**
 * What a map run does next: as many children as it may run at once are started in the order of their items. When more failed than
 * it tolerates, none is started any more; EXPRESS children cannot be stopped, so those that run are waited for.
 */
export function nextMove(run: MapRun, standing: Standing): Move {
  const { running, succeeded } = countsOf(run, standing);
  const failed = standing.size - running - succeeded;
  if (isIntolerable(run, failed)) return { kind: run.executionType === 'EXPRESS' && running > 0 ? 'wait' : 'fail' };
  if (standing.size === run.total) return { kind: running > 0 ? 'wait' : 'succeed' };
  const indexes: number[] = [];
  for (let index = 0; index < run.total && running + indexes.length < run.maxConcurrency; index += 1) {
    if (!standing.has(index)) indexes.push(index);
  }
  return indexes.length === 0 ? { kind: 'wait' } : { kind: 'start', indexes };
}

/** Whether more children failed than tolerated; of a count and a percentage, each counts. */
function isIntolerable({ toleratedFailureCount, toleratedFailurePercentage, total }: MapRun, failed: number): boolean {
  if (toleratedFailureCount === null && toleratedFailurePercentage === null) return failed > 0;
  return (
    (toleratedFailureCount !== null && failed > toleratedFailureCount) ||
    (toleratedFailurePercentage !== null && failed * 100 > toleratedFailurePercentage * total)
  );
}

/** How many children there are of each kind. */
export interface Counts {
  readonly pending: number;
  readonly running: number;
  readonly succeeded: number;
  readonly failed: number;
  readonly timedOut: number;
  readonly aborted: number;
  readonly total: number;
}

/** How many children of a map run there are of each kind. */
export function countsOf({ total }: MapRun, standing: Standing): Counts {
  const statuses = [...standing.values()];
  const of = (status: ExecutionStatus) => statuses.filter((other) => other === status).length;
  return {
    pending: total - statuses.length,
    running: of('RUNNING'),
    succeeded: of('SUCCEEDED'),
    failed: of('FAILED'),
    timedOut: of('TIMED_OUT'),
    aborted: of('ABORTED'),
    total,
  };
}

/** Gives the same text the same identifier in the form of a UUID: after a crash a child must not get another name. */
export function identifierOf(...parts: readonly (string | number)[]): string {
  const hex = createHash('sha256').update(JSON.stringify(parts)).digest('hex');
  const variant = '89ab'[Number.parseInt(hex[16] ?? '0', 16) % 4];
  return [
    hex.slice(0, 8),
    hex.slice(8, 12),
    `8${hex.slice(13, 16)}`,
    `${variant}${hex.slice(17, 20)}`,
    hex.slice(20, 32),
  ].join('-');
}

/** The ARN of a map run. Source: AWS Step Functions API Reference, ListExecutions. */
export function mapRunArnOf({ stateMachineArn }: Execution, label: string, identifier: string): string {
  return `${stateMachineArn.replace(':stateMachine:', ':mapRun:')}/${label}:${identifier}`;
}

/** The child execution for an item, before it starts. */
export function childOf(parent: Execution, run: MapRun, index: number, input: string, startedAt: number): Execution {
  const { mapRunArn, label, state, executionType } = run;
  const name = identifierOf(mapRunArn, index);
  const stateMachineArn = `${parent.stateMachineArn}/${label}`;
  const express = executionType === 'EXPRESS';
  const executionArn = express
    ? `${stateMachineArn.replace(':stateMachine:', ':express:')}:${name}:${identifierOf(mapRunArn, index, 'express')}`
    : `${stateMachineArn.replace(':stateMachine:', ':execution:')}:${name}`;
  const child: Origin = { parentArn: parent.executionArn, mapRunArn, state, label, index, executionType };
  return {
    executionArn,
    name,
    stateMachineArn,
    stateMachineName: `${parent.stateMachineName}/${label}`,
    stateMachineVersionArn: null,
    stateMachineAliasArn: null,
    roleArn: parent.roleArn,
    definitionId: parent.definitionId,
    startedAt,
    input,
    status: 'RUNNING',
    stoppedAt: null,
    output: null,
    error: null,
    cause: null,
    deadline: express ? startedAt + EXPRESS_MILLISECONDS : null,
    lastEventId: 0,
    transitions: 0,
    child,
    visit: null,
    retries: NO_RETRIES,
    activity: null,
  };
}
