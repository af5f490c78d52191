import type { Figure } from '../figures.js';
import { codexBody, requestBytes, sdkBody } from '../requestBytes.js';
import type { Bench, Row } from '../row.js';
import { residentKilobytes } from '../processUsage.js';
import { measureSlices } from '../slices.js';
import { withVariants, type VariantName } from '../variants.js';

/** Goals for the body that passes byte for byte; a normalised one is only shown. */
const sizes = [
	{ megabytes: 1, connections: 4, requests: 64, cpu: { atMost: 4.5 }, latency: undefined },
	{ megabytes: 5, connections: 2, requests: 16, cpu: { atMost: 4.5 }, latency: { atMost: 5 } },
	{ megabytes: 20, connections: 2, requests: 6, cpu: undefined, latency: undefined },
] as const;

type Size = (typeof sizes)[number];

export const codexBodies: Row = {
	name: 'bodies',
	title: 'bodies of 1, 5 and 20 MB on the Codex route, byte for byte',
	measure: bench => measureRoute(bench, 'bodies', '/backend-api/codex/responses'),
};

export const sdkBodies: Row = {
	name: 'sdk-bodies',
	title: 'bodies of 1, 5 and 20 MB on the SDK route, normalised',
	measure: bench => measureRoute(bench, 'sdk-bodies', '/v1/responses'),
};

async function measureRoute(
	bench: Bench,
	row: string,
	route: '/backend-api/codex/responses' | '/v1/responses',
): Promise<Figure[]> {
	const figures: Figure[] = [];
	for (const size of sizes) figures.push(...(await measureSize(bench, row, route, size)));
	return figures;
}

async function measureSize(
	bench: Bench,
	row: string,
	route: '/backend-api/codex/responses' | '/v1/responses',
	{ megabytes, connections, requests, cpu, latency }: Size,
): Promise<Figure[]> {
	const isCodex = route === '/backend-api/codex/responses';
	const text = 'x'.repeat(megabytes * 1024 * 1024);
	const body = isCodex ? codexBody(text) : sdkBody(text);
	return withVariants(bench, ['direct', 'nginx', 'raw-dispatch', 'other', 'pool'], async variants => {
		const pid = variants.find(variant => variant.name === 'pool')?.pid;
		const idleKilobytes = pid === undefined ? NaN : residentKilobytes(pid);
		const slices = await measureSlices(variants, {
			rounds: bench.quick ? 2 : 6,
			slice: { requests: bench.quick ? connections * 2 : requests },
			warmUp: { requests: connections * 2 },
			requests: ({ key }) =>
				Array.from({ length: connections }, () => requestBytes({ key, shape: 'small', route, body })),
		});
		const overNginx = (name: VariantName) => slices.ratio(name, 'nginx', 'cpuMicros');
		const overDirect = (name: VariantName) => slices.ratio(name, 'direct', 'totalMs');
		const peak = (name: VariantName) => Math.max(...slices.values(name, 'peakKilobytes')) / 1024;
		return [
			{
				row,
				name: `${megabytes} MB: CPU, × nginx (median)`,
				value: overNginx('pool'),
				unit: '×',
				...(isCodex && cpu && { goal: cpu }),
				beside: slices.beside(overNginx),
			},
			{
				row,
				name: `${megabytes} MB: p50, × direct`,
				value: overDirect('pool'),
				unit: '×',
				...(isCodex && latency && { goal: latency }),
				beside: { ...slices.beside(overDirect), 'pool in ms': slices.median('pool', 'totalMs') },
			},
			{
				row,
				name: `${megabytes} MB: peak memory above idle`,
				value: peak('pool') - idleKilobytes / 1024,
				unit: 'MB',
				// Eight times what is under way; small bodies say more about the heap's habits than about the body.
				...(isCodex && megabytes === 20 && { goal: { atMost: 8 * connections * megabytes } }),
				beside: { 'pool in all': peak('pool'), ...slices.beside(peak) },
			},
			...(slices.errors('pool') > 0
				? [{ row, name: `${megabytes} MB: errors`, value: slices.errors('pool'), unit: '', goal: { atMost: 0 } }]
				: []),
		];
	});
}
