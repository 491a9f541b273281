import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';

const LIB = fileURLToPath(new URL('../../lib/', import.meta.url));

/** What would let a decision depend on when, where or by whom it is computed; imports are checked by `npm run check`. */
const IMPURE =
  /\bDate\.now\b|\bnew Date\(\)|\bMath\.random\b|\bprocess\.|\bperformance\.|\bset(Timeout|Interval|Immediate)\b|\bfetch\(|\btoLocale\w*\(|\blocaleCompare\(|resolvedOptions\(\)\.(timeZone|locale)|\bglobalThis\b|\bTemporal\.Now\b/;

const files = ['core', 'engines'].flatMap((room) =>
  readdirSync(`${LIB}${room}`, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts'))
    .map((file) => `${LIB}${room}/${file}`),
);

it('core and engines see no clock, randomness, locale or environment', () => {
  expect(files.length).toBeGreaterThan(40);
  const found = files.flatMap((file) =>
    readFileSync(file, 'utf8')
      .split('\n')
      .flatMap((line, index) =>
        IMPURE.test(line.replace(/^\s*(\*|\/\/|\/\*).*/, '')) ? [`${file}:${index + 1}: ${line.trim()}`] : [],
      ),
  );
  expect(found).toEqual([]);
});
