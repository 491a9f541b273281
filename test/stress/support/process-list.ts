import { readFileSync } from 'node:fs';

export { childrenOf } from '../../e2e/support/child-processes.ts';

/** The command line of a process, as the operating system shows it. */
export function commandOf(pid: number): string {
  return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ');
}
