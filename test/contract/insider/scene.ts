import { ScanCommand } from '@aws-sdk/client-dynamodb';
import { sendLogTo } from '../../../lib/platform/log.ts';
import {
  Browser,
  codeIn,
  enterStage,
  level,
  linkOf,
  nonceOf,
  plan,
  startWorld,
  type World,
} from '../approvals/world.ts';

/** An open stage in the middle of everything: two levels, one with a code on its way, links opened and forms half sent. */
export interface Scene {
  readonly world: World;
  /** Ada's, on a level that asks for a mailed code; bob's, on one that asks for the link alone. */
  readonly addresses: { readonly ada: string; readonly bob: string };
  readonly browsers: { readonly ada: Browser; readonly bob: Browser };
  readonly taskToken: string;
  /** The newest code that was mailed to Ada. */
  readonly code: string;
  /** What opens or decides something: link secrets, nonces, cookies, the code. */
  readonly secrets: readonly string[];
  /** Every line that was logged so far. */
  readonly logged: string[];
}

export const comment = 'Between us: the margin will not hold.';

/** Plays the scene. */
export async function openScene(): Promise<Scene> {
  const logged: string[] = [];
  sendLogTo((line) => logged.push(line));
  const world = await startWorld(
    plan([
      level('director', ['ada'], { assurance: 'mail-code', serviceLevelBusinessMinutes: 2_400 }),
      level('manager', ['bob', 'cleo'], { serviceLevelBusinessMinutes: 2_400 }),
    ]),
  );
  const taskToken = await enterStage(world);
  const addresses = { ada: linkOf(world, 'ada'), bob: linkOf(world, 'bob') };
  const browsers = { ada: new Browser(world), bob: new Browser(world) };
  const nonces = [nonceOf(await browsers.ada.get(addresses.ada)), nonceOf(await browsers.bob.get(addresses.bob))];
  const asked = await browsers.ada.post(addresses.ada, { nonce: nonces[0] ?? '', choice: 'reject', comment });
  nonces.push(nonceOf(asked));
  const code = codeIn(world.runtime.mail.to('ada@example.com').at(-1));
  const cookies = [browsers.ada, browsers.bob].flatMap((browser) => [...browser.cookies.values()]);
  const linkSecrets = Object.values(addresses).map((address) => address.split('.')[1] ?? '');
  return {
    world,
    addresses,
    browsers,
    taskToken,
    code,
    secrets: [...linkSecrets, ...nonces, ...cookies],
    logged,
  };
}

/** Every item of the table, as somebody reads them who may read all of it. */
export async function everyItem({ database }: World): Promise<readonly Record<string, unknown>[]> {
  const { Items } = await database.client.send(new ScanCommand({ TableName: database.tableName }));
  return Items ?? [];
}

/** Every text in a value, however deep. */
export function textsIn(value: unknown): readonly string[] {
  if (typeof value === 'string') return [value];
  if (typeof value !== 'object' || value === null) return [];
  return Object.values(value).flatMap(textsIn);
}

/** A text in the forms in which it might stand somewhere: as it is, decoded to hexadecimal, and to base64. */
export function formsOf(secret: string): readonly string[] {
  const bytes = Buffer.from(secret, 'base64url');
  return [secret, bytes.toString('hex'), bytes.toString('base64'), Buffer.from(secret).toString('hex')];
}
