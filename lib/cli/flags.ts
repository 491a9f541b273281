import { describeProblems } from '../core/errors.ts';
import { flagDeclarationsOf } from '../platform/configuration/flag-declarations.ts';
import { applyFlags } from '../platform/flags/admin.ts';
import { fetchSnapshot } from '../platform/flags/fetch-snapshot.ts';
import { lintFlags } from '../platform/flags/lint.ts';
import type { FlagSnapshot } from '../platform/flags/snapshot.ts';
import type { Runtime } from '../platform/runtime.ts';
import { type EnvironmentOptions, flagEnvironmentOf, openEnvironment } from './environment.ts';

/** Options of `countersign flags`. */
export interface FlagOptions extends EnvironmentOptions {
  readonly json?: boolean;
}

/** `countersign flags apply`: creates or updates the flag, strategy and variants of every skill. */
export async function apply(options: FlagOptions & { readonly reset?: boolean }): Promise<void> {
  const { runtime, flagAdmin } = await openEnvironment(options);
  const declarations = await flagDeclarationsOf(runtime);
  const reset = options.reset === true;
  const applied = await applyFlags(await flagAdmin(), flagEnvironmentOf(runtime), declarations, { reset });
  if (options.json === true) return console.log(JSON.stringify({ applied }));
  for (const { flag, outcome, changes, kept } of applied) {
    console.log(`${flag}: ${outcome}${changes.length === 0 ? '' : ` (${changes.join(', ')})`}`);
    if (kept.length > 0) console.log(`  left as people set it: ${kept.join(', ')}; --reset puts it back`);
  }
}

/** The flags as they are at the server, or as they were when they were last read from there. */
export async function flagsInForce(runtime: Runtime): Promise<FlagSnapshot | undefined> {
  const source = await runtime.flags.source();
  return source === undefined ? runtime.flags.snapshot() : fetchSnapshot(source, { now: runtime.clock.now() });
}

/** `countersign flags lint`: exit 1 when a flag is missing, not sticky by account, or names what no skill has. */
export async function lint(options: FlagOptions): Promise<void> {
  const { runtime } = await openEnvironment(options);
  const snapshot = await flagsInForce(runtime);
  const declarations = await flagDeclarationsOf(runtime);
  const problems =
    snapshot === undefined
      ? [{ pointer: '', code: 'no-snapshot', message: 'No flags were ever read.', mend: 'Apply and sync the flags.' }]
      : lintFlags(snapshot, declarations);
  if (options.json === true) console.log(JSON.stringify({ problems }));
  else console.log(problems.length === 0 ? 'The flags are as the skills need them.' : describeProblems(problems));
  if (problems.length > 0) process.exitCode = 1;
}
