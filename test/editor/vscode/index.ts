import { writeFileSync } from 'node:fs';
import Mocha from 'mocha';

/** What VS Code runs inside its extension host. The results go to a file: consoles of hosts are lossy. */
export async function run(): Promise<void> {
	const mocha = new Mocha({ ui: 'bdd', timeout: 30_000 });
	mocha.suite.emit('pre-require', globalThis, '', mocha);
	await import('./extension.test.js');
	await import('./configureClient.test.js');
	await import('./chat.test.js');
	const passed: string[] = [];
	const failures: { title: string; error: string }[] = [];
	await new Promise<void>((resolve, reject) => {
		mocha
			.run(count => {
				const path = process.env['VSX_RESULTS'];
				if (path !== undefined) writeFileSync(path, JSON.stringify({ passed, failures }, null, '\t'));
				if (count === 0) resolve();
				else reject(new Error(`${count} tests failed`));
			})
			.on('pass', test => passed.push(test.fullTitle()))
			.on('fail', (test, error: Error) => {
				failures.push({ title: test.fullTitle(), error: error.stack ?? error.message });
			});
	});
}
