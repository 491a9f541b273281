import type { Problem } from '../../core/errors.ts';
import { type Json, pointer } from '../../core/json.ts';
import { problemsOfZodError } from '../../core/zod-problems.ts';
import { type Definition, InvalidDefinition, type State, targetsOf } from './definition.ts';
import { isObject } from './json-path.ts';
import { machineFields, stateFields } from './state-fields.ts';

/**
 * Loads a state machine definition (Amazon States Language, JSONPath dialect).
 * Everything that is not implemented here is refused by its JSON Pointer; no field is ever ignored.
 * @param source the definition, or its JSON text.
 * @throws InvalidDefinition with every problem found.
 */
export function loadDefinition(source: Json): Definition {
  const problems: Problem[] = [];
  const document = typeof source === 'string' ? parseText(source, problems) : source;
  const fields = machineFields.safeParse(document);
  if (!fields.success) problems.push(...problemsOfZodError(fields.error));
  const states = new Map<string, State>();
  const written = isObject(document) && isObject(document.States) ? document.States : {};
  for (const [name, state] of Object.entries(written)) {
    const loaded = loadState(name, state, problems);
    if (loaded !== undefined) states.set(name, loaded);
  }
  if (fields.success && problems.length === 0) problems.push(...graphProblems(fields.data.StartAt, states));
  if (!fields.success || problems.length > 0) {
    throw new InvalidDefinition(`The definition cannot be run: ${problems.length} problem(s).`, problems);
  }
  const { StartAt: startAt, TimeoutSeconds: timeoutSeconds } = fields.data;
  return { startAt, states, ...(timeoutSeconds === undefined ? {} : { timeoutSeconds }) };
}

function problem(at: string, code: string, message: string, mend: string): Problem {
  return { pointer: at, code, message, mend };
}

function parseText(text: string, problems: Problem[]): Json {
  try {
    return JSON.parse(text) as Json;
  } catch (error) {
    problems.push(problem('', 'not-json', `The text is not JSON: ${String(error)}.`, 'Give a JSON document.'));
    return null;
  }
}

function loadState(name: string, state: Json, problems: Problem[]): State | undefined {
  const at = pointer('/States', name);
  if (name.length === 0 || [...name].length > 80) {
    problems.push(problem(at, 'state-name', 'A state name has 1 to 80 characters.', 'Choose a shorter name.'));
  }
  const type = isObject(state) ? state.Type : undefined;
  const fields = typeof type === 'string' && Object.hasOwn(stateFields, type) ? stateFields[type] : undefined;
  if (fields === undefined) {
    const known = Object.keys(stateFields).join(', ');
    problems.push(
      problem(
        pointer(at, 'Type'),
        'unknown-state-type',
        `The state type ${JSON.stringify(type)} is not implemented.`,
        `Use one of: ${known}.`,
      ),
    );
    return undefined;
  }
  const parsed = fields.safeParse(state);
  if (!parsed.success) problems.push(...problemsOfZodError(parsed.error, at));
  return parsed.data;
}

function graphProblems(startAt: string, states: ReadonlyMap<string, State>): Problem[] {
  const missing = [...states].flatMap(([name, state]) =>
    targetsOf(state)
      .filter((target) => !states.has(target))
      .map((target) =>
        problem(
          pointer('/States', name),
          'missing-target',
          `The state goes to "${target}", which does not exist.`,
          'Name a state of this machine.',
        ),
      ),
  );
  if (!states.has(startAt)) {
    return [
      problem('/StartAt', 'missing-target', `The state "${startAt}" does not exist.`, 'Name a state of this machine.'),
      ...missing,
    ];
  }
  const reached = reachableFrom(startAt, states);
  const unreachable = [...states.keys()]
    .filter((name) => !reached.has(name))
    .map((name) =>
      problem(
        pointer('/States', name),
        'unreachable-state',
        'No transition leads to the state.',
        'Lead one to it, or remove it.',
      ),
    );
  const ends = [...reached].some((name) => {
    const state = states.get(name);
    return (
      state !== undefined &&
      (state.type === 'Succeed' || state.type === 'Fail' || ('next' in state && state.next === undefined))
    );
  });
  const endless = problem(
    '/States',
    'no-terminal-state',
    'No state ends the execution.',
    'Add an End, a Succeed or a Fail state.',
  );
  return [...missing, ...unreachable, ...(ends ? [] : [endless])];
}

function reachableFrom(startAt: string, states: ReadonlyMap<string, State>): ReadonlySet<string> {
  const reached = new Set([startAt]);
  // A set yields what is added while it is walked.
  for (const name of reached) {
    const state = states.get(name);
    for (const target of state === undefined ? [] : targetsOf(state)) {
      if (states.has(target)) reached.add(target);
    }
  }
  return reached;
}
