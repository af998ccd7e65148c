// What is used of node:http at run time. An `import` of it reads its every export, and some of them load all that Node has
// for fetch and WebSockets: an eighth of the time and memory of a start.
export const { STATUS_CODES, validateHeaderName, validateHeaderValue } = process.getBuiltinModule('node:http');
