import type { ApiPorts, Operation } from './api-ports.ts';
import {
  describeExecution,
  describeStateMachineForExecution,
  getExecutionHistory,
  listExecutions,
  stopExecution,
} from './execution-operations.ts';
import { describeStateMachine, listStateMachines } from './machine-operations.ts';
import { describeMapRun, listMapRuns } from './map-run-operations.ts';
import { startExecution } from './start-execution.ts';
import { sendTaskFailure, sendTaskHeartbeat, sendTaskSuccess } from './task-operations.ts';

/** The operations of the Step Functions API that exist here, by name. Source: AWS Step Functions API Reference. */
export function operations(ports: ApiPorts): ReadonlyMap<string, Operation> {
  return new Map<string, Operation>([
    ['StartExecution', (input) => startExecution(ports, input)],
    ['DescribeExecution', (input) => describeExecution(ports, input)],
    ['DescribeStateMachineForExecution', (input) => describeStateMachineForExecution(ports, input)],
    ['StopExecution', (input) => stopExecution(ports, input)],
    ['ListExecutions', (input) => listExecutions(ports, input)],
    ['GetExecutionHistory', (input) => getExecutionHistory(ports, input)],
    ['DescribeMapRun', (input) => describeMapRun(ports, input)],
    ['ListMapRuns', (input) => listMapRuns(ports, input)],
    ['SendTaskSuccess', (input) => sendTaskSuccess(ports, input)],
    ['SendTaskFailure', (input) => sendTaskFailure(ports, input)],
    ['SendTaskHeartbeat', (input) => sendTaskHeartbeat(ports, input)],
    ['DescribeStateMachine', (input) => describeStateMachine(ports, input)],
    ['ListStateMachines', (input) => listStateMachines(ports, input)],
  ]);
}
