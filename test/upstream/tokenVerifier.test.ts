import assert from 'node:assert/strict';
import { createPublicKey } from 'node:crypto';
import { generateKeyPair, SignJWT } from 'jose';
import { TokenVerifier } from '../../src/upstream/tokenVerifier.js';
import { FakeClock } from '../support/fakeClock.js';
import type { JsonObject } from '../support/upstream/json.js';
import { publishedKeys, signJwt } from '../support/upstream/jwt.js';
import { startUpstream, type Upstream } from '../support/upstream/startUpstream.js';
import { codexClientId } from '../support/upstream/tokens.js';
import { direct } from './upstreamFixture.js';

describe('TokenVerifier', () => {
	let upstream: Upstream;
	let clock: FakeClock;
	let verifier: TokenVerifier;

	beforeEach(async () => {
		upstream = await startUpstream();
		clock = new FakeClock();
		verifier = new TokenVerifier({ url: new URL(upstream.issuerUrl), network: direct, version: '1.2.3', clock });
	});
	afterEach(async () => {
		await verifier.close();
		await upstream.close();
	});

	const seconds = () => Math.floor(clock.now() / 1000);
	const claims = (others: JsonObject = {}): JsonObject => ({
		iss: upstream.issuerUrl,
		aud: ['https://api.openai.com/v1'],
		client_id: codexClientId,
		iat: seconds(),
		exp: seconds() + 3600,
		...others,
	});
	const keyQuestions = () => upstream.requests.filter(({ path }) => path === '/.well-known/jwks.json').length;

	it('proves an access token of the issuer, and says until when it holds', async () => {
		const proof = await verifier.verify(signJwt(claims()));

		assert.deepEqual(proof, { kind: 'proven', expiresAt: (seconds() + 3600) * 1000 });
	});

	it('proves what the issuer gives a client at its sign-in', async () => {
		await clock.advance(Date.now() - clock.now());

		assert.equal((await verifier.verify(upstream.addAccount().accessToken)).kind, 'proven');
	});

	it('says when a token is over', async () => {
		assert.deepEqual(await verifier.verify(signJwt(claims({ exp: seconds() - 60 }))), { kind: 'expired' });
	});

	it('takes a token of this moment although its own clock is a little behind', async () => {
		assert.equal((await verifier.verify(signJwt(claims({ nbf: seconds() + 10 })))).kind, 'proven');
	});

	it('asks for the keys once, however many tokens come at the same time', async () => {
		const proofs = await Promise.all([1, 2, 3].map(jti => verifier.verify(signJwt(claims({ jti })))));

		assert.deepEqual(
			proofs.map(({ kind }) => kind),
			['proven', 'proven', 'proven'],
		);
		assert.equal(keyQuestions(), 1);
	});

	const base64 = (value: JsonObject): string => Buffer.from(JSON.stringify(value)).toString('base64url');
	const cut = (token: string): string => token.slice(0, token.lastIndexOf('.') + 1);
	const publicPem = (): Buffer => {
		const key = createPublicKey({ key: { ...publishedKeys().keys[0] }, format: 'jwk' });
		return Buffer.from(key.export({ type: 'spki', format: 'pem' }));
	};
	const forgeries: readonly (readonly [name: string, forge: () => string | Promise<string>])[] = [
		['says that it needs no signature', () => cut(signJwt(claims(), { alg: 'none' }))],
		['has had its signature taken away', () => cut(signJwt(claims()))],
		[
			'was changed after it was signed',
			() => {
				const [header, , signature] = signJwt(claims({ sub: 'a' })).split('.');
				return `${header}.${base64(claims({ sub: 'b' }))}.${signature}`;
			},
		],
		[
			'takes the public key for a shared secret',
			() => new SignJWT(claims()).setProtectedHeader({ alg: 'HS256', kid: 'simulated' }).sign(publicPem()),
		],
		['names another algorithm than it is signed with', () => signJwt(claims(), { alg: 'PS256' })],
		['names a longer hash than it is signed with', () => signJwt(claims(), { alg: 'RS512' })],
		[
			'is signed by somebody else under the name of the key',
			async () => {
				const { privateKey } = await generateKeyPair('RS256');
				return new SignJWT(claims()).setProtectedHeader({ alg: 'RS256', kid: 'simulated' }).sign(privateKey);
			},
		],
		[
			'brings its own key along',
			async () => {
				const { privateKey, publicKey } = await generateKeyPair('RS256', { extractable: true });
				const jwk = await crypto.subtle.exportKey('jwk', publicKey);
				const header = { alg: 'RS256', kid: 'simulated', jwk: { kty: 'RSA', n: jwk.n ?? '', e: jwk.e ?? '' } };
				return new SignJWT(claims()).setProtectedHeader(header).sign(privateKey);
			},
		],
		['names a key that the issuer does not have', () => signJwt(claims(), { kid: 'another' })],
		['names no key', () => signJwt(claims(), { kid: undefined })],
		['wants something understood that is not', () => signJwt(claims(), { crit: ['exp2'], exp2: 1 })],
		['is of another issuer', () => signJwt(claims({ iss: 'https://auth.example.com' }))],
		['is of no issuer', () => signJwt(claims({ iss: undefined }))],
		['is for another audience', () => signJwt(claims({ aud: ['https://example.com'] }))],
		['is an identity token', () => upstream.addAccount().authFile().tokens.id_token],
		['was issued to another program', () => signJwt(claims({ client_id: 'app_somebody_else' }))],
		['was issued to nobody', () => signJwt(claims({ client_id: undefined }))],
		['never expires', () => signJwt(claims({ exp: undefined }))],
		['is not valid yet', () => signJwt(claims({ nbf: seconds() + 3600 }))],
		['is no token', () => 'eyJub3Q.YQ.token'],
	];
	for (const [name, forge] of forgeries) {
		it(`refuses a token that ${name}`, async () => {
			assert.deepEqual(await verifier.verify(await forge()), { kind: 'refused' });
		});
	}

	it('does not ask anybody about a token that is not signed as the issuer signs', async () => {
		await verifier.verify(signJwt(claims(), { alg: 'none' }));
		await verifier.verify(signJwt(claims(), { kid: undefined }));

		assert.equal(keyQuestions(), 0);
	});
});
