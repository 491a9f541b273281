import type { Json } from '../../core/json.ts';
import { ApiError } from './api-error.ts';
import {
  describeExecutionInput,
  getExecutionHistoryInput,
  listExecutionsInput,
  readInput,
  stopExecutionInput,
} from './api-inputs.ts';
import { type ApiPorts, checkArn, machineOf, seconds } from './api-ports.ts';
import type { Engine } from './engine.ts';
import type { Execution } from './execution.ts';
import { withoutData } from './history-view.ts';
import { childrenOfRun } from './map-run-operations.ts';
import { pageOf } from './paging.ts';
import { abortExecution } from './step.ts';

/** @throws ApiError (InvalidArn, ExecutionDoesNotExist) */
function executionOf(engine: Engine, executionArn: string): Execution {
  checkArn(executionArn, 'execution', 'express');
  const execution = engine.execution(executionArn);
  if (execution === undefined) {
    throw new ApiError('ExecutionDoesNotExist', `Execution Does Not Exist: '${executionArn}'`);
  }
  return execution;
}

function qualifiers(execution: Pick<Execution, 'stateMachineVersionArn' | 'stateMachineAliasArn'>) {
  const { stateMachineVersionArn, stateMachineAliasArn } = execution;
  return {
    ...(stateMachineVersionArn === null ? {} : { stateMachineVersionArn }),
    ...(stateMachineAliasArn === null ? {} : { stateMachineAliasArn }),
  };
}

/** DescribeExecution. @throws ApiError */
export function describeExecution({ engine }: ApiPorts, raw: unknown): Json {
  const { executionArn, includedData } = readInput(describeExecutionInput, raw);
  const execution = executionOf(engine, executionArn);
  const { stoppedAt, output, error, cause } = execution;
  const included = { included: includedData !== 'METADATA_ONLY' };
  return {
    executionArn,
    stateMachineArn: execution.stateMachineArn,
    name: execution.name,
    status: execution.status,
    startDate: seconds(execution.startedAt),
    ...(stoppedAt === null ? {} : { stopDate: seconds(stoppedAt) }),
    ...(included.included ? { input: execution.input } : {}),
    inputDetails: included,
    ...(output === null ? {} : { ...(included.included ? { output } : {}), outputDetails: included }),
    ...(error === null ? {} : { error }),
    ...(cause === null ? {} : { cause }),
    ...qualifiers(execution),
    ...(execution.child === undefined ? {} : { mapRunArn: execution.child.mapRunArn }),
    redriveCount: 0,
    redriveStatus: 'NOT_REDRIVABLE',
    redriveStatusReason: 'RedriveExecution is not available on one machine.',
  };
}

/** DescribeStateMachineForExecution: the machine as the execution runs it, whatever came later. @throws ApiError */
export function describeStateMachineForExecution({ engine, machines }: ApiPorts, raw: unknown): Json {
  const { executionArn, includedData } = readInput(describeExecutionInput, raw);
  const execution = executionOf(engine, executionArn);
  const { stateMachineArn, stateMachineName, definitionId, roleArn, startedAt, child } = execution;
  return {
    stateMachineArn,
    name: stateMachineName,
    definition: includedData === 'METADATA_ONLY' ? '{}' : machines.definitionText(definitionId),
    roleArn,
    updateDate: seconds(machines.resolve(stateMachineArn)?.machine.createdAt ?? startedAt),
    ...(child === undefined ? {} : { mapRunArn: child.mapRunArn, label: child.label }),
  };
}

/** StopExecution; an execution that has ended already keeps its end. @throws ApiError */
export function stopExecution({ engine, clock }: ApiPorts, raw: unknown): Json {
  const { executionArn, error, cause } = readInput(stopExecutionInput, raw);
  // An EXPRESS execution cannot be stopped.
  checkArn(executionArn, 'execution');
  engine.catchUp(executionArn);
  const { stoppedAt } = executionOf(engine, executionArn);
  const running = engine.running(executionArn);
  if (running === undefined) return { stopDate: seconds(stoppedAt ?? clock.now()) };
  const now = clock.now();
  engine.step(running, (draft) => abortExecution(draft, error, cause));
  return { stopDate: seconds(now) };
}

/** The executions of a machine, without the children of its Maps, or the children of a map run. @throws ApiError */
function executionsOf(ports: ApiPorts, stateMachineArn: string | undefined, mapRunArn: string | undefined) {
  if ((stateMachineArn === undefined) === (mapRunArn === undefined)) {
    throw new ApiError('ValidationException', 'Must provide exactly one of StateMachine ARN or MapRun ARN');
  }
  if (mapRunArn !== undefined) return childrenOfRun(ports.engine, mapRunArn);
  const arn = stateMachineArn ?? '';
  machineOf(ports.machines, arn);
  return [...ports.engine.listedExecutions()].filter((one) =>
    [one.stateMachineArn, one.stateMachineVersionArn, one.stateMachineAliasArn].includes(arn),
  );
}

/** ListExecutions, the latest first. @throws ApiError */
export function listExecutions(ports: ApiPorts, raw: unknown): Json {
  const { stateMachineArn, mapRunArn, statusFilter, ...page } = readInput(listExecutionsInput, raw);
  const found = executionsOf(ports, stateMachineArn, mapRunArn)
    .filter((one) => statusFilter === undefined || one.status === statusFilter)
    .sort((one, other) => other.startedAt - one.startedAt || (one.executionArn < other.executionArn ? -1 : 1));
  const { items, nextToken } = pageOf(found, (one) => one.executionArn, page);
  const executions = items.map((one) => ({
    executionArn: one.executionArn,
    stateMachineArn: one.stateMachineArn,
    name: one.name,
    status: one.status,
    startDate: seconds(one.startedAt),
    ...(one.stoppedAt === null ? {} : { stopDate: seconds(one.stoppedAt) }),
    ...qualifiers(one),
    ...(one.child === undefined ? {} : { mapRunArn: one.child.mapRunArn, itemCount: 1 }),
    redriveCount: 0,
  }));
  return { executions, ...(nextToken === undefined ? {} : { nextToken }) };
}

/** GetExecutionHistory. @throws ApiError */
export function getExecutionHistory({ engine }: ApiPorts, raw: unknown): Json {
  const {
    executionArn,
    reverseOrder = false,
    includeExecutionData = true,
    ...page
  } = readInput(getExecutionHistoryInput, raw);
  checkArn(executionArn, 'execution');
  if (engine.listedExecution(executionArn) === undefined) {
    throw new ApiError('ExecutionDoesNotExist', `Execution Does Not Exist: '${executionArn}'`);
  }
  const history = engine.history(executionArn);
  const { items, nextToken } = pageOf(reverseOrder ? history.toReversed() : history, (event) => String(event.id), page);
  const events = (includeExecutionData ? items : items.map(withoutData)) as unknown as Json;
  return { events, ...(nextToken === undefined ? {} : { nextToken }) };
}
