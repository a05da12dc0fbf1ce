// A controller in a process of its own, to be killed: PORT FILE. It says on standard output when it listens.
import { DurableFile } from '../../helpers/durable-file.ts';
import { startController } from './support.ts';

const [port, file] = process.argv.slice(2);
const controller = await startController(new DurableFile(file!), { port: Number(port) });
process.stdout.write(`port=${controller.port}\n`);
process.stdin.resume().on('end', () => process.exit(0));
