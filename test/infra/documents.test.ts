import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import * as z from 'zod';
import { environmentSettings } from '../../lib/infra/environment-settings.ts';
import { stacksOf, templateOf, tinySkill } from './support/templates.ts';

const read = (name: string): string => readFileSync(new URL(`../../docs/${name}`, import.meta.url), 'utf8');

describe('the runbook', () => {
  const sections = [...read('runbook.md').matchAll(/^### `(\w+)`\n\*\*Means\.\*\* .+?\n\*\*Do\.\*\* .+?\n/gms)].map(
    ([, name]) => name ?? '',
  );
  const stacks = stacksOf('dev');
  const names = ['-platform', `-${tinySkill.id}`].flatMap((ending) =>
    Object.values(templateOf(stacks, ending).findResources('AWS::CloudWatch::Alarm')).map(({ Properties }) =>
      String(Properties.AlarmName).replace(/^countersign-dev-(u\d{5}-)?/, ''),
    ),
  );
  // What each function has is told once for all of them.
  const families = new Set(
    names.map((name) =>
      name.replace(/^(?!Table)\w+(Throttles)$/, '$1').replace(/^(Anchor|Sweep|SyncFlags|MailFailed)Errors$/, 'Errors'),
    ),
  );

  test('says of each alarm what it means and what to do', () => {
    expect(names.length).toBeGreaterThan(35);
    expect([...families].filter((name) => !sections.includes(name))).toEqual([]);
  });

  test('tells of no alarm that there is not, and of none twice', () => {
    expect(sections.filter((name) => !families.has(name))).toEqual([]);
    expect(new Set(sections).size).toBe(sections.length);
  });

  test('tells how to restore, redrive, change keys, and free what is stuck', () => {
    const headings = [...read('runbook.md').matchAll(/^## (.+)$/gm)].map(([, heading]) => heading);
    expect(headings).toEqual(
      expect.arrayContaining([
        'Executions that are stuck',
        'Redrive',
        'Restoring the table from backup',
        'Changing secrets and tokens',
        'Changing the key that signs',
      ]),
    );
  });

  test('links to headings that are there', () => {
    for (const page of ['runbook.md', 'deploying.md'])
      for (const [, file = '', anchor = ''] of read(page).matchAll(/\]\(([\w-]+\.md)?#([\w-]+)\)/g)) {
        const headings = [...read(file === '' ? page : file).matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) =>
          heading
            .toLowerCase()
            .replace(/[^\w\s-]/g, '')
            .replaceAll(' ', '-'),
        );
        expect(headings, `${page} links to ${file}#${anchor}`).toContain(anchor);
      }
  });
});

interface Schema {
  readonly properties?: { readonly [name: string]: Schema };
  readonly additionalProperties?: unknown;
}

/** Settings by their dotted paths; throttles are told as one, and what is keyed by a name under that name's parent. */
function pathsOf({ properties = {} }: Schema, base = ''): string[] {
  return Object.entries(properties).flatMap(([name, inner]) => {
    const path = `${base}${name}`;
    const throttle = inner.properties !== undefined && 'ratePerSecond' in inner.properties;
    return inner.properties === undefined || throttle ? [path] : pathsOf(inner, `${path}.`);
  });
}

describe('the table of settings in the deployment guide', () => {
  const documented = [...read('deploying.md').matchAll(/^\| `([\w.]+)` \| .+ \|$/gm)].map(([, path]) => path);
  const paths = pathsOf(z.toJSONSchema(environmentSettings) as Schema);

  test('has every setting there is, and no other', () => {
    expect(paths.length).toBeGreaterThan(25);
    expect(documented.toSorted()).toEqual(paths.toSorted());
  });
});
