// What a type of attribute brings along: how its values are shown and how they are edited.
import type { ReactNode } from 'react';
import type { Attribute, DataClass } from '../api/catalog.ts';

/** A value as it is being edited. */
export type DraftValue =
  /** As the API takes it. */
  | { readonly kind: 'value'; readonly value: unknown }
  /** A picture or BLOB that is sent with the save. */
  | { readonly kind: 'file'; readonly file: File }
  /** What was typed is no value of the type. */
  | { readonly kind: 'unreadable'; readonly text: string; readonly why: string };

/** A row of the list, which is one stop for the Tab key; a line elsewhere; a form. */
export type Place = 'grid' | 'line' | 'form';

/** Links in a row are for the pointer: with the keyboard the entity is opened, and its links are there. */
export const tabStop = (place: Place): -1 | undefined => (place === 'grid' ? -1 : undefined);

export interface ViewProps {
  readonly value: unknown;
  readonly attribute: Attribute;
  /** In a form there is room; elsewhere there is one line. */
  readonly place: Place;
}

export interface InputProps {
  /** Of the control, for its label. */
  readonly id: string;
  readonly attribute: Attribute;
  readonly dataClass: DataClass;
  /** Of the entity; undefined for a new one. */
  readonly entityKey: string | undefined;
  /** As it is stored, or as it is being edited. */
  readonly draft: DraftValue;
  readonly onChange: (draft: DraftValue) => void;
  readonly invalid: boolean;
  /** Ids of what explains the field. */
  readonly describedBy: string | undefined;
}

export interface Cell {
  readonly View: (props: ViewProps) => ReactNode;
  readonly Input: (props: InputProps) => ReactNode;
  /** Of a column, in pixels. */
  readonly width: number;
  readonly align: 'start' | 'end';
}

export const value = (given: unknown): DraftValue => ({ kind: 'value', value: given });

/** What a text field shows of a draft. @param print the text of a value that is not null */
export function textOf(draft: DraftValue, print: (value: unknown) => string = String): string {
  if (draft.kind === 'unreadable') return draft.text;
  if (draft.kind === 'file' || draft.value === null || draft.value === undefined) return '';
  return print(draft.value);
}

export const isNull = (draft: DraftValue): boolean => draft.kind === 'value' && (draft.value ?? null) === null;

export const isRequired = ({ not_null, autosequence }: Attribute): boolean => not_null === true && !autosequence;

/** Attributes that every control of a field carries. */
export const controlProps = ({ id, invalid, describedBy, attribute }: InputProps) => ({
  id,
  'aria-invalid': invalid || undefined,
  'aria-describedby': describedBy,
  'aria-required': isRequired(attribute) || undefined,
});
