import type { IncomingMessage, ServerResponse } from 'node:http';
import { setImmediate as nextTurn, setTimeout as delay } from 'node:timers/promises';
import type { Wire } from './wire.js';

/** A reset throws away what the peer has not read yet; this gives it time to read. */
const readingTimeMs = 25;

export class HttpWire implements Wire {
	constructor(
		private readonly request: IncomingMessage,
		private readonly response: ServerResponse,
	) {}

	onClose(listener: (isWhole: boolean) => void): void {
		if (this.request.socket.destroyed) listener(this.response.writableFinished);
		else this.response.once('close', () => listener(this.response.writableFinished));
	}

	head(status: number, headers: Readonly<Record<string, string>>): void {
		this.response.writeHead(status, headers);
	}

	flushHead(): void {
		this.response.flushHeaders();
	}

	write(bytes: Buffer): Promise<void> {
		return new Promise(resolve => {
			const gone = () => resolve();
			this.response.once('close', gone);
			this.response.write(bytes, () => {
				this.response.off('close', gone);
				resolve();
			});
		});
	}

	async writePiece(bytes: Buffer): Promise<void> {
		this.response.write(bytes);
		await nextTurn();
	}

	end(bytes: Buffer): void {
		this.response.end(bytes);
	}

	close(): void {
		this.request.socket.destroySoon();
	}

	reset(): void {
		this.request.socket.resetAndDestroy();
	}

	async resetAfterReading(): Promise<void> {
		await delay(readingTimeMs);
		this.reset();
	}
}
