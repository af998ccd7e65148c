// `$orderby` and what the heads of the columns show of it.
import type { SortingState } from '@tanstack/react-table';

/** `lastName desc, salary` */
export const readOrder = (orderby: string): SortingState =>
  orderby
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '')
    .map((part) => {
      const [id = '', direction = ''] = part.split(/\s+/);
      return { id, desc: direction.toLowerCase() === 'desc' };
    });

export const printOrder = (sorting: SortingState): string =>
  sorting.map(({ id, desc }) => (desc ? `${id} desc` : id)).join(', ');
