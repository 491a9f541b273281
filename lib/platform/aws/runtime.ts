import type { Runtime } from '../runtime.ts';
import { anchorsPort } from './anchors-port.ts';
import { artifactsErasePort, artifactsPort } from './artifacts-port.ts';
import { composeRuntime } from './compose.ts';
import { flagAdminPort } from './flag-admin-port.ts';
import { flagSourcePort } from './flag-source-port.ts';
import { mailPort } from './mail-port.ts';
import type { Variables } from './place.ts';
import { publisherPort } from './publisher-port.ts';
import { signerPort } from './signer-port.ts';
import { statesDescribePort, statesHistoryPort, statesSignalPort, statesStartPort } from './states-port.ts';
import { tablePort } from './table-port.ts';

/**
 * Every port in AWS, for a person at the command line: what may be used is up to that person's own rights. A function gets a
 * runtime composed of the ports that its grants name (`lib/infra/granted-ports.ts`).
 * @throws InvalidInput naming every variable that is missing or malformed.
 */
export function awsRuntime(skills: Runtime['skills'], variables: Variables = process.env): Runtime {
  const ports = [
    tablePort,
    artifactsPort,
    artifactsErasePort,
    mailPort,
    statesStartPort,
    statesSignalPort,
    statesDescribePort,
    statesHistoryPort,
    flagSourcePort,
    flagAdminPort,
    anchorsPort,
    signerPort,
    publisherPort,
  ];
  return composeRuntime(skills, ports, variables);
}
