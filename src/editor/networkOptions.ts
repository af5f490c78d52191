import { Worker } from 'node:worker_threads';
import type { RuntimeOptions } from '../shared/runtimeMessages.js';

type NetworkOptions = RuntimeOptions['network'];

/**
 * The editor's `http.*` settings as the runtime wants them. The editor patches its own network modules with them, but
 * that reaches neither undici nor a worker.
 */
export async function readNetworkOptions(
	read: (name: string) => unknown,
	readCertificates: () => Promise<readonly string[]> = readSystemCertificates,
): Promise<NetworkOptions> {
	const proxy = read('proxySupport') === 'off' ? undefined : read('proxy');
	const noProxy = read('noProxy');
	return {
		proxyUrl: typeof proxy === 'string' && proxy.trim() !== '' ? proxy.trim() : null,
		noProxy: Array.isArray(noProxy) ? noProxy.filter(host => typeof host === 'string') : [],
		extraCertificates: read('systemCertificates') === false ? [] : await readCertificates(),
	};
}

const certificateReader = `
	const tls = require('node:tls');
	require('node:worker_threads').parentPort.postMessage(tls.getCACertificates?.('system') ?? []);
`;

/** In a thread of its own: asking the system is synchronous and can take a tenth of a second. Empty when it fails. */
export function readSystemCertificates(): Promise<readonly string[]> {
	return new Promise(resolve => {
		const reader = new Worker(certificateReader, { eval: true, execArgv: [] });
		reader.once('message', (certificates: readonly string[]) => {
			resolve(certificates);
		});
		// Node's own certificates remain, which is what most machines need.
		reader.once('error', () => {
			resolve([]);
		});
		reader.once('exit', () => {
			resolve([]);
		});
	});
}
