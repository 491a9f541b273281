import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { skills } from '#skills';
import type { Recording } from '../platform/promotion/regression-baseline.ts';
import type { AnySkill } from '../platform/skill/define-skill.ts';
import { ApiClient } from './api-client.ts';
import { bundledExamples } from './examples.ts';
import { playExample } from './play-example.ts';
import { startLocalSystem } from './system.ts';

/**
 * Plays bundled examples on a fresh system on free ports, as `npm run demo` does, and answers the evidence of each.
 * @param of the skills whose examples are played; all of them unless told
 */
export async function recordExamples(
  onProgress: (message: string) => void,
  of: readonly AnySkill[] = skills,
): Promise<Recording[]> {
  const directory = mkdtempSync(join(tmpdir(), 'countersign-record-'));
  const system = await startLocalSystem({ directory, ports: { auto: true }, onProgress });
  try {
    const api = new ApiClient(system.apiUrl);
    const recordings: Recording[] = [];
    for (const bundled of bundledExamples(of)) {
      onProgress(`Playing ${bundled.name} ...`);
      const { executionId } = await playExample(api, system.inboxUrl, skills, bundled);
      const name = `${bundled.skill.id}-${bundled.name}`;
      recordings.push({ name, packet: await api.evidence(executionId) });
    }
    return recordings;
  } finally {
    await system.close();
    rmSync(directory, { recursive: true, force: true });
  }
}
