import { skills } from '#skills';
import { verifyEvidence } from '../platform/evidence/verify.ts';
import { engineVersions } from '../platform/executions/engine-versions.ts';
import { readDocument } from './read-document.ts';

const MARKS = { pass: '✓', fail: '✗', 'not-re-executed': '–' } as const;

/** `countersign verify`: prints every check, and names the first thing that is wrong. */
export async function verify(file: string, options: { readonly json?: boolean }): Promise<void> {
  const report = await verifyEvidence(readDocument(file), { skills, versions: engineVersions });
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
