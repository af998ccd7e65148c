// The data of the sample.
export { seed } from '../../examples/company/seed.ts';
