import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { FromService, ToService } from './child-service.ts';

/** A service that runs in this process. */
export interface RunningService {
  /** What the parent gets to know: JSON. */
  readonly output: unknown;
  readonly close: () => Promise<void>;
}

/** How long closing may take before the process ends anyway: without a parent, nobody else would end it. */
const CLOSE_WITHIN_MS = 4_000;

/** Makes a folder that only its owner can enter and that goes when this process ends in any way but being killed. */
export function temporaryFolder(prefix: string): string {
  const folder = mkdtempSync(join(tmpdir(), prefix));
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

function tell(message: FromService): Promise<void> {
  return new Promise((resolve) => {
    if (process.send === undefined || !process.connected) return resolve();
    process.send(message, undefined, undefined, () => resolve());
  });
}

/**
 * Runs a service for the process that forked this one: starts it when told, closes it when told, and ends with the parent.
 * @param start gets the parent's input, and a way to say how far it is.
 */
export function serveParent(
  start: (input: unknown, progress: (message: string) => void) => Promise<RunningService>,
): void {
  let service: RunningService | undefined;

  async function onStart(input: unknown): Promise<void> {
    try {
      service = await start(input, (message) => void tell({ type: 'progress', message }));
      await tell({ type: 'ready', output: service.output });
    } catch (error) {
      await tell({ type: 'failed', message: error instanceof Error ? error.message : String(error) });
      process.exit(1);
    }
  }

  let closing = false;
  async function onClose(): Promise<void> {
    if (closing) return;
    closing = true;
    setTimeout(() => process.exit(1), CLOSE_WITHIN_MS).unref();
    try {
      await service?.close();
    } finally {
      process.exit(0);
    }
  }

  // Ctrl-C reaches every process of the terminal; the parent decides in which order things close.
  process.on('SIGINT', () => {});
  process.on('SIGTERM', () => void onClose());
  // A parent that was killed closes nothing, but its end of the channel closes with it.
  process.on('disconnect', () => void onClose());
  process.on('message', (message: ToService) => {
    if (message.type === 'start') void onStart(message.input);
    else void onClose();
  });
}
