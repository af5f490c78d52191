import { systemCode } from './client/loopbackRequest.js';
import { describeFailure, exitCodes } from './cli/exitCode.js';
import { Output } from './cli/output.js';
import { createProgram } from './cli/program.js';

async function main(args: readonly string[]): Promise<void> {
	try {
		await createProgram().parseAsync(args, { from: 'user' });
	} catch (thrown) {
		const { exitCode, error } = describeFailure(thrown);
		if (error) new Output(args.includes('--json')).note({ error }, error.message);
		process.exitCode = exitCode;
	}
}

// A reader that has seen enough, such as `head`, is no failure.
process.stdout.on('error', error => process.exit(systemCode(error) === 'EPIPE' ? exitCodes.ok : exitCodes.failure));

void main(process.argv.slice(2));
