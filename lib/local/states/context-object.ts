import { instantAt } from '../../core/instant.ts';
import type { Json } from '../../core/json.ts';
import type { Execution, Visit } from './execution.ts';
import type { Path } from './json-path.ts';

/** The members of the context object that exist here; an Execution.Input may be read at any depth. */
const MEMBERS: Readonly<Record<string, ReadonlySet<string>>> = {
  Execution: new Set(['Id', 'Input', 'Name', 'RedriveCount', 'RoleArn', 'StartTime']),
  State: new Set(['EnteredTime', 'Name', 'RetryCount']),
  StateMachine: new Set(['Id', 'Name']),
  Task: new Set(['Token']),
};

/**
 * What is wrong with a path into the context object, if anything: found when a definition is loaded, not when it runs.
 * @param hasToken whether the field is filled in while a task token exists.
 */
export function contextPathProblem(path: Path, hasToken: boolean): string | undefined {
  const [group, member, ...rest] = path.steps;
  if (path.root === 'data' || group === undefined) return undefined;
  const members = typeof group === 'string' && Object.hasOwn(MEMBERS, group) ? MEMBERS[group] : undefined;
  const known = members !== undefined && (member === undefined || (typeof member === 'string' && members.has(member)));
  if (!known || (rest.length > 0 && member !== 'Input')) return `The context object has no "${path.text}"`;
  return group === 'Task' && !hasToken
    ? `"${path.text}" exists only in the Parameters of a task that waits for a token`
    : undefined;
}

/**
 * The context object (`$$`) of a state that is being visited.
 * Source: AWS Step Functions Developer Guide, "Accessing execution data from the Context object".
 */
export function contextObject(execution: Execution, visit: Visit, retryCount: number, token: string | undefined): Json {
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
