import type { Problem } from '../../core/errors.ts';
import { type Json, type JsonObject, pointer } from '../../core/json.ts';
import { problemsOfZodError } from '../../core/zod-problems.ts';
import { type Definition, InvalidDefinition, type MapState, type State } from './definition.ts';
import { definitionProblem as problem } from './definition-problem.ts';
import { isObject } from './json-path.ts';
import { mapFields } from './map-fields.ts';
import { machineFields, stateFields } from './state-fields.ts';
import { graphProblems } from './state-graph.ts';

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
  const states = loadStates(document, '', problems);
  if (fields.success && problems.length === 0) problems.push(...graphProblems(fields.data.StartAt, states, ''));
  if (!fields.success || problems.length > 0) {
    throw new InvalidDefinition(`The definition cannot be run: ${problems.length} problem(s).`, problems);
  }
  const { StartAt: startAt, TimeoutSeconds: timeoutSeconds } = fields.data;
  return { startAt, states, ...(timeoutSeconds === undefined ? {} : { timeoutSeconds }) };
}

function parseText(text: string, problems: Problem[]): Json {
  try {
    return JSON.parse(text) as Json;
  } catch (error) {
    problems.push(problem('', 'not-json', `The text is not JSON: ${String(error)}.`, 'Give a JSON document.'));
    return null;
  }
}

/** The states of a machine, or of the processor of a Map, that stands at a pointer. */
function loadStates(owner: Json | undefined, base: string, problems: Problem[]): ReadonlyMap<string, State> {
  const written = isObject(owner) && isObject(owner.States) ? owner.States : {};
  return new Map(
    Object.entries(written).flatMap(([name, state]) => {
      const loaded = loadState(name, state, pointer(`${base}/States`, name), problems);
      return loaded === undefined ? [] : [[name, loaded] as const];
    }),
  );
}

function loadState(name: string, state: Json, at: string, problems: Problem[]): State | undefined {
  if (name.length === 0 || [...name].length > 80) {
    problems.push(problem(at, 'state-name', 'A state name has 1 to 80 characters.', 'Choose a shorter name.'));
  }
  const type = isObject(state) ? state.Type : undefined;
  if (isObject(state) && type === 'Map') return loadMap(state, at, problems);
  const fields = typeof type === 'string' && Object.hasOwn(stateFields, type) ? stateFields[type] : undefined;
  if (fields === undefined) {
    const known = [...Object.keys(stateFields), 'Map'].join(', ');
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

function loadMap(state: JsonObject, at: string, problems: Problem[]): MapState | undefined {
  const parsed = mapFields.safeParse(state);
  if (!parsed.success) problems.push(...problemsOfZodError(parsed.error, at));
  const base = `${at}/ItemProcessor`;
  const states = loadStates(state.ItemProcessor, base, problems);
  for (const [name, inner] of states) {
    const why = unfitInside(inner, parsed.data?.processor.executionType);
    if (why !== undefined) problems.push(problem(pointer(`${base}/States`, name), 'unfit-state', why, 'Move it out.'));
  }
  return parsed.success ? { ...parsed.data, processor: { ...parsed.data.processor, states } } : undefined;
}

/** Why a state cannot be in the processor of a Map, if so. Source: AWS Step Functions Developer Guide, "Choosing workflow type". */
function unfitInside(state: State, executionType: 'STANDARD' | 'EXPRESS' | undefined): string | undefined {
  if (state.type === 'Map') return 'A Map inside the processor of another is not implemented.';
  const waits = state.type === 'Task' && state.resource.kind === 'invoke' && state.resource.waitForTaskToken;
  return waits && executionType === 'EXPRESS' ? 'An EXPRESS execution cannot wait for a task token.' : undefined;
}
