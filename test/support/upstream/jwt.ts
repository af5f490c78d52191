import { isJsonObject, type JsonObject } from './json.js';

const header = encode({ alg: 'RS256', typ: 'JWT', kid: 'simulated' });
const signature = Buffer.from('not a signature, nobody can verify it').toString('base64url');

/** A token with the outer form of a signed one. Clients decode it; only the provider could verify it. */
export function makeJwt(claims: JsonObject): string {
	return `${header}.${encode(claims)}.${signature}`;
}

export function readClaims(jwt: string): JsonObject {
	const payload = jwt.split('.')[1];
	if (payload === undefined) throw new TypeError('Not a JWT');
	const claims: unknown = JSON.parse(Buffer.from(payload, 'base64url').toString('utf8'));
	if (!isJsonObject(claims)) throw new TypeError('A JWT whose payload is not an object');
	return claims;
}

function encode(value: JsonObject): string {
	return Buffer.from(JSON.stringify(value)).toString('base64url');
}
