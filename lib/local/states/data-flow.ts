import type { Json, JsonObject } from '../../core/json.ts';
import { contextObject, type Item } from './context-object.ts';
import type { Execution, Visit } from './execution.ts';
import { RESULT_PATH_MATCH_FAILURE, runtimeError, StateError } from './failure.ts';
import { type Expression, evaluate } from './intrinsics.ts';
import { type Path, place, type Selection, select } from './json-path.ts';
import { fill, type Template } from './payload-template.ts';

/** What the fields of a state can read while it is visited. */
export interface Sources {
  readonly context: JsonObject;
}

/** The sources of the state that an execution is in. */
export function sourcesOf(execution: Execution, visit: Visit, token: string | undefined): Sources {
  return { context: contextObject(execution, visit, execution.retries.count, token) };
}

/** The same sources with the item that a Map is at. */
export function withItem({ context }: Sources, { index, value }: Item): Sources {
  return { context: { ...context, Map: { Item: { Index: index, Value: value } } } };
}

/** What a path selects in some data, or in the context object. */
export function look(path: Path, data: Json, { context }: Sources): Selection {
  return select(path.root === 'context' ? context : data, path.steps);
}

/**
 * What InputPath or OutputPath lets through; `null` is an empty object.
 * @throws StateError (States.Runtime) when the path selects nothing.
 */
export function throughPath(path: Path | null, data: Json, sources: Sources): Json {
  if (path === null) return {};
  const selection = look(path, data, sources);
  if (selection.found) return selection.value;
  throw runtimeError(`Invalid path '${path.text}': the path selects nothing.`);
}

/**
 * A payload template filled in from some data.
 * @throws StateError (States.Runtime) when a path selects nothing: AWS reports parameter path failures under that name.
 */
export function fillTemplate(template: Template, data: Json, sources: Sources): Json {
  return fill(template, (path, field) => read(path, field, data, sources));
}

/** The value of an expression in a field; errors as in `fillTemplate`. */
export function evaluateField(expression: Expression, field: string, data: Json, sources: Sources): Json {
  return evaluate(expression, (path) => read(path, field, data, sources));
}

// The message leaves the data out, unlike AWS's: causes end up in logs.
function read(path: Path, field: string, data: Json, sources: Sources): Json {
  const selection = look(path, data, sources);
  if (selection.found) return selection.value;
  throw runtimeError(`The JSONPath '${path.text}' specified for the field '${field}' could not be found in the input.`);
}

/**
 * A state's raw input combined with its result: `null` keeps the input, `$` is the result alone.
 * @throws StateError (States.ResultPathMatchFailure) when the path does not fit the input.
 */
export function withResult(path: Path | null, rawInput: Json, result: Json): Json {
  if (path === null) return rawInput;
  const combined = place(rawInput, path.steps, result);
  if (combined !== undefined) return combined;
  throw new StateError({
    error: RESULT_PATH_MATCH_FAILURE,
    cause: `Unable to apply step "${path.text}" to the input of the state.`,
  });
}
