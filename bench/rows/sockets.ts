import { cpuFigures, errorFigure, rateFigure } from '../cpuFigures.js';
import type { Figure } from '../figures.js';
import type { Bench, Row } from '../row.js';
import { measureSlices } from '../slices.js';
import { SocketConnection, socketsOfSessions } from '../socketConnection.js';
import type { SocketShape } from '../socketUpstream.js';
import { withVariants } from '../variants.js';

const connections = 32;
const exchange = `20 events (5.5 KB) for 400 bytes over WebSocket, ${connections} connections, every message with its usage row`;

export const sockets: Row = {
	name: 'sockets',
	title: `${exchange}: each event is written by itself`,
	measure: bench => measureSockets(bench, 'sockets', 'small'),
};

/** The pool's own work for a message, with as little of sending and receiving beside it as can be. */
export const packedSockets: Row = {
	name: 'packed-sockets',
	title: `${exchange}: all events are written at once`,
	measure: bench => measureSockets(bench, 'packed-sockets', 'packed'),
};

function measureSockets(bench: Bench, row: string, shape: SocketShape): Promise<Figure[]> {
	return withVariants(bench, ['nginx', 'raw-dispatch', 'other', 'pool'], async variants => {
		const slices = await measureSlices(variants, {
			rounds: bench.quick ? 3 : 10,
			slice: { forMs: bench.quick ? 250 : 500 },
			warmUp: { requests: bench.quick ? 2_000 : 12_000 },
			connect: port => new SocketConnection(port),
			requests: ({ key }) => socketsOfSessions(connections, { key, shape }),
		});
		return [
			...cpuFigures(slices, { row, unit: 'response', atMost: 2 }),
			rateFigure(slices, row, 'responses'),
			errorFigure(slices, row),
		];
	});
}
