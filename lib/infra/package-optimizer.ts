import { cp } from 'node:fs/promises';
import { join } from 'node:path';

/** The package of the optimizer, as modules import it. It is loaded only when a plan is made. */
export const OPTIMIZER = 'highs';

/** What of the package a function needs: its ES module, the WebAssembly that the module reads from beside itself, and the licence. */
const FILES: readonly string[] = ['package.json', 'LICENSE', 'build/highs.mjs', 'build/highs.wasm'];

/** Copies the optimizer into the folder of a function, where its bundle finds it. */
export async function packageOptimizer(root: string, folder: string): Promise<void> {
  for (const file of FILES)
    await cp(join(root, 'node_modules', OPTIMIZER, file), join(folder, 'node_modules', OPTIMIZER, file), {
      recursive: true,
    });
}
