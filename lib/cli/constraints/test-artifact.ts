import { verifyArtifact } from '../../engines/constraints/artifact/verify-artifact.ts';
import { EXIT } from '../exit-codes.ts';
import { sayJson } from '../say.ts';
import { onSource } from './invalid-source.ts';
import { hanging, type Line, sayLines } from './print/lines.ts';
import { prove } from './prove.ts';
import { dayOf, loadSet } from './source-file.ts';

/**
 * `countersign constraints test`: runs the boundary tests of an artifact and looks again at all that it claims and can be looked at
 * without a prover. A source is compiled and proved before. Ends with 0 when everything holds, 1 when something does not.
 * @throws InvalidInput
 */
export async function testArtifact(
  file: string,
  options: { readonly json?: boolean; readonly day?: string },
): Promise<void> {
  const loaded = await onSource(file, options, () => loadSet(file));
  if (loaded === undefined) return;
  const artifact = loaded.read?.artifact ?? (await prove(loaded.set, dayOf(options.day))).artifact;
  const checks = verifyArtifact(artifact);
  const failed = checks.filter(({ holds }) => !holds);
  if (options.json === true) sayJson({ artifact: artifact.digest, ok: failed.length === 0, checks });
  else
    sayLines([
      ...checks.flatMap(({ check, about, holds, message }): Line[] =>
        hanging(
          [holds ? ['good', '✓ '] : ['error', '✗ '], check, ': '],
          about === artifact.name ? message : `${about}: ${message}`,
        ),
      ),
      [],
      failed.length === 0
        ? ['Everything that can be looked at again holds.']
        : [['error', `${failed.length} of ${checks.length} checks do not hold.`]],
    ]);
  process.exitCode = failed.length === 0 ? EXIT.ok : EXIT.no;
}
