// A runtime for workerRuntime.test.ts: does what `workerData.upstreamUrl` names, and answers through its log.
import { parentPort, workerData } from 'node:worker_threads';

const behaviour = workerData.upstreamUrl;
const log = (event, fields = {}) => parentPort.postMessage({ type: 'log', level: 'info', event, fields });

parentPort.on('message', message => {
	if (message.type === 'vault/done') {
		log('vault answered', message);
	} else if (behaviour !== 'ignores close') {
		log('closing', { drainMs: message.drainMs });
		parentPort.postMessage({ type: 'stopped-listening' });
		parentPort.close();
	}
});

switch (behaviour) {
	case 'crashes':
		throw new Error('Broken on purpose');
	case 'fails':
		parentPort.postMessage({ type: 'failed', code: 'port_taken', message: 'Port 2456 is taken.' });
		break;
	case 'asks the vault':
		parentPort.postMessage({ type: 'vault/write', id: 1, name: 'account', secret: 'token' });
		parentPort.postMessage({ type: 'vault/read', id: 2, name: 'account' });
		parentPort.postMessage({ type: 'vault/forget', id: 3, name: 'account' });
		parentPort.postMessage({ type: 'vault/read', id: 4, name: 'account' });
		break;
	default:
		parentPort.postMessage({ type: 'ready', owner: { port: workerData.port } });
}
