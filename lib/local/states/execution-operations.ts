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
import { pageOf } from './paging.ts';
import { abortExecution } from './step.ts';

function executionOf(engine: Engine, executionArn: string): Execution {
  checkArn(executionArn, 'execution');
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
    redriveCount: 0,
    redriveStatus: 'NOT_REDRIVABLE',
    redriveStatusReason: 'RedriveExecution is not available on one machine.',
  };
}

/** DescribeStateMachineForExecution: the machine as the execution runs it, whatever came later. @throws ApiError */
export function describeStateMachineForExecution({ engine, machines }: ApiPorts, raw: unknown): Json {
  const { executionArn, includedData } = readInput(describeExecutionInput, raw);
  const { stateMachineArn, stateMachineName, definitionId, roleArn, startedAt } = executionOf(engine, executionArn);
  return {
    stateMachineArn,
    name: stateMachineName,
    definition: includedData === 'METADATA_ONLY' ? '{}' : machines.definitionText(definitionId),
    roleArn,
    updateDate: seconds(machines.resolve(stateMachineArn)?.machine.createdAt ?? startedAt),
  };
}

/** StopExecution; an execution that has ended already keeps its end. @throws ApiError */
export function stopExecution({ engine, clock }: ApiPorts, raw: unknown): Json {
  const { executionArn, error, cause } = readInput(stopExecutionInput, raw);
  engine.catchUp(executionArn);
  const { stoppedAt } = executionOf(engine, executionArn);
  const running = engine.running(executionArn);
  if (running === undefined) return { stopDate: seconds(stoppedAt ?? clock.now()) };
  const now = clock.now();
  engine.step(running, (draft) => abortExecution(draft, error, cause));
  return { stopDate: seconds(now) };
}

/** ListExecutions, the latest first. @throws ApiError */
export function listExecutions({ engine, machines }: ApiPorts, raw: unknown): Json {
  const { stateMachineArn, statusFilter, ...page } = readInput(listExecutionsInput, raw);
  machineOf(machines, stateMachineArn);
  const found = [...engine.listedExecutions()]
    .filter((one) =>
      [one.stateMachineArn, one.stateMachineVersionArn, one.stateMachineAliasArn].includes(stateMachineArn),
    )
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
