import { mkdtemp } from 'node:fs/promises';
import { join } from 'node:path';
import type { Figure } from '../figures.js';
import { OpenStreams } from '../openStreams.js';
import { settle } from '../pool.js';
import { Program } from '../program.js';
import { requestBytes } from '../requestBytes.js';
import type { Bench, Row } from '../row.js';
import { quantile } from '../statistics.js';
import type { RuntimeOptions } from '../../src/shared/runtimeMessages.js';

const streams = 100;

export const blockedHost: Row = {
	name: 'host',
	title: `the runtime in an extension host whose main thread is blocked 50 of every 200 ms, ${streams} slow streams`,
	measure: async bench => {
		const row = 'host';
		const free = await eventDelays(bench, 'worker', false);
		const worker = await eventDelays(bench, 'worker', true);
		const main = await eventDelays(bench, 'main', true);
		const figures: Figure[] = [
			{
				row,
				name: 'event delay p99, worker thread',
				value: worker.p99,
				unit: 'ms',
				goal: { atMost: Math.max(5, 1.5 * free.p99) },
				beside: { 'host not blocked': free.p99, 'runtime on the main thread': main.p99 },
			},
			{
				row,
				name: 'event delay p50, worker thread',
				value: worker.p50,
				unit: 'ms',
				beside: { 'host not blocked': free.p50, 'runtime on the main thread': main.p50 },
			},
		];
		return figures;
	},
};

async function eventDelays(
	bench: Bench,
	thread: 'worker' | 'main',
	blocked: boolean,
): Promise<{ p50: number; p99: number }> {
	const folder = await mkdtemp(join(bench.folder, 'host-'));
	const homeDir = join(folder, 'home');
	const upstream = `http://127.0.0.1:${bench.upstreamPort}`;
	const options: RuntimeOptions = {
		port: 0,
		dataDir: join(folder, 'data'),
		homeDir,
		upstreamUrl: `${upstream}/backend-api`,
		issuerUrl: upstream,
		launcher: 'editor',
		version: 'bench',
		network: { proxyUrl: null, noProxy: [], extraCertificates: [] },
	};
	const { program, port } = await Program.listen({
		command: process.execPath,
		arguments: [
			join(bench.programs, 'runtimeHostProgram.cjs'),
			thread,
			join(bench.build, 'runtimeWorker.cjs'),
			JSON.stringify(options),
		],
		logFile: join(folder, 'host.log'),
		channel: true,
	});
	try {
		const { key, client } = await settle(port, homeDir, 3);
		client.dispose();
		const open = await OpenStreams.open(port, streams, at =>
			requestBytes({ key, shape: 'slow', session: `bench-session-${at}` }),
		);
		try {
			if (blocked) program.send('block');
			await open.listen(500);
			const { delaysMs, errors } = await open.listen(bench.quick ? 1_000 : 5_000);
			if (errors > 0) throw new Error(`${errors} of ${streams} streams broke`);
			return { p50: quantile(delaysMs, 0.5), p99: quantile(delaysMs, 0.99) };
		} finally {
			open.close();
		}
	} finally {
		await program.stop();
	}
}
