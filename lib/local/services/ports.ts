import { readFile } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { createServer, type Server } from 'node:net';
import { join } from 'node:path';
import * as z from 'zod';
import { InvalidInput, type Problem } from '../../core/errors.ts';
import { pointer } from '../../core/json.ts';
import { parseWith } from '../../core/zod-problems.ts';
import { PortTaken } from './errors.ts';
import { LOOPBACK } from './host-check.ts';
import { replaceFile } from './private-files.ts';

/** The first port of the range that the local system takes unless told otherwise; outside the ephemeral ranges. */
export const FIRST_PORT = 4610;

/** The servers of the local system, in the order of the range. */
export const PORT_NAMES = ['api', 'inbox', 'flags', 'states', 'dynamodb', 'smtp'] as const;
export type PortName = (typeof PORT_NAMES)[number];

/** A port for each server. */
export type Ports = Readonly<Record<PortName, number>>;

/** How ports are chosen. */
export interface PortChoice {
  /** Ports that were asked for by name; they win over everything. */
  readonly requested?: Partial<Readonly<Record<PortName, number>>>;
  /** Takes free ports in place of the declared range and of remembered ports that are taken. */
  readonly auto?: boolean;
  /** The state directory that remembers the ports from one start to the next. */
  readonly directory?: string;
}

const portNumber = z.int().min(1).max(65_535);
const requestedPorts = z
  .strictObject({
    api: portNumber,
    inbox: portNumber,
    flags: portNumber,
    states: portNumber,
    dynamodb: portNumber,
    smtp: portNumber,
  })
  .partial();
const rememberedPorts = requestedPorts.required();

const FILE = 'ports.json';

function declaredPorts(): Ports {
  return Object.fromEntries(PORT_NAMES.map((name, index) => [name, FIRST_PORT + index])) as Record<PortName, number>;
}

async function remembered(directory: string | undefined): Promise<Ports | undefined> {
  if (directory === undefined) return undefined;
  const file = join(directory, FILE);
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
  try {
    return parseWith(rememberedPorts, JSON.parse(text), 'The list of remembered ports');
  } catch (cause) {
    throw new InvalidInput(`${file} does not list the ports of an earlier start; delete it.`, [], { cause });
  }
}

/** Holds a port for a moment; `undefined` when somebody else has it. */
function hold(port: number): Promise<Server | undefined> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EADDRINUSE' || error.code === 'EACCES') resolve(undefined);
      else reject(error);
    });
    server.listen({ port, host: LOOPBACK, exclusive: true }, () => resolve(server));
  });
}

const portOf = (server: Server) => (server.address() as AddressInfo).port;
const release = (server: Server) => new Promise<void>((resolve) => server.close(() => resolve()));

function takenProblem(name: PortName, port: number): Problem {
  return {
    pointer: pointer('', name),
    code: 'port-taken',
    message: `Port ${port}, which ${name} needs, is in use.`,
    mend: `Choose another with --port-${name} NUMBER, let free ones be found with --ports auto, or stop what uses it.`,
  };
}

function repeatedProblems(ports: Ports): Problem[] {
  return PORT_NAMES.flatMap((name, index) => {
    const earlier = PORT_NAMES.slice(0, index).find((other) => ports[other] === ports[name]);
    if (earlier === undefined) return [];
    return [
      {
        pointer: pointer('', name),
        code: 'port-repeated',
        message: `${name} and ${earlier} both want port ${ports[name]}.`,
        mend: `Choose another with --port-${name} NUMBER.`,
      },
    ];
  });
}

/** Ports that nobody else has; those of `wanted` as they are, and free ones in place of the taken ones that may move. */
async function holdAll(wanted: Ports, mayMove: (name: PortName) => boolean, held: Server[]): Promise<Ports> {
  const problems: Problem[] = [];
  const chosen: Partial<Record<PortName, number>> = {};
  const moving: PortName[] = [];
  for (const name of PORT_NAMES) {
    const server = wanted[name] === 0 ? undefined : await hold(wanted[name]);
    if (server !== undefined) {
      held.push(server);
      chosen[name] = portOf(server);
    } else if (mayMove(name)) {
      moving.push(name);
    } else {
      problems.push(takenProblem(name, wanted[name]));
    }
  }
  if (problems.length > 0) {
    throw new PortTaken(problems.map(({ message, mend }) => `${message} ${mend}`).join('\n'), problems);
  }
  // All stay held until every one is found, so no two servers get the same.
  for (const name of moving) {
    const server = await hold(0);
    if (server === undefined) throw new PortTaken('The system has no free port left.');
    held.push(server);
    chosen[name] = portOf(server);
  }
  return chosen as Ports;
}

/**
 * Chooses the ports of all servers, and makes sure that they are free before anything starts.
 * A requested port wins over the one remembered in the directory, and that over the declared range (or, with `auto`, over
 * free ports). What is chosen is remembered, so links in mails still work after the next start.
 * @throws InvalidInput when a requested number is no port or two servers ask for the same one.
 * @throws PortTaken with a problem for every port that is in use.
 */
export async function choosePorts(choice: PortChoice = {}): Promise<Ports> {
  const requested = parseWith(requestedPorts, choice.requested ?? {}, 'The ports');
  const auto = choice.auto === true;
  const usual = (await remembered(choice.directory)) ?? (auto ? undefined : declaredPorts());
  const wanted = Object.fromEntries(PORT_NAMES.map((name) => [name, requested[name] ?? usual?.[name] ?? 0])) as Record<
    PortName,
    number
  >;
  const repeated = repeatedProblems(wanted).filter((problem) => wanted[problem.pointer.slice(1) as PortName] !== 0);
  if (repeated.length > 0) throw new InvalidInput('Two servers cannot share a port.', repeated);

  const held: Server[] = [];
  try {
    const ports = await holdAll(wanted, (name) => auto && requested[name] === undefined, held);
    if (choice.directory !== undefined) {
      await replaceFile(join(choice.directory, FILE), `${JSON.stringify(ports, undefined, 2)}\n`);
    }
    return ports;
  } finally {
    await Promise.all(held.map(release));
  }
}
