import { InvalidInput } from '../core/errors.ts';
import { parseWith } from '../core/zod-problems.ts';
import { environments } from '../infra/environments.ts';
import {
  apiAddress,
  environmentFilePath,
  environmentName,
  readEnvironments,
  writeEnvironment,
} from './api/environment-file.ts';
import { OutOfReach } from './api/errors.ts';
import { environmentAt } from './api/open-api.ts';
import { note, say, sayJson } from './say.ts';

interface AddOptions {
  readonly api: string;
  readonly region?: string;
  readonly profile?: string;
}

/** `countersign env add`: keeps the address of an environment in the project's file, once it is known to be that one. */
export async function add(name: string, options: AddOptions): Promise<void> {
  const env = parseWith(environmentName, name, 'The name of the environment', '/env');
  const api = parseWith(apiAddress, options.api, 'The address of the API', '/api');
  try {
    const answering = await environmentAt(api);
    if (answering !== env) {
      const message = `At ${api} there is "${answering}", not "${env}".`;
      const mend = `Say countersign env add ${answering}, or correct the address.`;
      throw new InvalidInput(`${message} ${mend}`, [{ pointer: '/api', code: 'other-environment', message, mend }]);
    }
  } catch (thrown) {
    if (!(thrown instanceof OutOfReach)) throw thrown;
    note(`It is kept unchecked: ${thrown.message}`);
  }
  const { region, profile } = options;
  const known = { api, ...(region === undefined ? {} : { region }), ...(profile === undefined ? {} : { profile }) };
  writeEnvironment(env, known);
  say(`${env} is kept in ${environmentFilePath()}.`);
}

/** `countersign env list`: every environment that `--env` can name from here. */
export async function list(options: { readonly json?: boolean }): Promise<void> {
  const onFile = readEnvironments();
  const names = ['local', ...new Set([...Object.keys(environments), ...Object.keys(onFile)])];
  const known = names.map((name) => ({ name, ...onFile[name] }));
  if (options.json === true) return sayJson({ environments: known });
  for (const { name, api, region, profile } of known) {
    const from = name === 'local' ? 'the system that runs on --state' : 'asked of what is deployed';
    const details = [region, profile === undefined ? undefined : `profile ${profile}`].filter(
      (part) => part !== undefined,
    );
    say([name, api ?? from, ...details].join('  '));
  }
}

/** `countersign env remove`: forgets an address; what is deployed stays as it is. */
export async function remove(name: string): Promise<void> {
  if (readEnvironments()[name] === undefined) {
    const message = `${environmentFilePath()} names no environment "${name}".`;
    const mend = 'countersign env list shows what there is.';
    throw new InvalidInput(`${message} ${mend}`, [{ pointer: '/env', code: 'unknown-environment', message, mend }]);
  }
  writeEnvironment(name, undefined);
  say(`${name} is forgotten here; what is deployed stays as it is.`);
}
