import { InvalidInput } from '../../../core/errors.ts';
import type { Json } from '../../../core/json.ts';
import { type Command, command } from './commands.ts';
import { deliveryFacts } from './deliver.ts';
import { contractOf, type HandoffFile } from './document.ts';
import { formFor } from './forms.ts';
import { put } from './put.ts';
import type { FormAction, ProtocolCase, Refused } from './shapes.ts';

type Values = Readonly<Record<string, string>>;

/** Browsers send `on` for a box that is ticked, and nothing for one that is not. */
const isTicked = (value: string | undefined): boolean =>
  value !== undefined && ['on', 'true', 'yes', '1'].includes(value.trim().toLowerCase());

const filled = (values: Values, name: string): string | undefined => {
  const value = values[name]?.trim();
  return value === undefined || value === '' ? undefined : value;
};

function withPrefix(values: Values, prefix: string): [string, string][] {
  return Object.entries(values).flatMap(([name, value]) =>
    name.startsWith(prefix) && value.trim() !== ''
      ? [[name.slice(prefix.length), value.trim()] as [string, string]]
      : [],
  );
}

const ticked = (values: Values, prefix: string): string[] =>
  withPrefix(values, prefix).flatMap(([id, value]) => (isTicked(value) ? [id] : []));

/** Facts of a delivery in the form in which criteria read them. */
function factsOf(file: ProtocolCase, document: HandoffFile, values: Values): { [name: string]: Json } {
  const contract = contractOf(file, document.handoff.contract);
  const facts: { [name: string]: Json } = {};
  for (const path of deliveryFacts(contract)) {
    const type = contract.document.facts[path]?.type;
    const written = filled(values, path);
    const at = path.split('.').slice(1);
    if (type === 'boolean') put(facts, at, isTicked(written));
    else if (written !== undefined && type === 'integer')
      put(facts, at, /^-?\d{1,15}$/.test(written) ? Number(written) : written);
    else if (written !== undefined && type === 'set')
      put(
        facts,
        at,
        written
          .split(',')
          .map((word) => word.trim())
          .filter(Boolean),
      );
    else if (written !== undefined) put(facts, at, written);
  }
  return facts;
}

function evidenceOf(values: Values): { [name: string]: string }[] {
  const id = filled(values, 'evidence-id');
  if (id === undefined) return [];
  const [type, issuer, digest, issuedAt] = ['type', 'issuer', 'digest', 'date'].map(
    (name) => filled(values, `evidence-${name}`) ?? '',
  );
  return [{ id, type: type ?? '', issuer: issuer ?? '', digest: digest ?? '', issuedAt: issuedAt ?? '' }];
}

function settledOf(values: Values): object[] {
  return [
    ...withPrefix(values, 'done.').map(([id, done]) => ({ id, done })),
    ...withPrefix(values, 'passed.')
      .filter(([id]) => filled(values, `done.${id}`) === undefined)
      .map(([id, passedTo]) => ({ id, passedTo })),
  ];
}

/** What a choice of a form says, before it is checked. */
function unchecked(file: ProtocolCase, document: HandoffFile, { choice, values }: FormAction): unknown {
  const said = filled(values, 'because');
  const because = said === undefined ? {} : { because: said };
  const recipient = filled(values, 'recipient');
  const named = recipient === undefined ? {} : { recipient };
  switch (choice) {
    case 'accept':
      return {
        type: choice,
        readback: Object.fromEntries(withPrefix(values, 'readback')),
        criteria: ticked(values, 'criterion.'),
      };
    case 'reject':
      return { type: choice, code: filled(values, 'code'), ...because };
    case 'ask':
      return { type: choice, question: filled(values, 'question') };
    case 'deliver':
      return { type: choice, delivery: factsOf(file, document, values), obligations: settledOf(values), ...because };
    case 'verify':
      return { type: choice, criteria: ticked(values, 'criterion.') };
    case 'rework':
      return { type: choice, criteria: [filled(values, 'open')].filter(Boolean), ...because };
    case 'answer':
      return { type: choice, answer: filled(values, 'answer') };
    case 'amend':
      return { type: choice, evidence: evidenceOf(values), ...named, ...because };
    case 'resume':
      return { type: choice, returns: Number(filled(values, 'returns') ?? '0'), ...named, ...because };
    case 'pause':
      return { type: choice, code: filled(values, 'pause') };
    case 'withdraw':
      return { type: choice, code: 'withdrawn-by-sender' };
    default:
      return { type: choice, ...because };
  }
}

/** The field of a form that a part of a command was read from. */
function fieldOf(choice: string, path: readonly PropertyKey[]): string {
  const [name, , inner] = path.map(String);
  if (name === 'evidence') return `evidence-${inner === 'issuedAt' ? 'date' : (inner ?? 'id')}`;
  if (name === 'criteria' && choice === 'rework') return 'open';
  if (name === 'code' && choice === 'pause') return 'pause';
  return name ?? '';
}

const ASKED = 'Fill this in, in the form that it asks for.';

/**
 * What somebody filled in, as a command.
 * @returns what is missing or cannot be read, by field.
 * @throws InvalidInput (`unknown-choice`) when the form for where the handoff stands has no such choice.
 */
export function readForm(
  file: ProtocolCase,
  document: HandoffFile,
  action: FormAction,
): { readonly command: Command } | { readonly refused: Refused } {
  const { choices } = formFor(file, document);
  if (!choices.some(({ choice }) => choice === action.choice)) {
    const message = `"${action.choice}" cannot be chosen while the handoff is ${document.handoff.state}.`;
    throw new InvalidInput(message, [
      {
        pointer: '/choice',
        code: 'unknown-choice',
        message,
        mend: `Choose one of: ${choices.map(({ choice }) => choice).join(', ') || 'nothing, it has ended'}.`,
      },
    ]);
  }
  const parsed = command.safeParse(unchecked(file, document, action));
  if (parsed.success) return { command: parsed.data };
  const fields = Object.fromEntries(parsed.error.issues.map(({ path }) => [fieldOf(action.choice, path), ASKED]));
  return { refused: { message: 'Something is missing, or cannot be read.', fields } };
}
