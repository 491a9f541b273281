import { readFileSync } from 'node:fs';
import { skills } from '#skills';
import { loadDirectory } from '../../../lib/core/directory/load.ts';
import { runSkill } from '../../../lib/platform/executions/run-skill.ts';
import { shippedReferences } from '../../../lib/platform/skill/shipped-references.ts';

export const compilation = skills.find(({ id }) => id === 'u01470')!;
export const routing = skills.find(({ id }) => id === 'u01668')!;
export const directory = loadDirectory(compilation.referenceDirectory());
export const NOON = '2026-11-25T12:00:00.000Z';

/** The matrix in force, as a source. */
export const matrix = readFileSync(
  new URL(
    '../../../skills/constraint-compilation-for-sales-and-client-success/reference/approval-matrix.yaml',
    import.meta.url,
  ),
  'utf8',
);

/** The matrix with some texts replaced; fails when one of them is not there. */
export function matrixWith(version: string, ...changes: readonly (readonly [string, string])[]): string {
  return [['version: 1.1.1', `version: ${version}`] as const, ...changes].reduce((text, [from, to]) => {
    if (!text.includes(from)) throw new RangeError(`The matrix has no "${from}".`);
    return text.replaceAll(from, to);
  }, matrix);
}

/** Everything that an execution of the skill depends on. */
export function ingredients(source: string, over: object = {}, requester = 'lucia.ortega') {
  const input = { targetSkill: routing.name, source, justification: 'A reason.', ...over };
  return {
    input,
    configuration: compilation.baselineConfiguration(),
    directory,
    requester: { personId: requester },
    instant: NOON,
    references: shippedReferences(skills, compilation, input),
  };
}

export const compile = (source: string, over: object = {}, requester?: string) =>
  runSkill(compilation, ingredients(source, over, requester));
