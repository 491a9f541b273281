import { randomUUID } from 'node:crypto';
import type { Json } from '../../core/json.ts';
import { ApiError } from './api-error.ts';
import { readInput, startExecutionInput } from './api-inputs.ts';
import { type ApiPorts, machineOf, parseJson, seconds } from './api-ports.ts';
import { type Execution, NO_RETRIES } from './execution.ts';
import type { Listed } from './journal.ts';
import type { Resolved } from './machines.ts';

/** How long the name of an execution that has ended stays taken. */
const NAME_RETENTION_MILLISECONDS = 90 * 24 * 3600 * 1000;

/** Unicode that a name must not contain, as the API reference lists it. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for.
const FORBIDDEN_IN_NAMES = /[\s<>{}[\]?*"#%\\^|~`$&,;:/\u0000-\u001f\u007f-\u009f\ufffe\uffff\ud800-\udfff]/;

/**
 * StartExecution: idempotent by name while the execution runs; afterwards the name stays taken for 90 days.
 * @throws ApiError
 */
export function startExecution({ engine, machines, clock }: ApiPorts, raw: unknown): Json {
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
