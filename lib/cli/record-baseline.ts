import { join } from 'node:path';
import { skills } from '#skills';
import { recordExamples } from '../local/record-examples.ts';
import { skillOf } from './environment.ts';
import { RECORDINGS, writeRecording } from './recordings.ts';

/**
 * `countersign baseline record`: plays the bundled examples on a fresh system and keeps their evidence as recordings.
 * @throws NotFound when `--skill` names none.
 */
export async function recordBaseline(options: { readonly skill?: string; readonly to?: string }): Promise<void> {
  const folder = options.to ?? RECORDINGS;
  const of = options.skill === undefined ? skills : [skillOf(skills, options.skill)];
  for (const { name, packet } of await recordExamples((message) => console.error(message), of))
    console.log(join(folder, writeRecording(name, packet, folder)));
}
