import type { FlowState } from './contracts/flow.ts';

/** How a completed task was taken: `gone` means that nobody waits for this token any more. */
export type SignalResult = 'accepted' | 'gone';

/** The way of an execution through its state machine. */
export interface Journey {
  /** The definition (Amazon States Language, as JSON) that this execution runs. */
  readonly definition: unknown;
  /** The states entered, in order, with repeats. */
  readonly visited: readonly string[];
  /** The state it stands in, while it runs. */
  readonly current?: string;
}

/** The part of the Step Functions API that Countersign uses. */
export interface StateMachines {
  /** Starts the skill's state machine under the execution's id; starting the same execution twice is harmless. */
  start(skillId: string, executionId: string, flow: FlowState): Promise<void>;
  /** Ends a wait with the flow that its state machine goes on with. */
  succeedTask(taskToken: string, flow: FlowState): Promise<SignalResult>;
  /** Whether the state machine's execution still runs, and how it ended if not. */
  describe(skillId: string, executionId: string): Promise<{ readonly status: string } | undefined>;
  /** Where an execution went; read without the data it carried, so no token is seen. `undefined` when it never started. */
  journey(skillId: string, executionId: string): Promise<Journey | undefined>;
}
