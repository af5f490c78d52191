import type { ClientReply, HeaderMap } from '../ports.js';
import type { UpstreamFault } from '../upstreamPort.js';

/** Stands before a client's reply and passes everything on; its kinds change what they are there for. */
export class ReplyStage implements ClientReply {
	constructor(protected readonly client: ClientReply) {}

	get hasLeft(): boolean {
		return this.client.hasLeft;
	}

	onLeave(listener: () => void): void {
		this.client.onLeave(listener);
	}

	onDrain(listener: () => void): void {
		this.client.onDrain(listener);
	}

	start(status: number, headers: HeaderMap): void {
		this.client.start(status, headers);
	}

	write(chunk: Buffer): boolean {
		return this.client.write(chunk);
	}

	end(): void {
		this.client.end();
	}

	cut(fault?: UpstreamFault): void {
		this.client.cut(fault);
	}
}
