import type { Json } from '../../core/json.ts';
import { ApiError } from './api-error.ts';
import { describeMapRunInput, listMapRunsInput, readInput } from './api-inputs.ts';
import { type ApiPorts, checkArn, seconds } from './api-ports.ts';
import type { Engine } from './engine.ts';
import type { Execution, MapRun } from './execution.ts';
import type { Listed } from './journal.ts';
import { type Counts, countsOf } from './map-run.ts';
import { pageOf } from './paging.ts';

/** The map run of an ARN, and the execution that started it. @throws ApiError (InvalidArn, ResourceNotFound) */
function mapRunOf(engine: Engine, mapRunArn: string): { readonly parent: Execution; readonly run: MapRun } {
  checkArn(mapRunArn, 'mapRun');
  const found = engine.mapRun(mapRunArn);
  if (found === undefined) throw new ApiError('ResourceNotFound', `Resource not found: '${mapRunArn}'`);
  return found;
}

/** The children of a map run. @throws ApiError (InvalidArn, ResourceNotFound) */
export function childrenOfRun(engine: Engine, mapRunArn: string): readonly Listed[] {
  mapRunOf(engine, mapRunArn);
  return [...engine.childrenOf(mapRunArn).values()];
}

/** DescribeMapRun; an item is a child of its own, so both counts are the same. @throws ApiError */
export function describeMapRun({ engine }: ApiPorts, raw: unknown): Json {
  const { mapRunArn } = readInput(describeMapRunInput, raw);
  const { parent, run } = mapRunOf(engine, mapRunArn);
  const standing = new Map([...engine.childrenOf(mapRunArn)].map(([index, { status }]) => [index, status]));
  const counts = shown(run, countsOf(run, standing));
  return {
    mapRunArn,
    executionArn: parent.executionArn,
    status: run.status,
    startDate: seconds(run.startedAt),
    ...(run.stoppedAt === null ? {} : { stopDate: seconds(run.stoppedAt) }),
    maxConcurrency: run.maxConcurrency,
    toleratedFailureCount: run.toleratedFailureCount ?? 0,
    toleratedFailurePercentage: run.toleratedFailurePercentage ?? 0,
    itemCounts: counts,
    executionCounts: counts,
    redriveCount: 0,
  };
}

/** Nothing is redriven here, and results are written when the run has succeeded. */
function shown({ status }: MapRun, counts: Counts): Json {
  const resultsWritten = status === 'SUCCEEDED' ? counts.succeeded : 0;
  return { ...counts, resultsWritten, failuresNotRedrivable: 0, pendingRedrive: 0 };
}

/** ListMapRuns of an execution, the latest first. @throws ApiError */
export function listMapRuns({ engine }: ApiPorts, raw: unknown): Json {
  const { executionArn, ...page } = readInput(listMapRunsInput, raw);
  checkArn(executionArn, 'execution');
  const execution = engine.execution(executionArn);
  if (execution === undefined) {
    throw new ApiError('ExecutionDoesNotExist', `Execution Does Not Exist: '${executionArn}'`);
  }
  const found = (execution.mapRuns ?? []).toReversed();
  const { items, nextToken } = pageOf(found, ({ mapRunArn }) => mapRunArn, page);
  const mapRuns = items.map(({ mapRunArn, label, startedAt, stoppedAt }) => ({
    executionArn,
    mapRunArn,
    stateMachineArn: `${execution.stateMachineArn}/${label}`,
    startDate: seconds(startedAt),
    ...(stoppedAt === null ? {} : { stopDate: seconds(stoppedAt) }),
  }));
  return { mapRuns, ...(nextToken === undefined ? {} : { nextToken }) };
}
