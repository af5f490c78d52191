import { setTimeout as pause } from 'node:timers/promises';
import type { Figure } from '../figures.js';
import { Load } from '../load.js';
import { OpenStreams } from '../openStreams.js';
import { cpuMicros, residentKilobytes } from '../processUsage.js';
import { requestBytes } from '../requestBytes.js';
import type { Bench, Row } from '../row.js';
import { quantile } from '../statistics.js';
import { withVariants, type Variant, type VariantName } from '../variants.js';

interface Watch {
	readonly name: VariantName;
	readonly errors: number;
	readonly p50: number;
	readonly p99: number;
	readonly kilobytesPerStream: number;
	readonly cpuMicrosPerEvent: number;
}

export const slowStreams: Row = {
	name: 'slow',
	title: '1,000 streams at once (--quick: 200), one event per 50 ms in each',
	measure: bench =>
		withVariants(bench, ['direct', 'nginx', 'raw-dispatch', 'other', 'pool'], async variants => {
			const watches: Watch[] = [];
			for (const variant of variants) watches.push(await watch(bench, variant));
			return figures(watches);
		}),
};

/** Memory grows only once, so each variant has one turn and a fresh process. */
async function watch(bench: Bench, variant: Variant): Promise<Watch> {
	const { name, port, key, pid } = variant;
	const count = bench.quick ? 200 : 1000;
	const requestOf = (at: number) => requestBytes({ key, shape: 'slow', session: `bench-session-${at}` });

	const warmUp = new Load(port, [requestBytes({ key, shape: 'small' }), requestBytes({ key, shape: 'small' })]);
	await warmUp.run({ requests: 1_000 });
	warmUp.close();
	await pause(500);
	const idleKilobytes = pid === undefined ? NaN : residentKilobytes(pid);

	const streams = await OpenStreams.open(port, count, requestOf);
	try {
		await streams.listen(bench.quick ? 500 : 2_000);
		const cpuBefore = pid === undefined ? NaN : cpuMicros(pid);
		const { delaysMs, errors } = await streams.listen(bench.quick ? 1_000 : 6_000);
		return {
			name,
			errors,
			p50: quantile(delaysMs, 0.5),
			p99: quantile(delaysMs, 0.99),
			kilobytesPerStream: pid === undefined ? NaN : (residentKilobytes(pid) - idleKilobytes) / count,
			cpuMicrosPerEvent: pid === undefined ? NaN : (cpuMicros(pid) - cpuBefore) / delaysMs.length,
		};
	} finally {
		streams.close();
		await pause(300);
	}
}

function figures(watches: readonly Watch[]): Figure[] {
	const row = 'slow';
	const of = (name: VariantName, field: Exclude<keyof Watch, 'name'>): number =>
		watches.find(watch => watch.name === name)?.[field] ?? NaN;
	const figure = (field: Exclude<keyof Watch, 'name'>, rest: Pick<Figure, 'name' | 'unit' | 'goal'>): Figure => ({
		row,
		value: of('pool', field),
		beside: Object.fromEntries(
			watches.filter(({ name }) => name !== 'pool').map(watch => [watch.name, watch[field]] as const),
		),
		...rest,
	});
	return [
		figure('errors', { name: 'streams that broke or fell silent', unit: '', goal: { atMost: 0 } }),
		figure('kilobytesPerStream', { name: 'memory per stream', unit: 'KB', goal: { atMost: 110 } }),
		figure('p50', { name: 'event delay p50', unit: 'ms', goal: atMost(1.3 * of('direct', 'p50'), of('nginx', 'p50')) }),
		figure('p99', { name: 'event delay p99', unit: 'ms', goal: atMost(2 * of('direct', 'p99'), of('nginx', 'p99')) }),
		figure('cpuMicrosPerEvent', { name: 'CPU per event', unit: 'µs' }),
	];
}

/** A share of the direct way; but nobody is asked to be quicker than nginx in the same noise. */
function atMost(overDirect: number, nginx: number): { readonly atMost: number } {
	return { atMost: Number.isNaN(nginx) ? overDirect : Math.max(overDirect, nginx) };
}
