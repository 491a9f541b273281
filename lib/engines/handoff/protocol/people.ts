import { isEmployed } from '../../../core/directory/employment.ts';
import { roleOfConsumer } from '../request/thread-gates.ts';
import { contractOf, type HandoffFile, packetIn } from './document.ts';
import type { ActingPart, ProtocolCase } from './shapes.ts';

function membersOf({ directory, instant }: ProtocolCase, role: string | undefined): string[] {
  if (role === undefined) return [];
  return directory
    .membersOf(role)
    .filter((person) => isEmployed(person, instant))
    .map(({ id }) => id);
}

function roleOfReceiver(file: ProtocolCase, { handoff }: HandoffFile): string | undefined {
  return roleOfConsumer(contractOf(file, handoff.contract), file.configuration, handoff.receiver);
}

/** Everybody who could take it: the people of the consumer's role, whoever is named. */
export function receiversOf(file: ProtocolCase, document: HandoffFile): string[] {
  const { by } = packetIn(document).sender;
  return membersOf(file, roleOfReceiver(file, document)).filter((id) => id !== by);
}

/** The people who may act in a part. Nobody acts on both sides: who handed over does not take over, who took over does not verify. */
export function peopleOf(file: ProtocolCase, document: HandoffFile, part: ActingPart): string[] {
  const { handoff } = document;
  switch (part) {
    case 'receiver':
      return handoff.recipient === undefined ? receiversOf(file, document) : [handoff.recipient];
    case 'sender': {
      const { by } = packetIn(document).sender;
      const taken = handoff.history.findLast(({ event }) => event.type === 'accept')?.event.by.id;
      const others = membersOf(file, file.configuration.party(handoff.sender)?.role);
      return [...new Set([by, ...others])].filter((id) => id !== taken && id !== handoff.recipient);
    }
    case 'oversight':
      return membersOf(file, handoff.terms.oversight);
    default:
      return [];
  }
}

/** The parts that a caller or a person may act in. Systems act for the party that names them, or bring in what customers write. */
export function partsOf(file: ProtocolCase, document: HandoffFile, who: string): ActingPart[] {
  const { configuration, directory } = file;
  const { sender, receiver } = document.handoff;
  const person = (directory.person(who) ?? directory.personByPrincipal(who))?.id;
  const isSystemOf = (party: string): boolean => configuration.party(party)?.systems.includes(who) === true;
  const acts = (part: ActingPart): boolean => person !== undefined && peopleOf(file, document, part).includes(person);
  return [
    ...(acts('sender') || isSystemOf(sender) ? (['sender'] as const) : []),
    ...(acts('receiver') || isSystemOf(receiver) ? (['receiver'] as const) : []),
    ...(acts('oversight') ? (['oversight'] as const) : []),
    ...(configuration.document.customerSystems.includes(who) ? (['customer'] as const) : []),
  ];
}

/** Whether somebody may say that a criterion of a role holds. */
export function holdsRole({ directory }: ProtocolCase, who: string, role: string): boolean {
  return (directory.person(who) ?? directory.personByPrincipal(who))?.roles.includes(role) === true;
}
