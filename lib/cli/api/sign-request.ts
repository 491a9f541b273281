import { createHash, createHmac, type Hash, type Hmac } from 'node:crypto';
import { SignatureV4 } from '@smithy/signature-v4';
import type { Credentials } from './identity.ts';

type SourceData = string | ArrayBuffer | ArrayBufferView;

/** What is signed: everything that decides what a request does. */
export interface UnsignedRequest {
  readonly method: string;
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** Whose request it is, and for which region and instant it holds. */
export interface Signing {
  readonly credentials: Credentials;
  readonly region: string;
  readonly at: Date;
}

/** The name under which API Gateway checks signatures. */
const SERVICE = 'execute-api';

function bytesOf(data: SourceData): Uint8Array | string {
  if (typeof data === 'string') return data;
  return ArrayBuffer.isView(data)
    ? new Uint8Array(data.buffer, data.byteOffset, data.byteLength)
    : new Uint8Array(data);
}

/** SHA-256 as the signer wants it, with and without a key. */
class Sha256 {
  readonly #secret: SourceData | undefined;
  #hash: Hash | Hmac;

  constructor(secret?: SourceData) {
    this.#secret = secret;
    this.#hash = this.#begin();
  }

  #begin(): Hash | Hmac {
    return this.#secret === undefined ? createHash('sha256') : createHmac('sha256', bytesOf(this.#secret));
  }

  update(data: SourceData): void {
    this.#hash.update(bytesOf(data));
  }

  async digest(): Promise<Uint8Array> {
    return this.#hash.digest();
  }

  reset(): void {
    this.#hash = this.#begin();
  }
}

/**
 * Signs a request with AWS Signature Version 4 (docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html)
 * for API Gateway. The digest of the body, the query and every header given here are covered.
 * @returns the headers to send, with `host` among them.
 */
export async function signRequest(request: UnsignedRequest, signing: Signing): Promise<Record<string, string>> {
  const { url, method, headers, body } = request;
  const { credentials, region, at } = signing;
  const signer = new SignatureV4({ service: SERVICE, region, credentials, sha256: Sha256 });
  const names = new Set(url.searchParams.keys());
  const query = Object.fromEntries([...names].map((name) => [name, url.searchParams.getAll(name)]));
  const signed = await signer.sign(
    {
      method,
      protocol: url.protocol,
      hostname: url.hostname,
      ...(url.port === '' ? {} : { port: Number(url.port) }),
      path: url.pathname,
      query,
      headers: { ...headers, host: url.host },
      ...(body === undefined ? {} : { body }),
    },
    { signingDate: at },
  );
  return signed.headers;
}
