import { join } from 'node:path';
import { recordExamples } from '../local/record-examples.ts';
import { RECORDINGS, writeRecording } from './recordings.ts';

/** `countersign baseline record`: plays the bundled examples on a fresh system and keeps their evidence as recordings. */
export async function recordBaseline(options: { readonly to?: string }): Promise<void> {
  const folder = options.to ?? RECORDINGS;
  for (const { name, packet } of await recordExamples((message) => console.error(message)))
    console.log(join(folder, writeRecording(name, packet, folder)));
}
