import type { Terms, TermsLine } from '../../lib/core/approval/terms.ts';
import { AUTOMATICALLY } from '../../lib/engines/approval-routing/lower-rules.ts';
import type { Outline, Replay } from '../../lib/engines/approval-routing/replay-requests.ts';
import type { ArtifactFinding } from '../../lib/engines/constraints/artifact/document.ts';
import { describeValues } from '../../lib/engines/constraints/describe.ts';
import { readInput } from '../../lib/engines/constraints/evaluate/read-input.ts';
import type { ConstraintSet } from '../../lib/engines/constraints/model.ts';
import type { ChangedRule, Comparison, ShownChange } from './compare.ts';
import type { Compiled } from './compile-request.ts';
import { factsOf } from './facts-of.ts';
import type { CompilationRequest } from './input.ts';

/** A page holds 60 lines; each part has its share, and says how many more there are. */
const MOST = { rules: 14, changes: 14, findings: 10, flips: 10 };

const clip = (text: string, most: number): string => (text.length <= most ? text : `${text.slice(0, most - 1)}…`);

function line(label: string, value: string, differs: boolean, policy?: string): TermsLine {
  return {
    label: clip(label, 80),
    value: clip(value, 400),
    ...(policy === undefined ? {} : { policy: clip(policy, 400) }),
    differs,
  };
}

function limited<T>(items: readonly T[], most: number, write: (item: T) => TermsLine, noun: string): TermsLine[] {
  const hidden = items.length - most;
  const more = hidden > 0 ? [line(`More ${noun}`, `${hidden} more, in the execution’s artifact`, true)] : [];
  return [...items.slice(0, most).map(write), ...more];
}

function ruleLine({ id, change, owners, before, after }: ChangedRule): TermsLine {
  return line(
    `Rule ${id} (${owners.join(', ')})`,
    `${change}: ${after ?? 'no longer there'}`,
    true,
    before ?? 'no such rule',
  );
}

const KINDS: Readonly<Record<ShownChange['kind'], string>> = {
  'newly-allowed': 'Newly allowed',
  'newly-denied': 'Newly denied',
  'level-added': 'Newly asked',
  'level-dropped': 'No longer asked',
};

function changeLine({ kind, level, because }: ShownChange): TermsLine {
  const automatic = kind === 'level-added' ? 'Newly approved automatically' : 'No longer approved automatically';
  const asked = level === undefined ? KINDS[kind] : `${KINDS[kind]}: ${level}`;
  return line(level === AUTOMATICALLY ? automatic : asked, `for example: ${because}`, true);
}

/** A request that shows a finding: what of it the rules behind the finding look at. */
function exampleOf(set: ConstraintSet, { rules, witness }: ArtifactFinding): string {
  if (witness === undefined) return '';
  const uses = set.rules.filter(({ id }) => rules.includes(id)).flatMap(factsOf);
  return ` For example: ${describeValues(new Set(uses), readInput(set, witness), set.fields)}.`;
}

function findingLine({ set, artifact }: Compiled) {
  return (finding: ArtifactFinding): TermsLine => {
    const { code, digest } = finding;
    const message = `${finding.message}${exampleOf(set, finding)}`;
    const waiver = artifact.waivers.inForce.find(({ finding }) => finding === digest);
    if (waiver === undefined) return line(`Finding ${code}`, message, true);
    return line(
      `Waived ${code}`,
      `${message} ${waiver.owner} answers for it until ${waiver.until}: ${waiver.reason}`,
      true,
    );
  };
}

function outlineText({ disposition, levels }: Outline): string {
  if (disposition === 'deny') return 'denied';
  return disposition === 'auto-approve' ? 'nobody is asked' : levels.join(', ');
}

/** What approvers read: what changes, what it does to requests, what was found, and what it would have changed in the past. */
export function termsOf(facts: {
  readonly request: CompilationRequest;
  readonly compiled: Compiled;
  readonly comparison?: Comparison;
  readonly replay?: Replay;
  readonly inForce: string;
  readonly requesterName: string;
}): Terms {
  const { request, compiled, comparison, replay, inForce, requesterName } = facts;
  const { artifact } = compiled;
  const { findings, unknowns, coverage } = artifact.analysis;
  const proved = `${coverage.analysable} of ${coverage.rules} rules, ${findings.length} finding(s), ${unknowns.length} open question(s)`;
  const nothing =
    comparison?.verdict === 'equal' ? 'none: proved for every request' : `${comparison?.changes.length ?? 0} shown`;
  return {
    schema: 'countersign/terms/1',
    kind: 'Change of rules',
    accountName: request.targetSkill,
    requesterName,
    summary: clip(`Rules ${artifact.version} for ${request.targetSkill}, asked for by ${requesterName}.`, 300),
    lines: [
      line('Rules', `${artifact.name} ${artifact.version}`, false, inForce),
      line('Proved', proved, findings.length + unknowns.length > 0),
      ...(comparison === undefined
        ? []
        : [
            line('Decided otherwise', nothing, comparison.verdict !== 'equal'),
            ...limited(comparison.rules, MOST.rules, ruleLine, 'rules'),
            ...limited(comparison.changes, MOST.changes, changeLine, 'changes'),
          ]),
      ...limited(findings, MOST.findings, findingLine(compiled), 'findings'),
      ...(replay === undefined
        ? []
        : [
            line(
              'Past requests',
              `${replay.requests} replayed, ${replay.flips.length} decided otherwise`,
              replay.flips.length > 0,
            ),
            ...limited(
              replay.flips,
              MOST.flips,
              ({ id, before, after }) => line(`Request ${id}`, outlineText(after), true, outlineText(before)),
              'requests',
            ),
          ]),
    ],
    justification: request.justification,
  };
}
