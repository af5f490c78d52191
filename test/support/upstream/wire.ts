/** The way an answer takes back to whoever asked: over a socket, or straight to a listener in the same process. */
export interface Wire {
	/** One listener, called once: `isWhole` is false when the answer had not been written to its end. */
	onClose(listener: (isWhole: boolean) => void): void;
	head(status: number, headers: Readonly<Record<string, string>>): void;
	/** Sends the head before there is a body. */
	flushHead(): void;
	/** Resolves when the bytes have left, or when there is nobody left to read them. */
	write(bytes: Buffer): Promise<void>;
	/** Like `write` for a piece that is to arrive by itself, not together with the next one. */
	writePiece(bytes: Buffer): Promise<void>;
	end(bytes: Buffer): void;
	/** Closes the connection in the middle of the body. */
	close(): void;
	/** Resets the connection, as a broken network does. */
	reset(): void;
	/** Resets it when the peer has had the time to read what was written. */
	resetAfterReading(): Promise<void>;
}
