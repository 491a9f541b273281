import type { Grant } from './functions.ts';

/** A port of the runtime, by the module that makes it: named by path, never imported. */
export interface GrantedPort {
  /** Path from the repository's root. */
  readonly module: string;
  readonly name: string;
  /** Any of these grants gives it. */
  readonly grants: readonly Grant[];
}

const port = (file: string, name: string, ...grants: readonly Grant[]): GrantedPort => ({
  module: `lib/platform/aws/${file}.ts`,
  name,
  grants,
});

/**
 * What each grant puts into a function, in the order in which the ports are made: mail notes refusals in the table, so the table
 * comes first, and a port that writes comes after the one that only reads.
 */
export const grantedPorts: readonly GrantedPort[] = [
  port('table-port', 'tablePort', 'table:read', 'table:write'),
  port('artifacts-port', 'artifactsReadPort', 'artifacts:read'),
  port('artifacts-port', 'artifactsPort', 'artifacts:write'),
  port('artifacts-port', 'artifactsErasePort', 'artifacts:erase'),
  port('mail-port', 'mailPort', 'mail:send'),
  port('states-port', 'statesStartPort', 'states:start'),
  port('states-port', 'statesSignalPort', 'states:signal'),
  port('states-port', 'statesDescribePort', 'states:describe'),
  port('states-port', 'statesHistoryPort', 'states:history'),
  port('flag-source-port', 'flagSourcePort', 'flag-token:read'),
  port('flag-admin-port', 'flagAdminPort', 'flag-admin:use'),
  port('anchors-port', 'anchorsPort', 'anchors:write'),
  port('signer-port', 'signerPort', 'evidence:sign'),
  port('publisher-port', 'publisherPort', 'publisher:use'),
];

/** The ports that grants give. */
export function portsOf(grants: readonly Grant[]): readonly GrantedPort[] {
  return grantedPorts.filter((candidate) => candidate.grants.some((grant) => grants.includes(grant)));
}
