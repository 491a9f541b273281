import { skills } from '#skills';
import { type EvidenceReport, verifyEvidence } from '../platform/evidence/verify.ts';
import { engineVersions } from '../platform/executions/engine-versions.ts';
import { readAnchors, readKeys } from './read-anchors.ts';
import { readDocument } from './read-document.ts';

const MARKS = { pass: '✓', fail: '✗', incomplete: '○', 'unknown-key': '?', 'not-re-executed': '–' } as const;

interface VerifyOptions {
  readonly json?: boolean;
  /** A signed manifest, or a folder of them. */
  readonly anchor?: string;
  /** Public keys, as PEM, that statement and manifests may be signed with. */
  readonly key?: readonly string[];
}

function verdictOf({ ok, checks, firstFailure, firstGap }: EvidenceReport): string {
  if (firstFailure !== undefined)
    return `This packet does not hold. First: ${firstFailure.check}: ${firstFailure.detail}`;
  if (!ok) return `What is in this packet holds, but it is incomplete. ${firstGap?.check}: ${firstGap?.detail}`;
  const unknown = checks.some(({ result }) => result === 'unknown-key');
  return unknown
    ? 'Everything in this packet holds. Who signed it is not known: give the public key with --key.'
    : 'Everything in this packet holds.';
}

/**
 * `countersign verify`: prints every check, and names the first thing that is wrong or missing. Exit code 0 when everything
 * holds, 1 when something does not or is missing; the last line, and the results in JSON, tell the two apart.
 * @throws InvalidInput when a file cannot be read, or a manifest is named without its key.
 */
export async function verify(file: string, options: VerifyOptions): Promise<void> {
  const keys = readKeys(options.key ?? []);
  const anchors = readAnchors(options.anchor, keys);
  const verifier = { skills, versions: engineVersions, keys, ...(anchors === undefined ? {} : { anchors }) };
  const report = await verifyEvidence(readDocument(file), verifier);
  if (options.json === true) console.log(JSON.stringify(report));
  else {
    for (const { check, result, detail } of report.checks) console.log(`${MARKS[result]} ${check}: ${detail}`);
    console.log(`\n${verdictOf(report)}`);
  }
  process.exitCode = report.ok ? 0 : 1;
}
