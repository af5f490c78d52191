import { systemCode } from './client/loopbackRequest.js';
import { exitCodes, reportFailure } from './cli/exitCode.js';
import { Output } from './cli/output.js';
import { createProgram } from './cli/program.js';
import { unwritable } from './cli/secretFile.js';

const args = process.argv.slice(2);
const output = new Output(args.includes('--json'));

process.stdout.on('error', error => {
	// A reader that has seen enough, such as `head`, is no failure.
	if (systemCode(error) === 'EPIPE') process.exit(exitCodes.ok);
	reportFailure(unwritable('Standard output', error), output);
	process.exit();
});

createProgram()
	.parseAsync(args, { from: 'user' })
	.catch((thrown: unknown) => reportFailure(thrown, output));
