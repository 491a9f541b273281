import { InvalidInput } from '../../core/errors.ts';
import { writeArtifact } from '../../engines/constraints/artifact.ts';
import { nearest } from '../../engines/constraints/written-values.ts';
import { EXIT } from '../exit-codes.ts';
import { note, sayJson } from '../say.ts';
import { checkFile, isClean } from './check.ts';
import { onSource } from './invalid-source.ts';
import { plural } from './print/lines.ts';
import { dayOf, loadSet, writeText } from './source-file.ts';

/** The target that is everything: rules, proofs, tests and verdict. */
const ARTIFACT = 'artifact';

export interface CompileOptions {
  readonly target: string;
  readonly out?: string;
  readonly day?: string;
  readonly json?: boolean;
}

function deliver(text: string, { out }: CompileOptions): void {
  if (out === undefined) console.log(text.replace(/\n$/, ''));
  else writeText(out, text);
}

async function compileToArtifact(file: string, options: CompileOptions): Promise<void> {
  const checked = await onSource(file, options, () => checkFile(file, options));
  if (checked === undefined) return;
  const { artifact } = checked;
  const { publishable, reasons, cautions } = artifact.verdict;
  const text = writeArtifact(artifact);
  if (options.json === true) {
    if (options.out !== undefined) writeText(options.out, text);
    sayJson({
      file,
      target: ARTIFACT,
      digest: artifact.digest,
      publishable,
      reasons,
      cautions,
      ...outOf(options, text),
    });
  } else {
    deliver(text, options);
    const told = `${plural(reasons.length, 'reason')} against it, ${plural(cautions.length, 'caution')}`;
    note(`${artifact.digest}: ${publishable ? 'may be published' : 'may not be published'}; ${told}.`);
    if (reasons.length + cautions.length > 0) note(`countersign constraints check ${file} tells of each.`);
  }
  process.exitCode = isClean(checked) ? EXIT.ok : EXIT.no;
}

/** Where the text went, or the text itself. */
function outOf({ out }: CompileOptions, text: string): { readonly out: string } | { readonly text: string } {
  return out === undefined ? { text } : { out };
}

async function compileToTarget(file: string, options: CompileOptions): Promise<void> {
  const { targets } = await import('../../engines/constraints/targets/index.ts');
  const target = Object.entries(targets).find(([name]) => name === options.target)?.[1];
  if (target === undefined) {
    const names = [ARTIFACT, ...Object.keys(targets)];
    const near = nearest(options.target, names);
    const message = `There is no target "${options.target}". There are: ${names.join(', ')}.`;
    const mend = near === undefined ? 'Name one of them.' : `Did you mean ${near}?`;
    throw new InvalidInput(message, [{ pointer: '/target', code: 'unknown-target', message, mend }]);
  }
  const loaded = await onSource(file, options, () => loadSet(file));
  if (loaded === undefined) return;
  const { fidelity, because, text, mediaType, digest } = target(loaded.set, { day: dayOf(options.day) });
  const isRefused = fidelity === 'refused';
  if (options.json === true) {
    if (options.out !== undefined && !isRefused) writeText(options.out, text);
    sayJson({ file, target: options.target, fidelity, because, mediaType, digest, ...outOf(options, text) });
  } else {
    if (!isRefused) deliver(text, options);
    const what = {
      exact: 'permits what the rules permit',
      weaker: 'may permit more than the rules',
      refused: 'was not written',
    };
    note(`${options.target}: ${fidelity}: it ${what[fidelity]}.`);
    for (const reason of because) note(`  ${reason}`);
  }
  process.exitCode = isRefused ? EXIT.no : EXIT.ok;
}

/**
 * `countersign constraints compile`: writes the artifact of a source, or its rules in another language. The artifact ends with 0 when the
 * source is clean and 1 when there are findings (it is written all the same, and says that it may not be published); another language
 * ends with 1 when it refuses the rules; 2 when the source is not valid.
 * @throws InvalidInput for an unknown target, or a file that cannot be read or written.
 */
export async function compile(file: string, options: CompileOptions): Promise<void> {
  await (options.target === ARTIFACT ? compileToArtifact(file, options) : compileToTarget(file, options));
}
