#!/usr/bin/env node
// Functions of JavaScript for prun: prun map --serve ./worker.js double 1..10
// `prun help worker-protocol` describes the protocol.
'use strict';
const readline = require('readline');

const functions = {
  double: { help: 'twice n', parameters: [{ name: 'n', type: 'number' }], result: 'number', call: ([n]) => 2 * n },
  greet: {
    help: 'a greeting',
    parameters: [{ name: 'name', type: 'string' }, { name: 'greeting', type: 'string', default: 'hello' }],
    call: ([name, greeting], kwargs) => `${greeting ?? kwargs.greeting ?? 'hello'}, ${name ?? kwargs.name}`,
  },
  fail: { help: 'throws', parameters: [{ name: 'why' }], call: ([why]) => { throw new RangeError(why); } },
  leave: { help: 'exits', parameters: [{ name: 'status' }], call: ([status]) => process.exit(status) },
  log: { help: 'writes to standard error', call: (args) => { console.error('log:', ...args); return args.length; } },
};

const say = (message) => process.stdout.write(JSON.stringify(message) + '\n');
say({ prun: 1, functions: Object.entries(functions).map(([name, { call, ...rest }]) => ({ name, ...rest })) });

readline.createInterface({ input: process.stdin }).on('line', (line) => {
  const { id, function: name, args, kwargs } = JSON.parse(line);
  try {
    say({ id, result: functions[name].call(args, kwargs) ?? null });
  } catch (error) {
    say({ id, error: { type: error.name, message: error.message, traceback: error.stack } });
  }
});
