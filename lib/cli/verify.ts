import { skills } from '#skills';
import { verifyEvidence } from '../platform/evidence/verify.ts';
import { engineVersions } from '../platform/executions/engine-versions.ts';
import { readAnchors } from './read-anchors.ts';
import { readDocument } from './read-document.ts';

const MARKS = { pass: '✓', fail: '✗', 'not-re-executed': '–' } as const;

interface VerifyOptions {
  readonly json?: boolean;
  /** A signed manifest, or a folder of them. */
  readonly anchor?: string;
  /** The public key that manifests are signed with, as PEM. */
  readonly key?: string;
}

/**
 * `countersign verify`: prints every check, and names the first thing that is wrong.
 * @throws InvalidInput when a file cannot be read, or a manifest is named without its key.
 */
export async function verify(file: string, options: VerifyOptions): Promise<void> {
  const anchors = readAnchors(options.anchor, options.key);
  const verifier = { skills, versions: engineVersions, ...(anchors === undefined ? {} : { anchors }) };
  const report = await verifyEvidence(readDocument(file), verifier);
  if (options.json === true) console.log(JSON.stringify(report));
  else {
    for (const { check, result, detail } of report.checks) console.log(`${MARKS[result]} ${check}: ${detail}`);
    console.log(
      report.ok
        ? '\nEverything in this packet holds.'
        : `\nThis packet does not hold. First: ${report.firstFailure?.check}: ${report.firstFailure?.detail}`,
    );
  }
  process.exitCode = report.ok ? 0 : 1;
}
