import { NotFound } from '../../core/errors.ts';
import type { Runtime } from '../runtime.ts';
import { changeAggregate } from '../store/aggregate.ts';
import type { Item, ItemKey } from '../store/table.ts';
import { deadlineOf, isSettled, OVERSIGHT_STAGE, type Stage } from './stage.ts';

/** The index partitions under which the sweeper finds stages with work. */
export const OPEN_STAGES = 'OPEN-STAGES';
export const OUTBOX = 'OUTBOX';

const digits = (stage: number): string => String(stage).padStart(2, '0');

/** The place of a stage; oversight has a place of its own. */
export function stageKey(executionId: string, stage: number): ItemKey {
  return { pk: `EXECUTION#${executionId}`, sk: stage === OVERSIGHT_STAGE ? 'OVERSIGHT' : `STAGE#${digits(stage)}` };
}

function owesAnything(stage: Stage): boolean {
  return stage.signal === 'pending' || stage.pendingMails.length > 0 || stage.pendingEvents.length > 0;
}

/** The stage with its entry in the work lists: by deadline while it is open, in the outbox while it owes something. */
function indexed(stage: Stage): Stage {
  const gsi1sk = `${deadlineOf(stage)}#${stage.executionId}#${digits(stage.stage)}`;
  if (!isSettled(stage)) return { ...stage, gsi1pk: OPEN_STAGES, gsi1sk } as Stage;
  if (owesAnything(stage)) return { ...stage, gsi1pk: OUTBOX, gsi1sk } as Stage;
  return { ...stage, gsi1pk: undefined, gsi1sk: undefined } as Stage;
}

/**
 * Stores a stage unless it is there.
 * @throws Conflict when it is.
 */
export async function putNewStage(runtime: Runtime, stage: Stage): Promise<void> {
  await runtime.table.putNew({ ...indexed(stage), ...stageKey(stage.executionId, stage.stage) } as unknown as Item);
}

/** A stage, or `undefined` before it is prepared. */
export function findStage(runtime: Runtime, executionId: string, stage: number): Promise<Stage | undefined> {
  return runtime.table.get<Stage>(stageKey(executionId, stage));
}

/** @throws NotFound when the stage was never prepared. */
export async function readStage(runtime: Runtime, executionId: string, stage: number): Promise<Stage> {
  const found = await findStage(runtime, executionId, stage);
  if (found === undefined) throw new NotFound(`Execution ${executionId} has no stage ${stage}.`);
  return found;
}

/** Every stage of an execution that was prepared, in order; oversight last. */
export async function readStages(runtime: Runtime, executionId: string): Promise<readonly Stage[]> {
  const [stages, oversight] = await Promise.all([
    runtime.table.queryAll<Stage>({ pk: `EXECUTION#${executionId}`, prefix: 'STAGE#' }),
    findStage(runtime, executionId, OVERSIGHT_STAGE),
  ]);
  return oversight === undefined ? stages : [...stages, oversight];
}

/**
 * Changes a stage by a pure transition under optimistic locking and keeps its entry in the work lists. A transition that
 * answers the stage it was given, or `undefined`, writes nothing.
 * @returns the stage as it stands afterwards.
 * @throws NotFound when the stage was never prepared, Conflict when every attempt lost its race.
 */
export function changeStage(
  runtime: Runtime,
  executionId: string,
  stage: number,
  change: (current: Stage) => Stage | undefined,
): Promise<Stage> {
  return changeAggregate<Stage>(runtime.table, stageKey(executionId, stage), (current) => {
    const changed = change(current);
    return changed === undefined || changed === current
      ? undefined
      : indexed({ ...changed, updatedAt: runtime.clock.now() });
  });
}

/** Brings a stage's entry in the work lists up to date, after somebody drained its events. */
export function reindexStage(runtime: Runtime, executionId: string, stage: number): Promise<Stage> {
  return changeStage(runtime, executionId, stage, (current) => ({ ...current }));
}
