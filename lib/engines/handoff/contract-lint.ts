import { timeZoneName } from '../../core/calendar/zone-offsets.ts';
import type { LoadedDirectory } from '../../core/directory/loaded.ts';
import { type Json, pointer } from '../../core/json.ts';
import type { LintFinding } from '../approval-routing/lint-finding.ts';
import { type ContractDocument, clockNames } from './contract-document.ts';
import { type CompiledCriteria, DELIVERED, factsOfCriterion } from './criteria.ts';
import { acceptsVersion, minutesOf } from './words.ts';

type Severity = LintFinding['severity'];

function finding(severity: Severity, at: string, code: string, message: string, mend: string): LintFinding {
  return { severity, pointer: at, code, message, mend };
}

/** Entries of a list that carry a key which an earlier entry carries already. */
function doubles(list: readonly string[], at: (index: number) => string, what: string): LintFinding[] {
  return list.flatMap((key, index) =>
    list.indexOf(key) === index
      ? []
      : [finding('error', at(index), 'duplicate', `The ${what} "${key}" stands twice.`, 'Name each once.')],
  );
}

function duplicates(document: ContractDocument): LintFinding[] {
  const ids = (list: readonly { readonly id: string }[]): string[] => list.map(({ id }) => id);
  return [
    ...doubles(ids(document.acceptance), (i) => pointer('/acceptance', i, 'id'), 'criterion'),
    ...doubles(ids(document.obligations), (i) => pointer('/obligations', i, 'id'), 'obligation'),
    ...doubles(ids(document.consumers), (i) => pointer('/consumers', i, 'id'), 'consumer'),
    ...doubles(
      document.evidence.map(({ type }) => type),
      (i) => pointer('/evidence', i, 'type'),
      'type of evidence',
    ),
    ...doubles(
      document.pauses.map(({ code }) => code),
      (i) => pointer('/pauses', i, 'code'),
      'pause',
    ),
    ...doubles(
      document.rejectionCodes.map(({ code }) => code),
      (i) => pointer('/rejectionCodes', i, 'code'),
      'reason',
    ),
    ...doubles(
      document.readback.facts.map((fact) => fact.pointer),
      (i) => pointer('/readback/facts', i, 'pointer'),
      'fact',
    ),
  ];
}

function lintConsumers({ consumers, version }: ContractDocument): LintFinding[] {
  const reachable = consumers.map(({ accepts }) => accepts.some((range) => acceptsVersion(range, version)));
  const none = reachable.includes(true)
    ? []
    : [
        finding(
          'error',
          '/consumers',
          'no-consumer',
          `No consumer accepts version ${version}.`,
          'Let at least one consumer declare this version.',
        ),
      ];
  return [
    ...none,
    ...consumers.flatMap(({ id }, index) =>
      reachable[index]
        ? []
        : [
            finding(
              'warning',
              pointer('/consumers', index, 'accepts'),
              'unreachable-consumer',
              `The consumer "${id}" does not accept version ${version}, so nothing can be offered to it.`,
              'Let it declare this version, or remove it.',
            ),
          ],
    ),
  ];
}

function lintTimes({ times, obligations, evidence, pauses }: ContractDocument): LintFinding[] {
  const zero = (at: string, minutes: number, what: string): LintFinding[] =>
    minutes > 0
      ? []
      : [finding('error', at, 'zero-time', `${what} is zero: nobody can keep it.`, 'Give at least a minute.')];
  return [
    ...clockNames.flatMap((name) => zero(pointer('/times', name), minutesOf(times[name]), `The time of ${name}`)),
    ...obligations.flatMap(({ id, due }, i) =>
      zero(pointer('/obligations', i, 'due'), minutesOf(due), `The time of the obligation "${id}"`),
    ),
    ...evidence.flatMap(({ type, maximumAgeMinutes }, i) =>
      zero(pointer('/evidence', i, 'maximumAgeMinutes'), maximumAgeMinutes, `The greatest age of "${type}"`),
    ),
    ...pauses.flatMap(({ code, maximumClockMinutes }, i) =>
      zero(pointer('/pauses', i, 'maximumClockMinutes'), maximumClockMinutes, `The longest pause "${code}"`),
    ),
  ];
}

function lintPauses({ pauses }: ContractDocument): LintFinding[] {
  return pauses.flatMap(({ code, waitsFor, stops }, index) =>
    stops.includes('customer-promise') && waitsFor !== 'customer'
      ? [
          finding(
            'error',
            pointer('/pauses', index, 'stops'),
            'promise-paused',
            `The pause "${code}" stops the customer's promise without waiting for the customer.`,
            'Let only a pause that waits for the customer stop it.',
          ),
        ]
      : [],
  );
}

function lintWeights({ scorer }: ContractDocument): LintFinding[] {
  const sum = Object.values(scorer.weights).reduce((total, weight) => total + weight, 0);
  if (sum === 100) return [];
  return [finding('error', '/scorer/weights', 'weights-sum', `The weights sum to ${sum}.`, 'Let them sum to 100.')];
}

function member(schema: Json | undefined, name: string): Json | undefined {
  if (typeof schema !== 'object' || schema === null || Array.isArray(schema)) return undefined;
  return Object.hasOwn(schema, name) ? (schema as { readonly [key: string]: Json })[name] : undefined;
}

/** Whether plain `properties` forbid a path. What references and combinations allow is left to the check of each payload. */
function forbidden(schema: Json, path: readonly string[]): boolean {
  const [name, ...rest] = path;
  if (name === undefined) return false;
  const inner = member(member(schema, 'properties'), name);
  if (inner !== undefined) return inner === false || forbidden(inner, rest);
  return member(schema, 'additionalProperties') === false && member(schema, 'patternProperties') === undefined;
}

function lintCriteria(document: ContractDocument, criteria: CompiledCriteria): LintFinding[] {
  const places = Object.keys(document.facts)
    .filter((path) => path.split('.')[0] !== DELIVERED && forbidden(document.payload.schema, path.split('.')))
    .map((path) =>
      finding(
        'error',
        pointer('/facts', path),
        'fact-not-in-payload',
        `The payload schema allows no "${path}", so no criterion can read it.`,
        'Add it to the payload schema, or correct the path.',
      ),
    );
  const blind = document.acceptance.flatMap((criterion, index) => {
    const set = criteria[criterion.at];
    if (criterion.by !== 'machine' || set === undefined || factsOfCriterion(set, criterion.id).length > 0) return [];
    const at = pointer('/acceptance', index, 'condition');
    const message = `The criterion "${criterion.id}" looks at no fact, so it says nothing about a packet.`;
    return [finding('error', at, 'criterion-without-facts', message, 'Let it compare a declared fact.')];
  });
  return [...places, ...blind];
}

function lintPublication({ domain, publication, approval }: ContractDocument): LintFinding[] {
  if (publication?.releases === true && approval?.always !== true) {
    const told = 'The system releases nothing that people have not approved.';
    const mend = 'Let "approval" say "always": true, or let the receiver publish it.';
    return [finding('error', '/publication/releases', 'release-without-approval', told, mend)];
  }
  if ((domain === 'marketing') === (publication !== undefined)) return [];
  const [message, mend] =
    domain === 'marketing'
      ? [
          'A marketing contract must say which content people approve.',
          'Add "publication" with the places of the content.',
        ]
      : ['Only marketing contracts publish content.', 'Remove "publication", or change the domain.'];
  return [finding('error', '/publication', 'publication-domain', message, mend)];
}

function lintDirectory(document: ContractDocument, directory: LoadedDirectory): LintFinding[] {
  const roles = new Set(directory.snapshot.roles.map(({ id }) => id));
  const role = (at: string, id: string, code: string): LintFinding[] => {
    // A directory with a role that nobody holds is refused when it is loaded.
    if (roles.has(id)) return [];
    return [finding('error', at, code, `The directory knows no role "${id}".`, 'Name a role of the directory.')];
  };
  const { calendar } = document;
  const known = 'shifts' in calendar || directory.snapshot.calendars.some(({ id }) => id === calendar.calendar);
  return [
    ...document.acceptance.flatMap((each, i) =>
      each.by === 'role' ? role(pointer('/acceptance', i, 'role'), each.role, 'criterion-nobody-checks') : [],
    ),
    ...document.consumers.flatMap((each, i) =>
      each.role === undefined ? [] : role(pointer('/consumers', i, 'role'), each.role, 'unreachable-consumer'),
    ),
    ...role('/oversight', document.oversight, 'no-oversight'),
    ...(known
      ? []
      : [
          finding(
            'error',
            '/calendar/calendar',
            'unknown-calendar',
            'The directory has no such calendar.',
            'Name one of its calendars, or state shifts.',
          ),
        ]),
  ];
}

function lintZone({ calendar }: ContractDocument): LintFinding[] {
  if (timeZoneName(calendar.timeZone) !== undefined) return [];
  const message = `The time zone "${calendar.timeZone}" is unknown.`;
  return [
    finding('error', '/calendar/timeZone', 'unknown-time-zone', message, 'Use an IANA name such as Europe/Berlin.'),
  ];
}

/**
 * What is wrong with a contract that has its shape: consumers that nothing reaches, criteria that nobody can check, times of zero,
 * weights that do not sum to 100, pauses that bend the customer's promise, and what the directory does not know.
 */
export function lintContract(
  document: ContractDocument,
  criteria: CompiledCriteria,
  directory?: LoadedDirectory,
): LintFinding[] {
  return [
    ...duplicates(document),
    ...lintConsumers(document),
    ...lintTimes(document),
    ...lintPauses(document),
    ...lintWeights(document),
    ...lintCriteria(document, criteria),
    ...lintPublication(document),
    ...lintZone(document),
    ...(directory === undefined ? [] : lintDirectory(document, directory)),
  ];
}
