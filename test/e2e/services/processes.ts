import { existsSync, readFileSync } from 'node:fs';
import { connect } from 'node:net';
import { vi } from 'vitest';

/** Whether a process runs; one that is over and only waits to be noticed does not. */
function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch {
    return false;
  }
  const status = `/proc/${pid}/status`;
  return !(existsSync(status) && /^State:\s+Z/m.test(readFileSync(status, 'utf8')));
}

/** Resolves when a process is over. */
export async function whenOver(pid: number): Promise<void> {
  await vi.waitFor(() => {
    if (isRunning(pid)) throw new Error(`process ${pid} still runs`);
  }, 10_000);
}

/** Resolves when nothing listens on a port any more. */
export async function whenClosed(port: number): Promise<void> {
  await vi.waitFor(
    () =>
      new Promise<void>((resolve, reject) => {
        const socket = connect(port, '127.0.0.1');
        socket.on('connect', () => {
          socket.destroy();
          reject(new Error(`port ${port} still answers`));
        });
        socket.on('error', () => resolve());
      }),
    10_000,
  );
}
