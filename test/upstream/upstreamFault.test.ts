import assert from 'node:assert/strict';
import { faultFrom } from '../../src/upstream/upstreamFault.js';

describe('faultFrom', () => {
	const failure = (code: string): Error => Object.assign(new Error(code), { code });

	const kinds = {
		offline: ['ENOTFOUND', 'EAI_AGAIN', 'ENETUNREACH', 'ENETDOWN', 'EHOSTUNREACH', 'EMFILE'],
		refused: ['ECONNREFUSED'],
		tls: [
			'CERT_HAS_EXPIRED',
			'SELF_SIGNED_CERT_IN_CHAIN',
			'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
			'ERR_SSL_WRONG_VERSION_NUMBER',
		],
		timeout: ['ETIMEDOUT', 'UND_ERR_CONNECT_TIMEOUT'],
		reset: ['ECONNRESET', 'EPIPE', 'UND_ERR_SOCKET', 'HPE_INVALID_CONSTANT', 'something new'],
	};

	for (const [kind, codes] of Object.entries(kinds)) {
		it(`calls ${codes.join(', ')} ${kind}`, () => {
			const faults = codes.map(code => faultFrom(failure(code)));

			assert.deepEqual(
				faults,
				codes.map(code => ({ kind, code })),
			);
		});
	}

	it('calls the machine offline only when no address could be reached for that reason', () => {
		const mixed = new AggregateError([failure('ENETUNREACH'), failure('ECONNREFUSED')]);
		const offline = new AggregateError([failure('ENETUNREACH'), failure('EHOSTUNREACH')]);

		assert.deepEqual(faultFrom(mixed), { kind: 'refused', code: 'ECONNREFUSED' });
		assert.deepEqual(faultFrom(offline), { kind: 'offline', code: 'ENETUNREACH' });
	});

	it('survives whatever is thrown', () => {
		const faults = [undefined, 'text', new Error('no code'), { code: 7 }].map(faultFrom);

		assert.ok(faults.every(fault => fault.kind === 'reset' && fault.code === 'UNKNOWN'));
	});
});
