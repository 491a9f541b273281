import type { Runtime } from '../lib/platform/runtime.ts';

let current: Promise<Runtime> | undefined;

/**
 * Fills the ports for this process in place of the AWS adapters. The local system calls it once, before any function runs.
 */
export function installRuntime(runtime: Runtime): void {
  current = Promise.resolve(runtime);
}

/** The runtime of this process; built from the environment at the first call and kept while the function stays warm. */
export function runtime(): Promise<Runtime> {
  current ??= Promise.all([import('../lib/platform/aws/runtime.ts'), import('#skills')]).then(([aws, { skills }]) =>
    aws.awsRuntime(skills),
  );
  return current;
}
