import { pointer } from '../../../core/json.ts';
import { isArray, isRecord } from './values.ts';

/** A place in a schema document that a reference names. */
export interface Target {
  readonly pointer: string;
  readonly schema: unknown;
}

function fragmentOf(reference: string, rootId: string | undefined): string | undefined {
  const hash = reference.indexOf('#');
  const base = hash < 0 ? reference : reference.slice(0, hash);
  if (base !== '' && base !== rootId) return undefined;
  try {
    return hash < 0 ? '' : decodeURIComponent(reference.slice(hash + 1));
  } catch {
    return undefined;
  }
}

/** Finds what references within one document name: pointers and anchors, never other documents. */
export class References {
  readonly #root: unknown;
  readonly #rootId: string | undefined;
  readonly #anchors = new Map<string, Target | 'twice'>();

  constructor(root: unknown) {
    this.#root = root;
    const id = isRecord(root) && typeof root.$id === 'string' ? root.$id.replace(/#.*$/, '') : '';
    this.#rootId = id === '' ? undefined : id;
    this.#collect(root, '');
  }

  #collect(value: unknown, at: string): void {
    if (isArray(value)) for (const [index, item] of value.entries()) this.#collect(item, pointer(at, index));
    if (!isRecord(value)) return;
    const named = [value.$anchor, typeof value.$id === 'string' && value.$id.startsWith('#') ? value.$id.slice(1) : ''];
    for (const name of named)
      if (typeof name === 'string' && name !== '')
        this.#anchors.set(name, this.#anchors.has(name) ? 'twice' : { pointer: at, schema: value });
    for (const key of Object.keys(value)) this.#collect(value[key], pointer(at, key));
  }

  /** What a reference names; undefined for another document, or for nothing. */
  find(reference: string): Target | undefined {
    const fragment = fragmentOf(reference, this.#rootId);
    if (fragment === undefined) return undefined;
    if (fragment !== '' && !fragment.startsWith('/')) {
      const target = this.#anchors.get(fragment);
      return target === 'twice' ? undefined : target;
    }
    let schema = this.#root;
    const tokens = fragment
      .split('/')
      .slice(1)
      .map((token) => token.replaceAll('~1', '/').replaceAll('~0', '~'));
    for (const token of tokens) {
      if (isArray(schema) && /^(0|[1-9]\d*)$/.test(token)) schema = schema[Number(token)];
      else if (isRecord(schema) && Object.hasOwn(schema, token)) schema = schema[token];
      else return undefined;
    }
    return { pointer: pointer('', ...tokens), schema };
  }
}
