// Says by its exit code whether node_modules holds what package-lock.json asks for: 0 yes, 1 no. Used before any package
// is there, so it imports nothing. It compares versions, not file times: a checkout or a second `npm install` moves the
// times, and `npm ci` would then remove a good node_modules.
import { readFileSync } from 'node:fs';

const packagesOf = (path) => JSON.parse(readFileSync(path, 'utf8')).packages;

const difference = () => {
  let installed;
  try {
    installed = packagesOf('node_modules/.package-lock.json');
  } catch (cause) {
    return `node_modules is not complete: ${cause.message}`;
  }
  for (const [path, wanted] of Object.entries(packagesOf('package-lock.json'))) {
    if (path === '' || wanted.optional || wanted.devOptional || wanted.peer || wanted.link) continue;
    const found = installed[path];
    if (!found) return `${path} is missing`;
    if (found.version !== wanted.version) return `${path} is ${found.version}, the lock file says ${wanted.version}`;
    if (found.integrity !== wanted.integrity) return `${path} ${found.version} has another checksum than the lock file`;
  }
  return null;
};

const found = difference();
console.log(found ?? 'npm packages are as the lock file says');
process.exit(found ? 1 : 0);
