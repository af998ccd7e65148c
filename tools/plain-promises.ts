// Loaded before each test file. The test runner watches every promise, to know which test one belongs to that nobody
// caught: an `await` takes 4 µs instead of 0.2, in the server that a test asks as well. Here it watches everything but
// promises. An error that nobody caught still fails its file; which test it was, its stack tells.
import asyncHooks from 'node:async_hooks';
import { syncBuiltinESMExports } from 'node:module';

const { createHook } = asyncHooks;

asyncHooks.createHook = (callbacks) => createHook({ ...callbacks, trackPromises: false });
syncBuiltinESMExports();
