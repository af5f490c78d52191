import { createPublicKey, generateKeyPairSync, sign, type KeyObject } from 'node:crypto';
import { isJsonObject, type JsonObject } from './json.js';

const keyId = 'simulated';
let signingKey: KeyObject | undefined;

/** A token as the issuer gives it out: clients only decode it, but whoever wants to can check it. */
export function signJwt(claims: JsonObject, header: JsonObject = {}): string {
	const content = `${encode({ alg: 'RS256', typ: 'JWT', kid: keyId, ...header })}.${encode(claims)}`;
	return `${content}.${sign('sha256', Buffer.from(content), privateKey()).toString('base64url')}`;
}

/** The keys that the issuer publishes. */
export function publishedKeys(): { readonly keys: readonly JsonObject[] } {
	const jwk = createPublicKey(privateKey()).export({ format: 'jwk' });
	return { keys: [{ ...jwk, kid: keyId, use: 'sig', alg: 'RS256' }] };
}

/** A token with the outer form of a signed one, for those who do not check it. */
export function makeJwt(claims: JsonObject): string {
	return `${encode({ alg: 'RS256', typ: 'JWT', kid: keyId })}.${encode(claims)}.${forgedSignature}`;
}

export function readClaims(jwt: string): JsonObject {
	const payload = jwt.split('.')[1];
	if (payload === undefined) throw new TypeError('Not a JWT');
	const claims: unknown = JSON.parse(Buffer.from(payload, 'base64url').toString('utf8'));
	if (!isJsonObject(claims)) throw new TypeError('A JWT whose payload is not an object');
	return claims;
}

const forgedSignature = Buffer.from('not a signature, nobody can verify it').toString('base64url');

/** One for the process, made when it is first needed. */
function privateKey(): KeyObject {
	return (signingKey ??= generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey);
}

function encode(value: JsonObject): string {
	return Buffer.from(JSON.stringify(value)).toString('base64url');
}
