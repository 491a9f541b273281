import type { Json } from '../../core/json.ts';
import type { Cancel, LocalClock } from '../clock.ts';
import { Children } from './children.ts';
import type { Definition } from './definition.ts';
import { Draft, type WireEvent } from './draft.ts';
import { type Due, type Execution, type MapRun, nextDue } from './execution.ts';
import { changes, fold, type Journal, type Listed, listed } from './journal.ts';
import type { InvocationResult, LambdaInvoker } from './lambda.ts';
import type { Machines } from './machines.ts';
import { MapRuns } from './map-runs.ts';
import { openRun } from './map-step.ts';
import { beginExecution, retryState, runState, timeOutExecution, waitOver } from './step.ts';
import { functionReturned, invocationOf, timeOutTask } from './task-step.ts';
import type { TaskTokens } from './task-tokens.ts';

/** What happened in an execution, for whoever follows it. */
export interface TransitionNotice {
  readonly executionArn: string;
  readonly status: Execution['status'];
  /** The state that the execution is in now; `null` when it has ended. */
  readonly state: string | null;
  /** Billed state transitions so far. */
  readonly transitions: number;
  readonly events: readonly WireEvent[];
}

export interface EnginePorts {
  readonly journal: Journal;
  readonly clock: LocalClock;
  readonly invoke: LambdaInvoker;
  readonly machines: Machines;
  readonly tokens: TaskTokens;
  readonly region: string;
  /** A number from 0 up to 1, for retriers with full jitter. */
  readonly random: () => number;
  /** Children of one map run that run at once at most. */
  readonly childrenAtOnce: number;
  /** Called after each step is in the journal. Must not throw. */
  readonly onTransition?: (notice: TransitionNotice) => void;
}

/** The step that each kind of timer takes. */
const ON_TIMER: Readonly<Record<Due['kind'], (draft: Draft) => void>> = {
  'execution-timeout': timeOutExecution,
  'task-timeout': (draft) => timeOutTask(draft, false),
  'heartbeat-timeout': (draft) => timeOutTask(draft, true),
  'backoff-over': retryState,
  'wait-over': waitOver,
};

/**
 * Runs executions: one step at a time, each in the journal before anything acts on it.
 * After a crash, a task whose function had not returned is invoked again with the same payload and the same token.
 * A journal that cannot be written ends the process: nothing may go on unrecorded.
 */
export class Engine {
  readonly #ports: EnginePorts;
  readonly #open = new Map<string, Execution>();
  readonly #listed = new Map<string, Listed>();
  readonly #children = new Children();
  readonly #mapRuns: MapRuns;
  readonly #timers = new Map<string, Cancel>();
  readonly #resting: (() => void)[] = [];
  #working = 0;
  #closing = false;
  #closed = false;

  constructor(ports: EnginePorts) {
    this.#ports = ports;
    this.#mapRuns = new MapRuns({
      children: this.#children,
      childrenAtOnce: ports.childrenAtOnce,
      running: (executionArn) => this.running(executionArn),
      execution: (executionArn) => this.execution(executionArn),
      isOverdue: (execution) => this.#isOverdue(execution),
      look: (execution) => this.#draft(execution, () => undefined),
      start: (execution) => this.start(execution),
      step: (execution, take) => this.step(execution, take),
    });
  }

  /** Takes up what the journal holds: timers keep their instants, and overdue ones fire at once. */
  recover(): void {
    const { open, finished } = this.#ports.journal.recover();
    for (const execution of finished) this.#list(execution);
    for (const execution of open) {
      this.#open.set(execution.executionArn, execution);
      this.#list(listed(execution));
    }
    for (const execution of open.filter((one) => !this.#mapRuns.stopOrphan(one))) {
      this.#setTimer(execution);
      this.#goOn(execution);
    }
  }

  /** Starts an execution that has no history yet. */
  start(execution: Execution): void {
    this.#commit(undefined, this.#draft(execution, beginExecution));
  }

  /** Takes a step in a running execution. */
  step(execution: Execution, take: (draft: Draft) => void): void {
    this.#commit(execution, this.#draft(execution, take));
  }

  /** Fires the timers of an execution that are due, so that whoever calls next finds it as it must be by now. */
  catchUp(executionArn: string): void {
    for (;;) {
      const execution = this.#open.get(executionArn);
      const due = execution === undefined ? undefined : nextDue(execution);
      if (execution === undefined || due === undefined || due.at > this.#ports.clock.now() || this.#closing) return;
      this.step(execution, ON_TIMER[due.kind]);
    }
  }

  /** A running execution. */
  running(executionArn: string): Execution | undefined {
    return this.#open.get(executionArn);
  }

  /** An execution, read from the journal when it has ended. */
  execution(executionArn: string): Execution | undefined {
    if (!this.#listed.has(executionArn)) return undefined;
    return this.#open.get(executionArn) ?? fold(this.#ports.journal.records(executionArn));
  }

  /** The history of an execution so far. */
  history(executionArn: string): readonly WireEvent[] {
    return this.#ports.journal.records(executionArn).flatMap((record) => record.events);
  }

  /** What is known of an execution without its payloads. */
  listedExecution(executionArn: string): Listed | undefined {
    return this.#listed.get(executionArn);
  }

  listedExecutions(): Iterable<Listed> {
    return this.#listed.values();
  }

  /** The children of a map run that have started, by the positions of their items. */
  childrenOf(mapRunArn: string): ReadonlyMap<number, Listed> {
    return this.#children.of(mapRunArn);
  }

  /** A map run, and the execution that started it. */
  mapRun(mapRunArn: string): { readonly parent: Execution; readonly run: MapRun } | undefined {
    const known = [...this.#listed.values()].find(({ mapRunArns = [] }) => mapRunArns.includes(mapRunArn));
    const parent = known === undefined ? undefined : this.execution(known.executionArn);
    const run = parent?.mapRuns?.find((one) => one.mapRunArn === mapRunArn);
    return parent === undefined || run === undefined ? undefined : { parent, run };
  }

  /** Forgets an execution that has ended, and the children that it had, so that its name is free again. */
  forget(executionArn: string): void {
    for (const mapRunArn of this.#listed.get(executionArn)?.mapRunArns ?? []) {
      for (const child of this.#children.of(mapRunArn).values()) this.forget(child.executionArn);
      this.#children.forget(mapRunArn);
    }
    this.#ports.journal.forget(executionArn);
    this.#listed.delete(executionArn);
  }

  /** Resolves when no function is running and nothing happens before the next timer or call. */
  async idle(): Promise<void> {
    while (this.#working > 0) await new Promise<void>((resolve) => this.#resting.push(resolve));
  }

  /** Starts no more functions and waits for those that run, but no longer than some milliseconds of real time. */
  async close(graceMilliseconds: number): Promise<void> {
    this.#closing = true;
    for (const cancel of this.#timers.values()) cancel();
    let patience: NodeJS.Timeout | undefined;
    const enough = new Promise<void>((resolve) => {
      patience = setTimeout(resolve, graceMilliseconds);
    });
    await Promise.race([this.idle(), enough]);
    clearTimeout(patience);
    this.#closed = true;
  }

  #draft(execution: Execution, take: (draft: Draft) => void): Draft {
    const { clock, region, random, tokens } = this.#ports;
    const ground = {
      definition: this.#definitionOf(execution),
      region,
      at: clock.now(),
      random,
      tokenFor: tokens.issue.bind(tokens),
    };
    const draft = new Draft(ground, execution);
    take(draft);
    return draft;
  }

  /** A child runs the processor of its Map, anything else a whole machine. */
  #definitionOf({ definitionId, child }: Execution): Definition {
    const definition = this.#ports.machines.definition(definitionId);
    if (child === undefined) return definition;
    const state = definition.states.get(child.state);
    if (state?.type !== 'Map') throw new TypeError(`The machine has no Map ${child.state}.`);
    return state.processor;
  }

  #list(execution: Listed): void {
    this.#listed.set(execution.executionArn, execution);
    this.#children.note(execution);
  }

  #commit(before: Execution | undefined, draft: Draft): void {
    const { execution: after, events } = draft;
    this.#ports.journal.append(after, { set: changes(before, after), events });
    this.#list(listed(after));
    if (after.status === 'RUNNING') this.#open.set(after.executionArn, after);
    else this.#open.delete(after.executionArn);
    this.#setTimer(after);
    if (hasNewWork(before, after)) this.#goOn(after);
    this.#ports.onTransition?.({
      executionArn: after.executionArn,
      status: after.status,
      state: after.visit?.state ?? null,
      transitions: after.transitions,
      events,
    });
    this.#mapRuns.stopLeft(before, after);
    if (after.child !== undefined && after.status !== 'RUNNING') this.#goOnLater(after.child.parentArn);
  }

  #setTimer(execution: Execution): void {
    const { executionArn } = execution;
    this.#timers.get(executionArn)?.();
    this.#timers.delete(executionArn);
    const due = nextDue(execution);
    if (due === undefined || this.#closing) return;
    this.#timers.set(
      executionArn,
      this.#ports.clock.schedule(due.at, () => this.catchUp(executionArn)),
    );
  }

  /** Does what the execution is ready for: runs the state it entered, lets its map run go on, or invokes the function of its task. */
  #goOn(execution: Execution): void {
    const { activity, executionArn } = execution;
    if (this.#closing || this.#isOverdue(execution)) return;
    if (activity?.phase === 'entered' || activity?.phase === 'map') this.#goOnLater(executionArn);
    else if (activity?.phase === 'task' && !activity.submitted) {
      void this.#invoke(execution, activity.scheduledEventId);
    }
  }

  #isOverdue(execution: Execution): boolean {
    const due = nextDue(execution);
    return due !== undefined && due.at <= this.#ports.clock.now();
  }

  #goOnLater(executionArn: string): void {
    if (this.#closing) return;
    this.#working += 1;
    setImmediate(() => this.#goOnNow(executionArn));
  }

  #goOnNow(executionArn: string): void {
    try {
      const execution = this.#open.get(executionArn);
      if (this.#closed) return;
      if (execution?.activity?.phase === 'entered') this.step(execution, runState);
      else this.#mapRuns.advance(executionArn);
    } finally {
      this.#rest();
    }
  }

  async #invoke(execution: Execution, scheduledEventId: number): Promise<void> {
    this.#working += 1;
    try {
      const result = await this.#resultOf(execution);
      const now = this.#open.get(execution.executionArn);
      // The task may have ended in the meantime: by its token, by its timeout, or with the whole execution.
      const isOpen = now?.startedAt === execution.startedAt && attemptOf(now) === scheduledEventId;
      if (isOpen && !this.#closed) this.step(now, (draft) => functionReturned(draft, result));
    } finally {
      this.#rest();
    }
  }

  async #resultOf(execution: Execution): Promise<InvocationResult> {
    try {
      const { functionArn, payload } = invocationOf(this.#draft(execution, () => undefined));
      const result = await this.#ports.invoke(functionArn, copyOf(payload));
      return result.ok ? { ok: true, payload: copyOf(result.payload ?? null) } : result;
    } catch (error) {
      return { ok: false, errorType: 'Lambda.Unknown', errorMessage: String(error) };
    }
  }

  #rest(): void {
    this.#working -= 1;
    if (this.#working === 0) for (const resolve of this.#resting.splice(0)) resolve();
  }
}

/** The attempt at a task that is open, by the event that scheduled it. */
function attemptOf(execution: Execution | undefined): number | undefined {
  return execution?.activity?.phase === 'task' ? execution.activity.scheduledEventId : undefined;
}

/** Whether a step led to a state that is to be run or to a function that is to be invoked; a heartbeat leads to neither. */
function hasNewWork(before: Execution | undefined, after: Execution): boolean {
  return (
    after.activity?.phase === 'entered' ||
    attemptOf(before) !== attemptOf(after) ||
    openRun(after) !== (before === undefined ? undefined : openRun(before))
  );
}

/** Payloads cross the boundary as JSON text, as they do in AWS: neither side can change the other's. */
function copyOf(payload: Json): Json {
  return JSON.parse(JSON.stringify(payload)) as Json;
}
