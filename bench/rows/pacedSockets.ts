import { requestBody } from '../requestBytes.js';
import type { Row } from '../row.js';
import { measureSlices } from '../slices.js';
import { SocketConnection, socketBytes } from '../socketConnection.js';
import { startVariants, stopVariants, type VariantName } from '../variants.js';

const connections = 64;
/** Arrivals at the client: the three first events come together. */
const eventsPerResponse = 20;

export const pacedSockets: Row = {
	name: 'paced-sockets',
	title: `${eventsPerResponse} events 5 ms apart over WebSocket, ${connections} connections: every event is a packet`,
	measure: async bench => {
		const row = 'paced-sockets';
		const variants = await startVariants(bench, ['nginx', 'raw-dispatch', 'other', 'pool']);
		try {
			const slices = await measureSlices(variants, {
				rounds: bench.quick ? 2 : 8,
				slice: { requests: bench.quick ? 128 : 512 },
				warmUp: { requests: bench.quick ? 128 : 768 },
				connect: port => new SocketConnection(port),
				requests: ({ key }) =>
					Array.from({ length: connections }, (_, at) => socketBytes(key, `bench-session-${at}`, requestBody, 'paced')),
			});
			const overNginx = (name: VariantName) => slices.ratio(name, 'nginx', 'cpuMicros');
			return [
				{
					row,
					name: 'CPU per event, × nginx (median)',
					value: overNginx('pool'),
					unit: '×',
					goal: { atMost: 2 },
					beside: slices.beside(overNginx),
				},
				{
					row,
					name: 'CPU per event (least)',
					value: slices.least('pool', 'cpuMicros') / eventsPerResponse,
					unit: 'µs',
					beside: slices.beside(name => slices.least(name, 'cpuMicros') / eventsPerResponse),
				},
				{ row, name: 'errors', value: slices.errors('pool'), unit: '', goal: { atMost: 0 } },
			];
		} finally {
			await stopVariants(variants);
		}
	},
};
