import { requestBody } from '../requestBytes.js';
import type { Row } from '../row.js';
import { measureSlices } from '../slices.js';
import { SocketConnection, socketBytes } from '../socketConnection.js';
import { startVariants, stopVariants, type VariantName } from '../variants.js';

const connections = 32;

export const sockets: Row = {
	name: 'sockets',
	title: `20 events (5.5 KB) for 400 bytes over WebSocket, ${connections} connections, every message with its usage row`,
	measure: async bench => {
		const row = 'sockets';
		const variants = await startVariants(bench, ['nginx', 'raw-dispatch', 'other', 'pool']);
		try {
			const slices = await measureSlices(variants, {
				rounds: bench.quick ? 3 : 10,
				slice: { forMs: bench.quick ? 250 : 500 },
				warmUp: { requests: bench.quick ? 2_000 : 12_000 },
				connect: port => new SocketConnection(port),
				requests: ({ key }) =>
					Array.from({ length: connections }, (_, at) => socketBytes(key, `bench-session-${at}`, requestBody)),
			});
			const overNginx = (name: VariantName) => slices.ratio(name, 'nginx', 'cpuMicros');
			return [
				{
					row,
					name: 'CPU per response, × nginx (median)',
					value: overNginx('pool'),
					unit: '×',
					goal: { atMost: 2 },
					beside: slices.beside(overNginx),
				},
				{
					row,
					name: 'CPU per response (least)',
					value: slices.least('pool', 'cpuMicros'),
					unit: 'µs',
					beside: slices.beside(name => slices.least(name, 'cpuMicros')),
				},
				{
					row,
					name: 'responses/s (median)',
					value: slices.median('pool', 'requestsPerSecond'),
					unit: '/s',
					beside: slices.beside(name => slices.median(name, 'requestsPerSecond')),
				},
				{ row, name: 'errors', value: slices.errors('pool'), unit: '', goal: { atMost: 0 } },
			];
		} finally {
			await stopVariants(variants);
		}
	},
};
