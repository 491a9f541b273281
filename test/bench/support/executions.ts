import { setTimeout as delay } from 'node:timers/promises';
import { skills } from '#skills';
import { type ApiClient, type ExecutionView, WaitedTooLong } from '../../../lib/local/api-client.ts';
import { type BundledExample, bundledExamples } from '../../../lib/local/examples.ts';
import type { LocalSystem } from '../../../lib/local/system.ts';
import type { Example } from '../../../lib/platform/examples.ts';
import { WrongResult } from './benchmark.ts';

/** Short, so that what is measured is the execution and not the wait between two looks at it. */
const LOOK_EVERY_MS = 10;
const LOOK_FOR_MS = 60_000;

/** The first bundled example that fits. @throws RangeError when there is none. */
export function exampleWhere(fits: (example: Example) => boolean): BundledExample {
  const found = bundledExamples(skills).find(({ example }) => fits(example));
  if (found === undefined) throw new RangeError('No bundled example is of the kind that this benchmark needs.');
  return found;
}

/** The example that is published without asking anybody. */
export function automaticExample(): BundledExample {
  return exampleWhere(({ expected }) => expected.outcome === 'published' && expected.levels === 0);
}

/** Starts an execution of an example; a number in its justification makes the request one of its own. */
export function startNumbered(api: ApiClient, { skill, example }: BundledExample, number: number): Promise<string> {
  const { input, ...rest } = example.request;
  const { justification } = input as { justification: string };
  const own = { ...rest, input: { ...(input as object), justification: `${justification} Order ${number}.` } };
  return api.start(skill.name, example.requester, own);
}

/** Looks at an execution until it is as wanted. @throws WaitedTooLong after a minute. */
export async function until(
  api: ApiClient,
  executionId: string,
  wanted: (view: ExecutionView) => boolean,
): Promise<ExecutionView> {
  const end = performance.now() + LOOK_FOR_MS;
  for (;;) {
    const view = await api.execution(executionId);
    if (wanted(view)) return view;
    if (performance.now() > end) throw new WaitedTooLong(`Execution ${executionId} is still ${view.status}.`);
    await delay(LOOK_EVERY_MS);
  }
}

/** Waits until an execution has its outputs. @throws WrongResult when its outcome is another. */
export async function untilPublished(api: ApiClient, executionId: string): Promise<void> {
  const { outcome } = await until(api, executionId, ({ outputs }) => outputs !== undefined);
  if (outcome !== 'published') throw new WrongResult(`Execution ${executionId} ended ${outcome}, not published.`);
}

/** Waits until the state machine of an execution has entered its last state, which comes after the outputs. */
export async function untilStopped(system: LocalSystem, skillId: string, executionId: string): Promise<void> {
  const end = performance.now() + LOOK_FOR_MS;
  while ((await system.runtime.states.describe(skillId, executionId))?.status === 'RUNNING') {
    if (performance.now() > end) throw new WaitedTooLong(`The state machine of ${executionId} still runs.`);
    await delay(LOOK_EVERY_MS);
  }
}

/** Does some work for each number from 0, by so many workers at a time, in order. */
export async function byWorkers<Result>(
  count: number,
  workers: number,
  work: (number: number) => Promise<Result>,
): Promise<Result[]> {
  const results: Result[] = [];
  let next = 0;
  const worker = async (): Promise<void> => {
    for (let number = next++; number < count; number = next++) results[number] = await work(number);
  };
  await Promise.all(Array.from({ length: Math.min(workers, count) }, worker));
  return results;
}
