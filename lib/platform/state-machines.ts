import type { FlowState } from './contracts/flow.ts';

/** How a completed task was taken: `gone` means that nobody waits for this token any more. */
export type SignalResult = 'accepted' | 'gone';

/** The part of the Step Functions API that Countersign uses. */
export interface StateMachines {
  /** Starts the skill's state machine under the execution's id; starting the same execution twice is harmless. */
  start(skillId: string, executionId: string, flow: FlowState): Promise<void>;
  /** Ends a wait with the flow that its state machine goes on with. */
  succeedTask(taskToken: string, flow: FlowState): Promise<SignalResult>;
  /** Whether the state machine's execution still runs, and how it ended if not. */
  describe(skillId: string, executionId: string): Promise<{ readonly status: string } | undefined>;
}
