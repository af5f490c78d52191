import type { RequestListener } from 'node:http';
import type { UpstreamRequest } from '../../src/core/upstreamPort.js';
import { DispatchUpstream, type DispatchUpstreamOptions } from '../../src/upstream/dispatchUpstream.js';
import { Network } from '../../src/upstream/network.js';
import { startLocalServer, type LocalServer } from './localServer.js';
import { RecordingObserver } from './recordingObserver.js';

/** No proxy, whatever the environment says. */
export const direct = new Network({ proxyUrl: null, noProxy: [], extraCertificates: [] }, {});

/** Opens servers and upstreams for one test and closes them all after it. */
export class UpstreamFixture {
	readonly #closers: (() => Promise<void>)[] = [];

	closeLater(close: () => Promise<void>): void {
		this.#closers.push(close);
	}

	async close(): Promise<void> {
		await Promise.all(this.#closers.splice(0).map(close => close()));
	}

	async serve(listener: RequestListener): Promise<LocalServer> {
		const server = await startLocalServer(listener);
		this.closeLater(server.close);
		return server;
	}

	upstreamAt(url: URL, options: Partial<DispatchUpstreamOptions> = {}): DispatchUpstream {
		const upstream = new DispatchUpstream({ url, network: direct, version: '1.2.3', ...options });
		this.closeLater(() => upstream.close());
		return upstream;
	}
}

export function requestOf(change: Partial<UpstreamRequest> = {}): UpstreamRequest {
	return { accountId: 'a', method: 'GET', path: '/codex/responses', headers: [], body: null, ...change };
}

export function send(upstream: DispatchUpstream, change: Partial<UpstreamRequest> = {}): RecordingObserver {
	const observer = new RecordingObserver();
	upstream.send(requestOf(change), observer);
	return observer;
}
