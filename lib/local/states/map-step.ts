import type { Json } from '../../core/json.ts';
import { fillTemplate, type Sources, sourcesOf, throughPath, withItem, withResult } from './data-flow.ts';
import type { Limit, MapState } from './definition.ts';
import { type Draft, payloadText } from './draft.ts';
import { handling } from './error-handling.ts';
import type { Execution, MapRun, Visit } from './execution.ts';
import { EXCEED_TOLERATED_FAILURE_THRESHOLD, runtimeError, StateError, type StateFailure } from './failure.ts';
import { isObject } from './json-path.ts';
import { childOf, identifierOf, MOST_CHILDREN, mapRunArnOf } from './map-run.ts';
import { current, leave } from './movement.ts';

/** Starts the map run of the state: its children are to be started from now on. */
export function runMap(draft: Draft, state: MapState, visit: Visit): void {
  handling(draft, state, visit, () => {
    if (draft.isFull) throw runtimeError('The execution reached the maximum number of history events (25000).');
    const { execution, ground } = draft;
    const sources = sourcesOf(execution, visit, undefined);
    const input = throughPath(state.inputPath, visit.input, sources);
    const items = itemsOf(state, input, sources);
    const started = draft.emit('MapStateStarted', { mapStateStartedEventDetails: { length: items.length } });
    const limit = (name: string, value: Limit | undefined, most: number) => limitOf(name, value, most, input, sources);
    const { maxConcurrency, toleratedFailureCount, toleratedFailurePercentage } = state;
    const most = limit('MaxConcurrency', maxConcurrency, Number.MAX_SAFE_INTEGER) ?? 0;
    const limits = {
      maxConcurrency: most === 0 ? MOST_CHILDREN : Math.min(most, MOST_CHILDREN),
      toleratedFailureCount: limit('ToleratedFailureCount', toleratedFailureCount, Number.MAX_SAFE_INTEGER),
      toleratedFailurePercentage: limit('ToleratedFailurePercentage', toleratedFailurePercentage, 100),
    };
    // Every input is made now, so that one that cannot be made or is too large fails the Map and not a run half done.
    for (const index of items.keys()) payloadText(childInput(state, input, items, index, sources), visit.state);
    const label = state.label ?? identifierOf(execution.stateMachineArn, visit.state);
    const { executionArn, startedAt } = execution;
    const mapRunArn = mapRunArnOf(execution, label, identifierOf(executionArn, startedAt, started));
    const startedEventId = draft.emit('MapRunStarted', { mapRunStartedEventDetails: { mapRunArn } });
    const run: MapRun = {
      mapRunArn,
      state: visit.state,
      label,
      executionType: state.processor.executionType,
      startedEventId,
      startedAt: ground.at,
      stoppedAt: null,
      status: 'RUNNING',
      total: items.length,
      ...limits,
    };
    draft.set({ activity: { phase: 'map', mapRunArn }, mapRuns: [...(execution.mapRuns ?? []), run] });
  });
}

/** The map run that an execution is in. */
export function openRun({ activity, mapRuns = [] }: Execution): MapRun | undefined {
  return activity?.phase === 'map' ? mapRuns.find(({ mapRunArn }) => mapRunArn === activity.mapRunArn) : undefined;
}

/** The child execution for an item of the map run that the execution is in: the same whenever it is asked for, but for its start. */
export function childToStart(draft: Draft, index: number): Execution {
  const { state, visit, run } = inRun(draft);
  const sources = sourcesOf(draft.execution, visit, undefined);
  const input = throughPath(state.inputPath, visit.input, sources);
  const value = childInput(state, input, itemsOf(state, input, sources), index, sources);
  return childOf(draft.execution, run, index, JSON.stringify(value), draft.ground.at);
}

/**
 * The map run is over, and no more failed than it tolerates.
 * @param outputs of the children that succeeded, in the order of their items.
 */
export function succeedMapRun(draft: Draft, outputs: readonly Json[]): void {
  const { state, visit, run } = inRun(draft);
  handling(draft, state, visit, () => {
    checkSize(draft, visit, outputs);
    draft.emit('MapRunSucceeded');
    draft.emit('MapStateSucceeded');
    closeRun(draft, 'SUCCEEDED');
    const sources = sourcesOf(draft.execution, visit, undefined);
    const result: Json = [...outputs];
    const selected = state.resultSelector === undefined ? result : fillTemplate(state.resultSelector, result, sources);
    const output = throughPath(state.outputPath, withResult(state.resultPath, visit.input, selected), sources);
    // AWS chains the exit to the start of the run, not to its success.
    leave(draft, state.next, output, run.startedEventId);
  });
}

/** More children failed than the map run tolerates. */
export function failMapRun(draft: Draft): void {
  const { state, visit } = inRun(draft);
  handling(draft, state, visit, () => {
    fail(draft, {
      error: EXCEED_TOLERATED_FAILURE_THRESHOLD,
      cause: 'The specified tolerated failure threshold was exceeded',
    });
  });
}

/** The execution ends while its map run is going on. */
export function abandonMapRun(draft: Draft): void {
  if (openRun(draft.execution) !== undefined) closeRun(draft, 'ABORTED');
}

function inRun(draft: Draft): { readonly state: MapState; readonly visit: Visit; readonly run: MapRun } {
  const { state, visit } = current(draft);
  const run = openRun(draft.execution);
  if (state.type !== 'Map' || run === undefined) throw new TypeError(`The state ${visit.state} has no map run.`);
  return { state, visit, run };
}

function closeRun(draft: Draft, status: 'SUCCEEDED' | 'FAILED' | 'ABORTED'): void {
  const { mapRuns = [] } = draft.execution;
  const open = openRun(draft.execution);
  const closed = mapRuns.map((run) => (run === open ? { ...run, status, stoppedAt: draft.ground.at } : run));
  draft.set({ mapRuns: closed });
}

function fail(draft: Draft, failure: StateFailure): never {
  draft.emit('MapRunFailed', { mapRunFailedEventDetails: { ...failure } });
  closeRun(draft, 'FAILED');
  throw new StateError(failure);
}

/** A result that is too large fails the run, and the history says so. */
function checkSize(draft: Draft, visit: Visit, outputs: readonly Json[]): void {
  try {
    payloadText([...outputs], visit.state);
  } catch (thrown) {
    if (thrown instanceof StateError) fail(draft, thrown.failure);
    throw thrown;
  }
}

function itemsOf({ itemsPath }: MapState, input: Json, sources: Sources): readonly Json[] {
  const items = throughPath(itemsPath, input, sources);
  if (Array.isArray(items)) return items;
  const kind = isObject(items) ? 'an object' : 'no array';
  throw runtimeError(`Reference path "${itemsPath.text}" must point to an array, and it points to ${kind}.`);
}

function childInput(
  { itemSelector }: MapState,
  input: Json,
  items: readonly Json[],
  index: number,
  sources: Sources,
): Json {
  const value = items[index] ?? null;
  return itemSelector === undefined ? value : fillTemplate(itemSelector, input, withItem(sources, { index, value }));
}

/** A limit of the map run; `null` where none is given. */
function limitOf(name: string, limit: Limit | undefined, most: number, input: Json, sources: Sources): number | null {
  if (limit === undefined) return null;
  if (typeof limit === 'number') return limit;
  const value = throughPath(limit, input, sources);
  if (typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= most) return value;
  const range = most === 100 ? 'from 0 to 100' : 'from 0 on';
  throw runtimeError(`The ${name}Path field refers to a value which is not a valid integer ${range}: ${limit.text}`);
}
