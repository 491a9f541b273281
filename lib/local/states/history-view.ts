import type { WireEvent } from './draft.ts';

/** The members of event details that hold the data of the execution. */
const DATA = new Set(['input', 'inputDetails', 'output', 'outputDetails', 'parameters']);

/** An event without the data of the execution, as GetExecutionHistory answers when the data is not asked for. */
export function withoutData(event: WireEvent): WireEvent {
  const members = Object.entries(event).map(([name, value]) =>
    typeof value === 'object' && value !== null ? [name, withoutMembers(value)] : [name, value],
  );
  return Object.fromEntries(members) as WireEvent;
}

function withoutMembers(details: object): object {
  return Object.fromEntries(Object.entries(details).filter(([name]) => !DATA.has(name)));
}
