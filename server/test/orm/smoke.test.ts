import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ds, openProgram } from './program.ts';

test('smoke', async () => {
  const program = await openProgram();
  try {
    await program.run(async () => {
      assert.equal(await ds.Employee.getCount(), 6);
      const ada = (await ds.Employee.get(1))!;
      assert.equal(ada.name, 'Ada');
      assert.equal((await ada.employer)?.name, 'Acme');
      assert.deepEqual(await ada.toObject(), {});
    });
  } finally {
    await program.close();
  }
});
