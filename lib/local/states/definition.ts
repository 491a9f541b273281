import { CountersignError } from '../../core/errors.ts';
import type { Json } from '../../core/json.ts';
import type { Condition } from './choice-rule.ts';
import type { Expression } from './intrinsics.ts';
import type { Path } from './json-path.ts';
import type { Template } from './payload-template.ts';

/** A definition holds something that is wrong, or that is not implemented here; every problem is listed. */
export class InvalidDefinition extends CountersignError {
  readonly code = 'InvalidDefinition';
}

/** A state machine, checked: every transition has a target, every state can be reached, every field is understood. */
export interface Definition {
  readonly startAt: string;
  readonly states: ReadonlyMap<string, State>;
  readonly timeoutSeconds?: number;
}

/** A state, by its type. */
export type State = TaskState | MapState | ChoiceState | PassState | WaitState | SucceedState | FailState;

/** Where a state goes when it has succeeded; `undefined` ends the execution. */
export interface Transition {
  readonly next: string | undefined;
}

/** `null` stands for an empty object. */
export interface PathFields {
  readonly inputPath: Path | null;
  readonly outputPath: Path | null;
}

/** `null` throws the result away. */
export interface ResultFields {
  readonly resultPath: Path | null;
}

/** A length of time in seconds: written down, or read from the state's input. */
export type Seconds = number | Path;

/** What a state whose errors are handled has in common with others of its kind. */
export interface Handlers {
  readonly retry: readonly Retrier[];
  readonly catch: readonly Catcher[];
}

export interface TaskState extends Transition, PathFields, ResultFields, Handlers {
  readonly type: 'Task';
  readonly resource: TaskResource;
  readonly parameters: Template | undefined;
  readonly resultSelector: Template | undefined;
  readonly timeoutSeconds: Seconds | undefined;
  readonly heartbeatSeconds: Seconds | undefined;
}

/** A number that is written down, or read from the state's input. */
export type Limit = number | Path;

/** A Map in DISTRIBUTED mode: each item is a child execution of its own. */
export interface MapState extends Transition, PathFields, ResultFields, Handlers {
  readonly type: 'Map';
  readonly processor: Processor;
  /** Selects the array of items in the state's input. */
  readonly itemsPath: Path;
  /** Makes the input of a child; without it, that is the item. */
  readonly itemSelector: Template | undefined;
  readonly resultSelector: Template | undefined;
  /** How many children run at once; 0 or nothing is the most that AWS allows. */
  readonly maxConcurrency: Limit | undefined;
  readonly toleratedFailureCount: Limit | undefined;
  readonly toleratedFailurePercentage: Limit | undefined;
  /** Names the Map in ARNs; AWS makes one up where there is none. */
  readonly label: string | undefined;
}

/** What a child execution of a Map runs. */
export interface Processor extends Definition {
  readonly executionType: 'STANDARD' | 'EXPRESS';
}

/** A bare function (`LambdaFunction…` events), or the `lambda:invoke` integration with or without a callback (`Task…` events). */
export type TaskResource =
  | { readonly kind: 'function'; readonly functionArn: string }
  | { readonly kind: 'invoke'; readonly waitForTaskToken: boolean };

export interface Retrier {
  readonly errorEquals: readonly string[];
  readonly intervalSeconds: number;
  readonly maxAttempts: number;
  readonly backoffRate: number;
  readonly maxDelaySeconds: number | undefined;
  readonly jitterStrategy: 'NONE' | 'FULL';
}

export interface Catcher extends ResultFields {
  readonly errorEquals: readonly string[];
  readonly next: string;
}

export interface ChoiceState extends PathFields {
  readonly type: 'Choice';
  readonly choices: readonly { readonly condition: Condition; readonly next: string }[];
  readonly otherwise: string | undefined;
}

export interface PassState extends Transition, PathFields, ResultFields {
  readonly type: 'Pass';
  readonly result: Json | undefined;
  readonly parameters: Template | undefined;
}

export interface WaitState extends Transition, PathFields {
  readonly type: 'Wait';
  readonly until:
    | { readonly kind: 'seconds'; readonly seconds: Seconds }
    | { readonly kind: 'timestamp'; readonly timestamp: string | Path };
}

export interface SucceedState extends PathFields {
  readonly type: 'Succeed';
}

export interface FailState {
  readonly type: 'Fail';
  readonly error: Text;
  readonly cause: Text;
}

/** A text that is written down, computed from the input, or absent. */
export type Text = string | Expression | undefined;

/** The states that a state can go to next. */
export function targetsOf(state: State): readonly string[] {
  switch (state.type) {
    case 'Task':
    case 'Map':
      return [...(state.next === undefined ? [] : [state.next]), ...state.catch.map((catcher) => catcher.next)];
    case 'Choice':
      return [
        ...state.choices.map((choice) => choice.next),
        ...(state.otherwise === undefined ? [] : [state.otherwise]),
      ];
    case 'Pass':
    case 'Wait':
      return state.next === undefined ? [] : [state.next];
    case 'Succeed':
    case 'Fail':
      return [];
  }
}
