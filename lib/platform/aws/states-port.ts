import { SFNClient } from '@aws-sdk/client-sfn';
import type { Port } from './place.ts';
import { describeExecutions, readJourneys, signalTasks, startExecutions } from './state-machines.ts';

/** Starts executions. */
export const statesStartPort: Port = ({ settings, client }, { states }) => ({
  states: { ...states, start: startExecutions(client(SFNClient), settings.stateMachinePrefix) },
});

/** Ends the waits of tasks. */
export const statesSignalPort: Port = ({ client }, { states }) => ({
  states: { ...states, succeedTask: signalTasks(client(SFNClient)) },
});

/** Asks how executions stand. */
export const statesDescribePort: Port = ({ settings, client }, { states }) => ({
  states: { ...states, describe: describeExecutions(client(SFNClient), settings.stateMachinePrefix) },
});

/** Reads the way of executions. */
export const statesHistoryPort: Port = ({ settings, client }, { states }) => ({
  states: { ...states, journey: readJourneys(client(SFNClient), settings.stateMachinePrefix) },
});
