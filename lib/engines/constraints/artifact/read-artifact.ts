import { digestOf } from '../../../core/digest.ts';
import { IntegrityError, InvalidInput } from '../../../core/errors.ts';
import { parseWith } from '../../../core/zod-problems.ts';
import type { Finding } from '../findings.ts';
import type { ConstraintSet } from '../model.ts';
import { checkPositions } from './check-positions.ts';
import { ARTIFACT_SCHEMA, artifactDocument, type ConstraintArtifact } from './document.ts';
import { readFinding } from './finding-form.ts';

/** An artifact that was read: the document, and what evaluators and reports work on. */
export interface ReadArtifact {
  readonly artifact: ConstraintArtifact;
  readonly set: ConstraintSet;
  readonly findings: readonly Finding[];
}

/** Whether a JSON value says that it is an artifact; nothing else of it is checked. */
export function isArtifact(json: unknown): boolean {
  return typeof json === 'object' && json !== null && 'schema' in json && json.schema === ARTIFACT_SCHEMA;
}

/**
 * Reads an artifact: its schema, its digest, and that every position in it names something. The set that it holds can be evaluated
 * without its source.
 * @throws InvalidInput with every problem; IntegrityError when the document does not have the digest that it names.
 */
export function readArtifact(json: unknown): ReadArtifact {
  const artifact = parseWith(artifactDocument, json, 'The artifact');
  const { digest, ...body } = artifact;
  const actual = digestOf(body);
  if (actual !== digest) {
    const message = `The artifact of ${artifact.name} ${artifact.version} is not what was compiled: its digest is ${actual}.`;
    const mend = 'Compile it again, or take it from where it was published.';
    throw new IntegrityError(message, [{ pointer: '/digest', code: 'wrong-digest', message, mend }]);
  }
  const set = artifact.model;
  const problems = checkPositions(set).map((problem) => ({ ...problem, pointer: `/model${problem.pointer}` }));
  const named = new Set(set.rules.map(({ id }) => id));
  artifact.analysis.findings.forEach(({ rules }, n) => {
    for (const id of rules)
      if (!named.has(id))
        problems.push({
          pointer: `/analysis/findings/${n}/rules`,
          code: 'unknown-rule',
          message: `The finding names the rule "${id}", which is not there.`,
          mend: 'Compile the artifact again from its source.',
        });
  });
  if (problems.length > 0)
    throw new InvalidInput(`The artifact does not hold together: ${problems.length} problem(s).`, problems);
  return { artifact, set, findings: artifact.analysis.findings.map((finding) => readFinding(set, finding)) };
}
