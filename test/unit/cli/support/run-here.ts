import { vi } from 'vitest';
import { failureOf } from '../../../../lib/cli/failure.ts';
import { createProgram } from '../../../../lib/cli/program/create-program.ts';

/** What a command printed, and how it ended. */
export interface Ran {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Variables that would let the machine's own AWS configuration into a test. */
const OWN = /^(AWS_|COUNTERSIGN_)/;

/**
 * Runs the command line in this process, as `bin/countersign.ts` does, with no AWS configuration but the given variables.
 */
export async function runHere(args: readonly string[], variables: Record<string, string> = {}): Promise<Ran> {
  const before = { ...process.env };
  for (const name of Object.keys(process.env)) if (OWN.test(name)) delete process.env[name];
  Object.assign(process.env, {
    AWS_EC2_METADATA_DISABLED: 'true',
    AWS_CONFIG_FILE: '/nonexistent/config',
    AWS_SHARED_CREDENTIALS_FILE: '/nonexistent/credentials',
    ...variables,
  });
  const printed = { stdout: '', stderr: '' };
  const out = vi.spyOn(console, 'log').mockImplementation((line) => {
    printed.stdout += `${line}\n`;
  });
  const err = vi.spyOn(console, 'error').mockImplementation((line) => {
    printed.stderr += `${line}\n`;
  });
  process.exitCode = undefined;
  try {
    const program = createProgram();
    const write = { writeOut: (text: string) => out(text.trimEnd()), writeErr: (text: string) => err(text.trimEnd()) };
    for (const command of [program, ...program.commands.flatMap((one) => [one, ...one.commands])])
      command.configureOutput(write);
    await program.parseAsync([...args], { from: 'user' });
  } catch (thrown) {
    const { text, exitCode } = failureOf(thrown);
    if (text !== '') console.error(text);
    process.exitCode = exitCode;
  } finally {
    out.mockRestore();
    err.mockRestore();
    for (const name of Object.keys(process.env)) if (!(name in before)) delete process.env[name];
    Object.assign(process.env, before);
  }
  const code = Number(process.exitCode ?? 0);
  process.exitCode = undefined;
  return { code, ...printed };
}
