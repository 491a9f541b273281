import { randomUUID } from 'node:crypto';
import type { Json } from '../../core/json.ts';
import type { LocalClock } from '../clock.ts';
import { ApiError } from './api-error.ts';
import {
  describeExecutionInput,
  describeStateMachineInput,
  getExecutionHistoryInput,
  listExecutionsInput,
  listStateMachinesInput,
  readInput,
  sendTaskFailureInput,
  sendTaskHeartbeatInput,
  sendTaskSuccessInput,
  startExecutionInput,
  stopExecutionInput,
} from './api-inputs.ts';
import type { Engine } from './engine.ts';
import { type Execution, NO_RETRIES } from './execution.ts';
import { withoutData } from './history-view.ts';
import type { Listed } from './journal.ts';
import type { Machine, Machines, Resolved } from './machines.ts';
import { pageOf } from './paging.ts';
import { abortExecution } from './step.ts';
import { heartbeat, tokenFailed, tokenSucceeded } from './task-step.ts';
import type { TaskTokens } from './task-tokens.ts';

/** How long the name of an execution that has ended stays taken. */
const NAME_RETENTION_MILLISECONDS = 90 * 24 * 3600 * 1000;

/** Unicode that a name must not contain, as the API reference lists it. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for.
const FORBIDDEN_IN_NAMES = /[\s<>{}[\]?*"#%\\^|~`$&,;:/\u0000-\u001f\u007f-\u009f\ufffe\uffff\ud800-\udfff]/u;

interface ApiPorts {
  readonly engine: Engine;
  readonly machines: Machines;
  readonly tokens: TaskTokens;
  readonly clock: LocalClock;
}

/** An operation of the API: reads its input, answers with its output. @throws ApiError */
export type Operation = (input: unknown) => Json;

/** The operations of the Step Functions API that exist here, by name. Source: AWS Step Functions API Reference. */
export function operations(ports: ApiPorts): ReadonlyMap<string, Operation> {
  return new Map<string, Operation>([
    ['StartExecution', (input) => startExecution(ports, input)],
    ['DescribeExecution', (input) => describeExecution(ports, input)],
    ['StopExecution', (input) => stopExecution(ports, input)],
    ['ListExecutions', (input) => listExecutions(ports, input)],
    ['GetExecutionHistory', (input) => getExecutionHistory(ports, input)],
    ['SendTaskSuccess', (input) => sendTaskSuccess(ports, input)],
    ['SendTaskFailure', (input) => sendTaskFailure(ports, input)],
    ['SendTaskHeartbeat', (input) => sendTaskHeartbeat(ports, input)],
    ['DescribeStateMachine', (input) => describeStateMachine(ports, input)],
    ['ListStateMachines', (input) => listStateMachines(ports, input)],
  ]);
}

/** AWS JSON 1.0 writes instants as seconds since 1970-01-01T00:00:00Z. */
function seconds(epochMilliseconds: number): number {
  return epochMilliseconds / 1000;
}

function parseJson(text: string, refuse: (reason: string) => ApiError): void {
  try {
    JSON.parse(text);
  } catch (error) {
    throw refuse(error instanceof Error ? error.name : 'not JSON');
  }
}

function startExecution({ engine, machines, clock }: ApiPorts, raw: unknown): Json {
  const { stateMachineArn, name = randomUUID(), input = '{}' } = readInput(startExecutionInput, raw);
  const resolved = machineOf(machines, stateMachineArn);
  if (name.length < 1 || name.length > 80 || FORBIDDEN_IN_NAMES.test(name)) {
    throw new ApiError('InvalidName', `Invalid Name: '${name}'`);
  }
  parseJson(
    input,
    (reason) => new ApiError('InvalidExecutionInput', `Invalid State Machine Execution Input: '${reason}'`),
  );
  const now = clock.now();
  const execution = newExecution(resolved, name, input, now);
  const { executionArn } = execution;
  const running = engine.running(executionArn);
  if (running !== undefined && running.input === input) {
    return { executionArn, startDate: seconds(running.startedAt) };
  }
  const known = engine.listedExecution(executionArn);
  if (known !== undefined && !isNameFree(known, now)) {
    throw new ApiError('ExecutionAlreadyExists', `Execution Already Exists: '${executionArn}'`);
  }
  if (known !== undefined) engine.forget(executionArn);
  engine.start(execution);
  return { executionArn, startDate: seconds(now) };
}

function isNameFree({ stoppedAt }: Listed, now: number): boolean {
  return stoppedAt !== null && now - stoppedAt >= NAME_RETENTION_MILLISECONDS;
}

function newExecution(
  { machine, versionArn, aliasArn }: Resolved,
  name: string,
  input: string,
  startedAt: number,
): Execution {
  return {
    executionArn: `${machine.stateMachineArn.replace(':stateMachine:', ':execution:')}:${name}`,
    name,
    stateMachineArn: machine.stateMachineArn,
    stateMachineName: machine.name,
    stateMachineVersionArn: versionArn,
    stateMachineAliasArn: aliasArn,
    roleArn: machine.roleArn,
    definitionId: machine.definitionId,
    startedAt,
    input,
    status: 'RUNNING',
    stoppedAt: null,
    output: null,
    error: null,
    cause: null,
    deadline: null,
    lastEventId: 0,
    transitions: 0,
    visit: null,
    retries: NO_RETRIES,
    activity: null,
  };
}

function machineOf(machines: Machines, arn: string): Resolved {
  checkArn(arn, 'stateMachine');
  const resolved = machines.resolve(arn);
  if (resolved === undefined) throw new ApiError('StateMachineDoesNotExist', `State Machine Does Not Exist: '${arn}'`);
  return resolved;
}

function checkArn(arn: string, kind: 'stateMachine' | 'execution'): void {
  const [scheme, , service, , , type, ...name] = arn.split(':');
  if (scheme !== 'arn' || service !== 'states' || type !== kind || name.length === 0) {
    throw new ApiError('InvalidArn', `Invalid Arn: '${arn}'`);
  }
}

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

function describeExecution({ engine }: ApiPorts, raw: unknown): Json {
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

function stopExecution({ engine, clock }: ApiPorts, raw: unknown): Json {
  const { executionArn, error, cause } = readInput(stopExecutionInput, raw);
  const { stoppedAt } = executionOf(engine, executionArn);
  const running = engine.running(executionArn);
  if (running === undefined) return { stopDate: seconds(stoppedAt ?? clock.now()) };
  const now = clock.now();
  engine.step(running, (draft) => abortExecution(draft, error, cause));
  return { stopDate: seconds(now) };
}

function listExecutions({ engine, machines }: ApiPorts, raw: unknown): Json {
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

function getExecutionHistory({ engine }: ApiPorts, raw: unknown): Json {
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

/**
 * The execution whose open task a token belongs to.
 * @throws ApiError InvalidToken: not issued here; TaskDoesNotExist: its execution is unknown; TaskTimedOut: the task is closed.
 */
function taskOf({ engine, tokens }: ApiPorts, taskToken: string): Execution {
  const bearer = tokens.read(taskToken);
  if (bearer === undefined) throw new ApiError('InvalidToken', "Invalid Token: 'Invalid token'");
  const known = engine.listedExecution(bearer.executionArn);
  if (known === undefined || known.startedAt !== bearer.startedAt) {
    throw new ApiError('TaskDoesNotExist', "Task Does Not Exist: 'The execution of the task is unknown'");
  }
  const running = engine.running(bearer.executionArn);
  const { activity } = running ?? { activity: null };
  if (running === undefined || activity?.phase !== 'task' || activity.scheduledEventId !== bearer.scheduledEventId) {
    throw new ApiError('TaskTimedOut', "Task Timed Out: 'Provided task does not exist anymore'");
  }
  return running;
}

function sendTaskSuccess(ports: ApiPorts, raw: unknown): Json {
  const { taskToken, output } = readInput(sendTaskSuccessInput, raw);
  parseJson(output, (reason) => new ApiError('InvalidOutput', `Invalid Output: '${reason}'`));
  ports.engine.step(taskOf(ports, taskToken), (draft) => tokenSucceeded(draft, output));
  return {};
}

function sendTaskFailure(ports: ApiPorts, raw: unknown): Json {
  const { taskToken, error, cause } = readInput(sendTaskFailureInput, raw);
  ports.engine.step(taskOf(ports, taskToken), (draft) => tokenFailed(draft, error, cause));
  return {};
}

function sendTaskHeartbeat(ports: ApiPorts, raw: unknown): Json {
  const { taskToken } = readInput(sendTaskHeartbeatInput, raw);
  ports.engine.step(taskOf(ports, taskToken), heartbeat);
  return {};
}

function describeStateMachine({ machines }: ApiPorts, raw: unknown): Json {
  const { stateMachineArn, includedData } = readInput(describeStateMachineInput, raw);
  const { machine } = machineOf(machines, stateMachineArn);
  return {
    ...machineItem(machine),
    stateMachineArn,
    status: 'ACTIVE',
    definition: includedData === 'METADATA_ONLY' ? '{}' : machine.definitionText,
    roleArn: machine.roleArn,
  };
}

function listStateMachines({ machines }: ApiPorts, raw: unknown): Json {
  const { items, nextToken } = pageOf(
    machines.all(),
    (machine) => machine.name,
    readInput(listStateMachinesInput, raw),
  );
  return { stateMachines: items.map(machineItem), ...(nextToken === undefined ? {} : { nextToken }) };
}

function machineItem(machine: Machine) {
  return {
    stateMachineArn: machine.stateMachineArn,
    name: machine.name,
    type: 'STANDARD',
    creationDate: seconds(machine.createdAt),
  };
}
