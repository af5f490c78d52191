import { mkdtemp } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { PoolClient } from '../src/client/poolClient.js';
import { isNginxInstalled, startNginx } from './nginx.js';
import { startPool } from './pool.js';
import { Program } from './program.js';

/** `other` is a second build of the pool, for before and after. */
export type VariantName = 'direct' | 'nginx' | 'raw-request' | 'raw-dispatch' | 'pool' | 'other';

/** One way to the upstream. */
export interface Variant {
	readonly name: VariantName;
	readonly port: number;
	/** The proxy's process; undefined for the direct way. */
	readonly pid: number | undefined;
	readonly key: string;
	readonly client: PoolClient | undefined;
	stop(): Promise<void>;
}

export interface Surroundings {
	/** Everything the benchmark writes goes there. */
	readonly folder: string;
	/** The bundled programs of this folder. */
	readonly programs: string;
	readonly upstreamPort: number;
	readonly build: string;
	readonly otherBuild: string | undefined;
	readonly cpuProfiles: string | undefined;
	/** In each pool. */
	readonly accounts?: number;
}

/** With those up that can be started: nginx only where it is installed, `other` only when it was asked for. */
export async function withVariants<T>(
	surroundings: Surroundings,
	names: readonly VariantName[],
	work: (variants: readonly Variant[]) => Promise<T>,
): Promise<T> {
	const variants: Variant[] = [];
	try {
		for (const name of names) {
			if (name === 'nginx' && !isNginxInstalled) continue;
			if (name === 'other' && surroundings.otherBuild === undefined) continue;
			variants.push(await startVariant(surroundings, name));
		}
		return await work(variants);
	} finally {
		await Promise.all(variants.map(variant => variant.stop()));
	}
}

async function startVariant(surroundings: Surroundings, name: VariantName): Promise<Variant> {
	const { folder, programs, upstreamPort, build, otherBuild, cpuProfiles, accounts = 3 } = surroundings;
	switch (name) {
		case 'direct':
			return plain(name, upstreamPort, undefined);
		case 'nginx': {
			const { program, port } = await startNginx(folder, upstreamPort);
			await untilOpen(port);
			return plain(name, port, program);
		}
		case 'raw-request':
		case 'raw-dispatch': {
			const { program, port } = await Program.listen({
				command: process.execPath,
				arguments: [
					join(programs, 'rawProxyProgram.cjs'),
					name === 'raw-dispatch' ? 'dispatch' : 'request',
					String(upstreamPort),
				],
				logFile: join(folder, `${name}.log`),
			});
			return plain(name, port, program);
		}
		case 'pool':
		case 'other': {
			const { program, port, key, client } = await startPool({
				folder: await mkdtemp(join(folder, `${name}-`)),
				upstreamPort,
				build: name === 'other' && otherBuild !== undefined ? otherBuild : build,
				accounts,
				cpuProfiles: name === 'pool' ? cpuProfiles : undefined,
			});
			const stop = async (): Promise<void> => {
				client.dispose();
				await program.stop();
			};
			return { name, port, pid: program.pid, key, client, stop };
		}
		default:
			return name satisfies never;
	}
}

function plain(name: VariantName, port: number, program: Program | undefined): Variant {
	return { name, port, pid: program?.pid, key: 'none', client: undefined, stop: async () => program?.stop() };
}

async function untilOpen(port: number): Promise<void> {
	for (let tries = 0; tries < 100; tries++) {
		const isOpen = await new Promise<boolean>(resolve => {
			const socket = connect(port, '127.0.0.1');
			socket.once('connect', () => resolve(true));
			socket.once('error', () => resolve(false));
			socket.once('close', () => resolve(false));
			socket.once('connect', () => socket.destroy());
		});
		if (isOpen) return;
		await pause(50);
	}
	throw new Error(`Nobody listens on port ${port}`);
}
