import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { synthesizedSystem } from '../../../lib/local/synthesized-system.ts';
import { stressSkills } from './skills.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** A file with what `cdk deploy` would send, as far as one machine runs it. */
    templateFile: string;
    /** What chance depends on in this run. */
    seed: number;
  }
}

/** Each run takes one of these, so that runs differ and yet none is beyond repeating. */
const SEEDS = [104_729, 224_737, 350_377, 479_909, 611_953, 746_773, 882_377, 1_020_379, 1_159_523, 1_299_709];

let directory: string | undefined;

/** Synthesizes once for all files of this project: it is the slowest part of a start that needs no flag server. */
export function setup(project: TestProject): void {
  directory = mkdtempSync(join(tmpdir(), 'countersign-stress-'));
  const templateFile = join(directory, 'template.json');
  writeFileSync(templateFile, JSON.stringify(synthesizedSystem(stressSkills)));
  project.provide('templateFile', templateFile);
  project.provide('seed', Number(process.env.COUNTERSIGN_SEED ?? SEEDS[Date.now() % SEEDS.length]));
}

/** Forgets what was synthesized. */
export function teardown(): void {
  if (directory !== undefined) rmSync(directory, { recursive: true, force: true });
}
