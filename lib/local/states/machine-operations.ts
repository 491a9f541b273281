import type { Json } from '../../core/json.ts';
import { describeStateMachineInput, listStateMachinesInput, readInput } from './api-inputs.ts';
import { type ApiPorts, machineOf, seconds } from './api-ports.ts';
import type { Machine } from './machines.ts';
import { pageOf } from './paging.ts';

/** DescribeStateMachine. @throws ApiError */
export function describeStateMachine({ machines }: ApiPorts, raw: unknown): Json {
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

/** ListStateMachines, by name. @throws ApiError */
export function listStateMachines({ machines }: ApiPorts, raw: unknown): Json {
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
