import type { Row } from '../row.js';
import { requestBytes } from '../requestBytes.js';
import { measureSlices } from '../slices.js';
import { withVariants, type VariantName } from '../variants.js';

export const addedLatency: Row = {
	name: 'latency',
	title: 'small replies on one connection: time added over the direct way',
	measure: bench =>
		withVariants(bench, ['direct', 'nginx', 'raw-dispatch', 'raw-request', 'other', 'pool'], async variants => {
			const row = 'latency';
			const slices = await measureSlices(variants, {
				rounds: bench.quick ? 3 : 12,
				slice: { forMs: bench.quick ? 150 : 300 },
				warmUp: { requests: bench.quick ? 500 : 4_000 },
				requests: ({ key }) => [requestBytes({ key, shape: 'small', session: 'bench-session' })],
			});
			const added = (field: 'firstByteMs' | 'totalMs') => (name: VariantName) =>
				name === 'direct' ? NaN : slices.difference(name, 'direct', field);
			return [
				{
					row,
					name: 'first byte, p50 added',
					value: added('firstByteMs')('pool'),
					unit: 'ms',
					goal: { atMost: 0.1 },
					beside: {
						...slices.beside(added('firstByteMs')),
						'direct itself': slices.median('direct', 'firstByteMs'),
					},
				},
				{
					row,
					name: 'completion, p50 added',
					value: added('totalMs')('pool'),
					unit: 'ms',
					goal: { atMost: 0.11 },
					beside: slices.beside(added('totalMs')),
				},
			];
		}),
};
