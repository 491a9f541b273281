import type { Json } from '../../core/json.ts';
import type { Children } from './children.ts';
import type { Draft } from './draft.ts';
import type { Execution, MapRun } from './execution.ts';
import { nextMove } from './map-run.ts';
import { childToStart, failMapRun, openRun, succeedMapRun } from './map-step.ts';
import { abortExecution } from './step.ts';

/** What map runs need of the engine. */
export interface MapRunPorts {
  readonly children: Children;
  /** Children of one map run that run at once at most, whatever the definition allows. */
  readonly childrenAtOnce: number;
  running(executionArn: string): Execution | undefined;
  execution(executionArn: string): Execution | undefined;
  isOverdue(execution: Execution): boolean;
  /** A step in an execution that changes nothing. */
  look(execution: Execution): Draft;
  start(execution: Execution): void;
  step(execution: Execution, take: (draft: Draft) => void): void;
}

/**
 * Lets map runs go on. How far one has come is what its children say, each in its own journal, so the execution that started it
 * takes a step only when it begins and when it ends; a crash in between loses nothing, and no child that has ended runs again.
 */
export class MapRuns {
  readonly #ports: MapRunPorts;

  constructor(ports: MapRunPorts) {
    this.#ports = ports;
  }

  /** Starts the children that may start by now, or ends the map run that an execution is in. */
  advance(parentArn: string): void {
    const { running, isOverdue, children, childrenAtOnce, step, start, look } = this.#ports;
    const parent = running(parentArn);
    const run = parent === undefined ? undefined : openRun(parent);
    if (parent === undefined || run === undefined || isOverdue(parent)) return;
    const maxConcurrency = Math.min(run.maxConcurrency, childrenAtOnce);
    const move = nextMove({ ...run, maxConcurrency }, children.standing(run.mapRunArn));
    if (move.kind === 'fail') step(parent, failMapRun);
    else if (move.kind === 'succeed') step(parent, (draft) => succeedMapRun(draft, this.#outputsOf(run)));
    else if (move.kind === 'start') {
      const draft = look(parent);
      for (const index of move.indexes) start(childToStart(draft, index));
    }
  }

  /** Stops the children that still run when a step has left their map run. */
  stopLeft(before: Execution | undefined, after: Execution): void {
    const left = before === undefined ? undefined : openRun(before);
    if (left === undefined || openRun(after) === left) return;
    for (const { executionArn } of this.#ports.children.inOrder(left.mapRunArn, 'RUNNING')) {
      const child = this.#ports.running(executionArn);
      if (child !== undefined) this.stopOrphan(child);
    }
  }

  /**
   * Stops a child whose map run is over; EXPRESS executions cannot be stopped.
   * @returns whether it was one, and is stopped.
   */
  stopOrphan(execution: Execution): boolean {
    const { child } = execution;
    if (child === undefined || child.executionType === 'EXPRESS') return false;
    const parent = this.#ports.running(child.parentArn);
    if (parent !== undefined && openRun(parent)?.mapRunArn === child.mapRunArn) return false;
    this.#ports.step(execution, (draft) => {
      abortExecution(draft, undefined, 'The Map Run of the execution has ended.');
    });
    return true;
  }

  #outputsOf({ mapRunArn }: MapRun): Json[] {
    const { children, execution } = this.#ports;
    return children
      .inOrder(mapRunArn, 'SUCCEEDED')
      .map(({ executionArn }) => JSON.parse(execution(executionArn)?.output ?? 'null') as Json);
  }
}
