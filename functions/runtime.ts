import { NotFound } from '../lib/core/errors.ts';
import type { Runtime } from '../lib/platform/runtime.ts';

let build: (() => Runtime) | undefined;
let current: Promise<Runtime> | undefined;

/**
 * Says how the runtime of this process is built; nothing is built before it is needed. The entry of a bundle calls it with the
 * ports that the function was granted.
 */
export function provideRuntime(builder: () => Runtime): void {
  build = builder;
  current = undefined;
}

/** Fills the ports of this process with a runtime that is there. The local system calls it once, before any function runs. */
export function installRuntime(runtime: Runtime): void {
  provideRuntime(() => runtime);
}

async function built(): Promise<Runtime> {
  if (build === undefined) throw new NotFound('This process was given no runtime; install one before a function runs.');
  return build();
}

/** The runtime of this process: built at the first call, and kept while the function stays warm. */
export function runtime(): Promise<Runtime> {
  current ??= built();
  return current;
}
