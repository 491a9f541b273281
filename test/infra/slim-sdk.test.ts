import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as dynamodb from '@aws-sdk/client-dynamodb';
import * as s3 from '@aws-sdk/client-s3';
import * as sfn from '@aws-sdk/client-sfn';
import { describe, expect, test } from 'vitest';
import { ERRORS_BY_CLASS, withFewErrors, withLiteralKeys } from '../../lib/infra/slim-sdk.ts';
import { sdkImportsUnder } from '../bench/support/sdk-imports.ts';

const root = join(import.meta.dirname, '../..');
const CLIENTS = { 'client-sfn': sfn, 'client-s3': s3, 'client-dynamodb': dynamodb };

describe('what is left out of the SDK', () => {
  test.each(Object.keys(CLIENTS))('the schemas of %s mean the same without computed keys', async (client) => {
    const file = join(root, 'node_modules/@aws-sdk', client, 'dist-es/schemas/schemas_0.js');
    const source = readFileSync(file, 'utf8');
    const slim = withLiteralKeys(source);
    expect(slim).not.toMatch(/\[_\w+\]:/);
    // Both texts as modules, with stand-ins for what they import: every schema has the same value.
    const alone = (text: string) =>
      text
        .replace(/^import \{[^}]*\} from "[^"]*models[^"]*";$/gm, '')
        .replace(/^import \{ TypeRegistry \} from .*$/m, '')
        .replace(/^.*[rR]egistry.*$/gm, '');
    const load = async (text: string) =>
      (await import(/* @vite-ignore */ `data:text/javascript,${encodeURIComponent(alone(text))}`)) as Record<
        string,
        unknown
      >;
    const [before, after] = [await load(source), await load(slim)];
    const shown = (module: Record<string, unknown>) =>
      Object.entries(module).map(([name, value]) => [name, JSON.stringify(value)]);
    expect(shown(before).length).toBeGreaterThan(50);
    expect(shown(after)).toEqual(shown(before));
  });

  test('every error that the product tells apart by its class stays', () => {
    const classes = Object.assign({}, ...Object.values(CLIENTS)) as Record<string, unknown>;
    const used = sdkImportsUnder(join(root, 'lib/platform'))
      .flatMap(({ names }) => names)
      .filter((name) => (classes[name] as { prototype?: unknown } | undefined)?.prototype instanceof Error)
      .filter((name) => !name.endsWith('ServiceException'));
    expect(used.length).toBeGreaterThan(3);
    expect(used.toSorted()).toEqual(ERRORS_BY_CLASS.toSorted());
  });

  test('the registration of other errors goes, that of the general one stays', () => {
    const text = [
      '_s_registry.registerError(SFNServiceException$, SFNServiceException);',
      'n0_registry.registerError(TaskTimedOut$, TaskTimedOut);',
      'n0_registry.registerError(InvalidArn$, InvalidArn);',
    ];
    expect(withFewErrors(text.join('\n')).split('\n')).toEqual([text[0], text[1], '']);
  });
});
