import { instantAt } from '../../core/instant.ts';
import type { Json, JsonObject } from '../../core/json.ts';
import type { Execution, Visit } from './execution.ts';
import type { Path } from './json-path.ts';

/** The members of the context object that exist here; an Execution.Input may be read at any depth. */
const MEMBERS: Readonly<Record<string, ReadonlySet<string>>> = {
  Execution: new Set(['Id', 'Input', 'Name', 'RedriveCount', 'RoleArn', 'StartTime']),
  State: new Set(['EnteredTime', 'Name', 'RetryCount']),
  StateMachine: new Set(['Id', 'Name']),
  Task: new Set(['Token']),
  Map: new Set(['Item']),
};

/** What a field can read beside the execution, the state and the machine: a task's token, or a Map's item. */
export type Scope = 'plain' | 'token' | 'item';

/** The item that a Map fills its ItemSelector in for. */
export interface Item {
  readonly index: number;
  readonly value: Json;
}

/**
 * What is wrong with a path into the context object, if anything: found when a definition is loaded, not when it runs.
 * @param scope where the field is.
 */
export function contextPathProblem(path: Path, scope: Scope): string | undefined {
  const [group, member, ...rest] = path.steps;
  if (path.root === 'data' || group === undefined) return undefined;
  const members = typeof group === 'string' && Object.hasOwn(MEMBERS, group) ? MEMBERS[group] : undefined;
  const known = members !== undefined && (member === undefined || (typeof member === 'string' && members.has(member)));
  if (!known || !reaches(member, rest)) return `The context object has no "${path.text}"`;
  if (group === 'Task' && scope !== 'token') {
    return `"${path.text}" exists only in the Parameters of a task that waits for a token`;
  }
  return group === 'Map' && scope !== 'item' ? `"${path.text}" exists only in the ItemSelector of a Map` : undefined;
}

/** Whether something can be below a member of the context object: only an execution's input and a Map's item have parts. */
function reaches(member: string | number | undefined, [part, ...parts]: readonly (string | number)[]): boolean {
  if (part === undefined || member === 'Input') return true;
  return member === 'Item' && (part === 'Value' || (part === 'Index' && parts.length === 0));
}

/**
 * The context object (`$$`) of a state that is being visited.
 * Source: AWS Step Functions Developer Guide, "Accessing execution data from the Context object".
 */
export function contextObject(
  execution: Execution,
  visit: Visit,
  retryCount: number,
  token: string | undefined,
): JsonObject {
  return {
    Execution: {
      Id: execution.executionArn,
      Input: JSON.parse(execution.input) as Json,
      Name: execution.name,
      RedriveCount: 0,
      RoleArn: execution.roleArn,
      StartTime: instantAt(execution.startedAt),
    },
    State: { EnteredTime: instantAt(visit.enteredAt), Name: visit.state, RetryCount: retryCount },
    StateMachine: { Id: execution.stateMachineArn, Name: execution.stateMachineName },
    ...(token === undefined ? {} : { Task: { Token: token } }),
  };
}
