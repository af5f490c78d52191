/** Whether the host of a parsed address (`URL.hostname`) is this machine, whichever of its names it has. */
export function isLoopbackHost(hostname: string): boolean {
	return hostname === 'localhost' || hostname === '[::1]' || /^127\.\d+\.\d+\.\d+$/.test(hostname);
}
