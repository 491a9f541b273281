import { cp } from 'node:fs/promises';
import { join } from 'node:path';

/** The package of the solver, as modules import it. It is loaded only when a question needs it. */
export const SOLVER = 'z3-solver';

/**
 * What the solver consists of: its own files with 35 MB of WebAssembly, and the packages that it imports. They lie beside the bundle
 * because the solver reads its WebAssembly from a file next to its own.
 */
const PACKAGES: readonly string[] = [SOLVER, 'async-mutex', 'tslib'];

/** Types, maps and pages for readers are of no use to a function. */
const LEFT_OUT = /\.(d\.ts|ts|map|md)$/;

/** Copies the solver into the folder of a function, where its bundle finds it. */
export async function packageSolver(root: string, folder: string): Promise<void> {
  for (const name of PACKAGES)
    await cp(join(root, 'node_modules', name), join(folder, 'node_modules', name), {
      recursive: true,
      filter: (path) => !LEFT_OUT.test(path),
    });
}
