import { readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Plugin } from 'esbuild';

/** Marks a resolution of ours, which must not come back to us. */
const AS_IT_IS = 'as it is';

const LITERAL = /^const (_\w+) = ("(?:[^"\\]|\\.)*");$/gm;
const COMPUTED_KEY = /\[(_\w+)\]:/g;

/**
 * The text of an SDK client's schemas with their computed keys (`[_h]: …`, where `const _h = "http";` stands in the same module)
 * written as what they are. The meaning is the same, but a bundler keeps every schema with a computed key, used or not, because
 * computing a key could have an effect.
 */
export function withLiteralKeys(schemas: string): string {
  const literals = new Map([...schemas.matchAll(LITERAL)].map(([, name = '', text = '']) => [name, text]));
  return schemas.replace(COMPUTED_KEY, (key, name: string) => {
    const text = literals.get(name);
    return text === undefined ? key : `${text}:`;
  });
}

const REGISTRATION = /^n0_registry\.registerError\((\w+)\$, \1\);$/gm;

/** The errors of services that the product tells apart by their class; all others it knows by `name` and `$metadata` alone. */
export const ERRORS_BY_CLASS: readonly string[] = [
  'ConditionalCheckFailedException',
  'ExecutionAlreadyExists',
  'ExecutionDoesNotExist',
  'InvalidToken',
  'NoSuchKey',
  'TaskDoesNotExist',
  'TaskTimedOut',
];

/**
 * The text of an SDK client's schemas without the registration of errors that nobody tells apart by class. The client makes of
 * an error that it does not know its general exception, with the service's `name`, message, `$fault` and `$metadata`: it has to,
 * for services bring new errors all the time. Retries go by those, too.
 */
export function withFewErrors(schemas: string): string {
  return schemas.replace(REGISTRATION, (line, name: string) => (ERRORS_BY_CLASS.includes(name) ? line : ''));
}

/**
 * The credentials of a function: Lambda puts those of its role into the environment, and has no other source. The SDK's own chain
 * also knows profiles, single sign-on, processes and the metadata of servers, each with clients of its own.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html
 */
const CREDENTIALS_OF_A_FUNCTION = `
import { fromEnv } from '@aws-sdk/credential-provider-env';
export const defaultProvider = fromEnv;
`;

/**
 * The esbuild plugin that leaves out of the AWS SDK what no function can use: schemas of operations that nobody calls, errors
 * that nobody tells apart, sources of
 * credentials that Lambda does not have, and package files but for their version.
 */
export function slimSdkPlugin(): Plugin {
  return {
    name: 'slim-sdk',
    setup(build) {
      build.onLoad(
        { filter: /[\\/]@aws-sdk[\\/].*[\\/]dist-es[\\/].*schemas[\\/]schemas_\d+\.js$/ },
        async ({ path }) => ({ contents: withFewErrors(withLiteralKeys(await readFile(path, 'utf8'))), loader: 'js' }),
      );
      build.onLoad({ filter: /[\\/]@aws-sdk[\\/][\w-]+[\\/]package\.json$/ }, async ({ path }) => {
        const { name, version } = JSON.parse(await readFile(path, 'utf8')) as { name: string; version: string };
        return { contents: JSON.stringify({ name, version }), loader: 'json' };
      });
      build.onResolve(
        { filter: /^@aws-sdk\/credential-provider-node$/ },
        async ({ path, kind, resolveDir, pluginData }) => {
          if (pluginData === AS_IT_IS) return undefined;
          const chain = await build.resolve(path, { kind, resolveDir, pluginData: AS_IT_IS });
          // The chain's own package depends on the one provider that stays, so it is found from there.
          return { path: 'environment', namespace: 'countersign-credentials', pluginData: dirname(chain.path) };
        },
      );
      build.onLoad({ filter: /.*/, namespace: 'countersign-credentials' }, ({ pluginData }) => ({
        contents: CREDENTIALS_OF_A_FUNCTION,
        resolveDir: pluginData,
        loader: 'js',
      }));
    },
  };
}
