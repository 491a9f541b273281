import type { Json } from '../../core/json.ts';
import { ApiError } from './api-error.ts';
import { readInput, sendTaskFailureInput, sendTaskHeartbeatInput, sendTaskSuccessInput } from './api-inputs.ts';
import { type ApiPorts, parseJson } from './api-ports.ts';
import type { Execution } from './execution.ts';
import { heartbeat, tokenFailed, tokenSucceeded } from './task-step.ts';

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
  // A timeout that is due beats an answer that comes after it, also when its timer has not fired yet.
  engine.catchUp(bearer.executionArn);
  const running = engine.running(bearer.executionArn);
  const { activity } = running ?? { activity: null };
  if (running === undefined || activity?.phase !== 'task' || activity.scheduledEventId !== bearer.scheduledEventId) {
    throw new ApiError('TaskTimedOut', "Task Timed Out: 'Provided task does not exist anymore'");
  }
  return running;
}

/** SendTaskSuccess. @throws ApiError */
export function sendTaskSuccess(ports: ApiPorts, raw: unknown): Json {
  const { taskToken, output } = readInput(sendTaskSuccessInput, raw);
  parseJson(output, (reason) => new ApiError('InvalidOutput', `Invalid Output: '${reason}'`));
  ports.engine.step(taskOf(ports, taskToken), (draft) => tokenSucceeded(draft, output));
  return {};
}

/** SendTaskFailure. @throws ApiError */
export function sendTaskFailure(ports: ApiPorts, raw: unknown): Json {
  const { taskToken, error, cause } = readInput(sendTaskFailureInput, raw);
  ports.engine.step(taskOf(ports, taskToken), (draft) => tokenFailed(draft, error, cause));
  return {};
}

/** SendTaskHeartbeat. @throws ApiError */
export function sendTaskHeartbeat(ports: ApiPorts, raw: unknown): Json {
  const { taskToken } = readInput(sendTaskHeartbeatInput, raw);
  ports.engine.step(taskOf(ports, taskToken), heartbeat);
  return {};
}
