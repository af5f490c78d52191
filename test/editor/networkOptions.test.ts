import assert from 'node:assert/strict';
import { readNetworkOptions, readSystemCertificates } from '../../src/editor/networkOptions.js';

const certificates = (): Promise<string[]> => Promise.resolve(['PEM']);

describe('readNetworkOptions', () => {
	it("takes the editor's proxy, its exceptions and the system's certificates", async () => {
		const http = {
			proxy: ' http://proxy:3128 ',
			noProxy: ['intranet', 7],
			systemCertificates: true,
			proxySupport: 'on',
		};

		const options = await readNetworkOptions(name => new Map(Object.entries(http)).get(name), certificates);

		assert.deepEqual(options, { proxyUrl: 'http://proxy:3128', noProxy: ['intranet'], extraCertificates: ['PEM'] });
	});

	it('respects a proxy and certificates that are switched off', async () => {
		const http = { proxy: 'http://proxy:3128', systemCertificates: false, proxySupport: 'off' };

		const options = await readNetworkOptions(name => new Map(Object.entries(http)).get(name), certificates);

		assert.deepEqual(options, { proxyUrl: null, noProxy: [], extraCertificates: [] });
	});
});

describe('readSystemCertificates', () => {
	it('gives certificates as PEM', async () => {
		const found = await readSystemCertificates();

		for (const certificate of found) assert.match(certificate, /^-----BEGIN CERTIFICATE-----/);
	});
});
