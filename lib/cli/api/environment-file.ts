import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import * as z from 'zod';
import { InvalidInput } from '../../core/errors.ts';
import { parseWith } from '../../core/zod-problems.ts';

/** Where a project keeps the addresses of its environments. It holds no secret and can be committed. */
export const ENVIRONMENT_FILE = 'countersign.env.json';

/** An environment's name: part of the name of everything that is deployed for it. */
export const environmentName = z
  .string()
  .regex(/^[a-z][a-z0-9]{0,11}$/, 'It must be 1 to 12 lower-case letters and digits, a letter first')
  .refine((name) => name !== 'local', 'The local system is found by its state directory (--state)');

/** Loopback may go without TLS; a signed request to anywhere else must not be readable on its way. */
function isSafe(text: string): boolean {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || url.username !== '' || url.password !== '' || url.search !== '' || url.hash !== '')
    return false;
  return (
    url.protocol === 'https:' ||
    (url.protocol === 'http:' && ['127.0.0.1', 'localhost', '[::1]'].includes(url.hostname))
  );
}

/** The address of an API: https, without name, password, query or fragment; kept without a trailing slash. */
export const apiAddress = z
  .string()
  .refine(isSafe, 'It must be an https address without user, password, query or fragment')
  .transform((text) => text.replace(/\/+$/, ''));

const knownEnvironment = z.strictObject({
  /** The API's address: the output `BaseUrl` of the platform stack. */
  api: apiAddress,
  /** The AWS region. Without it, what the address or the caller's configuration says. */
  region: z
    .string()
    .regex(/^[a-z]{2}(-[a-z]+)+-\d$/, 'It must be a region such as eu-central-1')
    .optional(),
  /** The name of the AWS profile to sign with. */
  profile: z.string().min(1).max(100).optional(),
});
export type KnownEnvironment = z.infer<typeof knownEnvironment>;

const environmentFile = z.strictObject({ environments: z.record(environmentName, knownEnvironment) });

/** The path of the project's file; `COUNTERSIGN_ENV_FILE` names another. */
export function environmentFilePath(): string {
  return resolve(process.env.COUNTERSIGN_ENV_FILE ?? ENVIRONMENT_FILE);
}

/**
 * The environments that the project's file names; none when there is no file.
 * @throws InvalidInput naming what is wrong with it.
 */
export function readEnvironments(path = environmentFilePath()): Record<string, KnownEnvironment> {
  if (!existsSync(path)) return {};
  let document: unknown;
  try {
    document = JSON.parse(readFileSync(path, 'utf8'));
  } catch (cause) {
    const message = `${path} cannot be read as JSON.`;
    const mend = 'Correct it, or remove it and say countersign env add again.';
    throw new InvalidInput(message, [{ pointer: '', code: 'unreadable-document', message, mend }], { cause });
  }
  return parseWith(environmentFile, document, path).environments;
}

/** Keeps an environment, or forgets it; the file is written sorted, so that its history stays readable. */
export function writeEnvironment(name: string, known: unknown, path = environmentFilePath()): void {
  const checkedName = parseWith(environmentName, name, 'The name of the environment', '/name');
  const { [checkedName]: _, ...others } = readEnvironments(path);
  const all =
    known === undefined ? others : { ...others, [checkedName]: parseWith(knownEnvironment, known, 'The environment') };
  const environments = Object.fromEntries(Object.entries(all).sort(([a], [b]) => (a < b ? -1 : 1)));
  writeFileSync(path, `${JSON.stringify({ environments }, null, 2)}\n`);
}
