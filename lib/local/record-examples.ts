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
 * Plays bundled examples on a fresh system on free ports, as `npm run demo` does, and answers the evidence of each, and of every
 * request that goes on from it.
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
      const { executionId, followUps = [] } = await playExample(api, system.inboxUrl, skills, bundled);
      const name = `${bundled.skill.id}-${bundled.name}`;
      recordings.push({ name, packet: await api.evidence(executionId) });
      // The first request of a story is its number 1, so those that go on from it count from 2.
      for (const [index, after] of followUps.entries())
        recordings.push({ name: `${name}-${index + 2}`, packet: await api.evidence(after.executionId) });
    }
    return recordings;
  } finally {
    await system.close();
    rmSync(directory, { recursive: true, force: true });
  }
}
