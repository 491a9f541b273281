import { createECDH, generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A failure: an error of the service by status and type, a connection that breaks, or no answer at all. */
export type KmsFailure = { readonly status: number; readonly type: string } | 'break' | 'silence';

/** What was asked of the service. */
export interface KmsCall {
  readonly operation: string;
  readonly input: { readonly [member: string]: unknown };
}

/** As much of AWS KMS as is used, with one asymmetric key behind one alias. */
export interface FakeKms {
  readonly url: string;
  readonly calls: readonly KmsCall[];
  /** The next calls fail so. */
  failNext(times: number, failure: KmsFailure): void;
  /** Points the alias to a new key. */
  changeKey(curve?: 'P-256' | 'P-384'): void;
  close(): Promise<void>;
}

/** The order of the group of P-256 (FIPS 186-5, SP 800-186). */
const ORDER = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n;

function power(base: bigint, exponent: bigint): bigint {
  let [result, factor] = [1n, base % ORDER];
  for (let rest = exponent; rest > 0n; rest >>= 1n) {
    if (rest & 1n) result = (result * factor) % ORDER;
    factor = (factor * factor) % ORDER;
  }
  return result;
}

const numberOf = (bytes: Uint8Array): bigint => BigInt(`0x${Buffer.from(bytes).toString('hex')}`);

/** A DER INTEGER. */
function derInteger(value: bigint): Buffer {
  const hex = value.toString(16);
  const bytes = Buffer.from(hex.length % 2 === 0 ? hex : `0${hex}`, 'hex');
  const positive = (bytes[0] ?? 0) >= 0x80 ? Buffer.concat([Buffer.of(0), bytes]) : bytes;
  return Buffer.concat([Buffer.of(0x02, positive.byteLength), positive]);
}

/**
 * ECDSA over a digest, as KMS does for `MessageType: DIGEST`: `node:crypto` hashes whatever it signs, so the few lines of FIPS
 * 186-5, 6.4.1 are here; the point k*G is the public key of an ECDH whose private key is k.
 */
function signDigest(digest: Uint8Array, key: KeyObject): Buffer {
  const nonce = createECDH('prime256v1');
  nonce.generateKeys();
  const k = numberOf(nonce.getPrivateKey());
  const r = numberOf(nonce.getPublicKey().subarray(1, 33)) % ORDER;
  const d = numberOf(Buffer.from(String(key.export({ format: 'jwk' }).d), 'base64url'));
  const s = (power(k, ORDER - 2n) * (numberOf(digest) + r * d)) % ORDER;
  const body = Buffer.concat([derInteger(r), derInteger(s)]);
  return Buffer.concat([Buffer.of(0x30, body.byteLength), body]);
}

/** Starts a server on 127.0.0.1 that speaks AWS JSON 1.1: GetPublicKey and Sign, with a real P-256 key. */
export async function startFakeKms(alias: string): Promise<FakeKms> {
  const calls: KmsCall[] = [];
  const failures: KmsFailure[] = [];
  let curve: 'P-256' | 'P-384' = 'P-256';
  let key = generateKeyPairSync('ec', { namedCurve: curve });

  function answer(response: ServerResponse, status: number, body: object): ServerResponse {
    return response.writeHead(status, { 'content-type': 'application/x-amz-json-1.1' }).end(JSON.stringify(body));
  }
  const fault = (response: ServerResponse, status: number, type: string): ServerResponse =>
    answer(response, status, { __type: type, message: 'It failed.' });

  function serve(response: ServerResponse, { operation, input }: KmsCall): ServerResponse {
    if (input.KeyId !== alias) return fault(response, 400, 'NotFoundException');
    const common = { KeyId: 'arn:aws:kms:eu-central-1:000000000000:key/one' };
    if (operation === 'GetPublicKey')
      return answer(response, 200, {
        ...common,
        PublicKey: key.publicKey.export({ type: 'spki', format: 'der' }).toString('base64'),
        KeySpec: curve === 'P-256' ? 'ECC_NIST_P256' : 'ECC_NIST_P384',
        KeyUsage: 'SIGN_VERIFY',
      });
    const message = Buffer.from(String(input.Message), 'base64');
    const raw = input.MessageType === 'RAW';
    if (operation !== 'Sign' || input.SigningAlgorithm !== 'ECDSA_SHA_256')
      return fault(response, 400, 'ValidationException');
    if (raw ? message.byteLength > 4096 : message.byteLength !== 32) return fault(response, 400, 'ValidationException');
    const signature = raw ? sign('sha256', message, key.privateKey) : signDigest(message, key.privateKey);
    return answer(response, 200, {
      ...common,
      Signature: signature.toString('base64'),
      SigningAlgorithm: 'ECDSA_SHA_256',
    });
  }

  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const [service, operation = ''] = String(request.headers['x-amz-target']).split('.');
      if (service !== 'TrentService' || request.headers['content-type'] !== 'application/x-amz-json-1.1')
        return fault(response, 400, 'UnknownOperationException');
      const call = { operation, input: JSON.parse(Buffer.concat(chunks).toString('utf8')) as KmsCall['input'] };
      calls.push(call);
      const failure = failures.shift();
      if (failure === undefined) return serve(response, call);
      if (failure === 'break') return request.socket.destroy();
      return failure === 'silence' ? undefined : fault(response, failure.status, failure.type);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    calls,
    url: `http://127.0.0.1:${port}`,
    failNext(times, failure) {
      failures.push(...Array.from({ length: times }, () => failure));
    },
    changeKey(next = 'P-256') {
      curve = next;
      key = generateKeyPairSync('ec', { namedCurve: next });
    },
    close() {
      server.closeAllConnections();
      return new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}
