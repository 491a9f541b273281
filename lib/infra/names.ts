/**
 * The names of what is deployed. They are fixed rather than generated, so one stack can name what another one holds without
 * an export between them (an export in use cannot be changed), and so an operator finds things by name.
 */

/** The alias of a state machine that executions are started through. */
export const LIVE_ALIAS = 'live';

/** What every name of one environment begins with, such as `countersign-dev`. */
export function prefixOf(environment: string): string {
  return `countersign-${environment}`;
}

/** The alias of the key that signs evidence, such as `alias/countersign-dev-signing`. */
export function signingKeyAliasOf(environment: string): string {
  return `alias/${prefixOf(environment)}-signing`;
}

/** A Lambda function's name, such as `countersign-dev-u01668-verify` or `countersign-dev-sweep`; 64 characters at most. */
export function functionNameOf(environment: string, name: string, skillId?: string): string {
  return [prefixOf(environment), ...(skillId === undefined ? [] : [skillId]), name].join('-');
}

/** A state machine's name, such as `countersign-dev-u01668`. */
export function stateMachineNameOf(environment: string, skillId: string): string {
  return `${prefixOf(environment)}-${skillId}`;
}

/** A construct's id made of a name: `request-approval` becomes `RequestApproval`. */
export function pascal(name: string): string {
  return name.replace(/(^|-)(\w)/g, (_match, _hyphen, letter: string) => letter.toUpperCase());
}
