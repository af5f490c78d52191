/** Root may write anywhere, so a test about permissions gives up that right for a moment. */
export async function asOrdinaryUser(work: () => Promise<void>): Promise<void> {
	const isRoot = process.geteuid?.() === 0;
	if (isRoot) process.seteuid?.(65534);
	try {
		await work();
	} finally {
		if (isRoot) process.seteuid?.(0);
	}
}
