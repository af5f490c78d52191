import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { Program } from './program.js';

const command = '/usr/sbin/nginx';

export const isNginxInstalled = existsSync(command);
export const howToGetNginx =
	'nginx is not installed, so its columns stay empty. On Debian: apt-get install nginx-light';

/** nginx as the yardstick: one worker, nothing buffered, connections to the upstream kept. */
export async function startNginx(folder: string, upstreamPort: number): Promise<{ program: Program; port: number }> {
	const port = await freePort();
	const file = join(folder, `nginx-${port}.conf`);
	await writeFile(file, configuration(folder, port, upstreamPort));
	const program = Program.start({
		command,
		arguments: ['-c', file, '-p', folder],
		logFile: join(folder, 'nginx.log'),
	});
	return { program, port };
}

function configuration(folder: string, port: number, upstreamPort: number): string {
	const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'];
	return `
daemon off;
# One process, so that one process id has all the work.
master_process off;
pid ${join(folder, `nginx-${port}.pid`)};
error_log stderr error;
worker_rlimit_nofile 16384;
events { worker_connections 8192; }
http {
	access_log off;
	${temporary.map(name => `${name}_temp_path ${join(folder, `nginx-${port}-${name}`)};`).join('\n\t')}
	client_max_body_size 64m;
	keepalive_requests 100000000;
	keepalive_timeout 600s;
	map $http_upgrade $connection_upgrade { default upgrade; '' ''; }
	upstream measured { server 127.0.0.1:${upstreamPort}; keepalive 2048; keepalive_requests 100000000; }
	server {
		listen 127.0.0.1:${port} backlog=4096;
		location / {
			proxy_pass http://measured;
			proxy_http_version 1.1;
			proxy_set_header Upgrade $http_upgrade;
			proxy_set_header Connection $connection_upgrade;
			proxy_buffering off;
			proxy_request_buffering off;
		}
	}
}
`;
}

/** nginx cannot choose a port by itself. */
async function freePort(): Promise<number> {
	const server = createServer();
	await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
	const { port } = server.address() as AddressInfo;
	await new Promise(resolve => server.close(resolve));
	return port;
}
