// One row per kind of value.
import type { Attribute, ValueKind } from '../api/catalog.ts';
import type { Cell } from './cell.ts';
import { BlobInput } from './blob/input.tsx';
import { BlobView } from './blob/view.tsx';
import { BoolInput } from './bool/input.tsx';
import { BoolView } from './bool/view.tsx';
import { DateInput } from './date/input.tsx';
import { DateView } from './date/view.tsx';
import { DurationInput } from './duration/input.tsx';
import { DurationView } from './duration/view.tsx';
import { ImageInput } from './image/input.tsx';
import { ImageView } from './image/view.tsx';
import { NumberInput } from './number/input.tsx';
import { NumberView } from './number/view.tsx';
import { ObjectInput } from './object/input.tsx';
import { ObjectView } from './object/view.tsx';
import { RelatedEntitiesInput, RelatedEntitiesView } from './related-entities/view.tsx';
import { RelatedEntityInput } from './related-entity/input.tsx';
import { RelatedEntityView } from './related-entity/view.tsx';
import { TextInput } from './text/input.tsx';
import { TextView } from './text/view.tsx';
import { UuidInput } from './uuid/input.tsx';
import { UuidView } from './uuid/view.tsx';

export const cells = {
  text: { View: TextView, Input: TextInput, width: 170, align: 'start' },
  uuid: { View: UuidView, Input: UuidInput, width: 110, align: 'start' },
  bool: { View: BoolView, Input: BoolInput, width: 90, align: 'start' },
  number: { View: NumberView, Input: NumberInput, width: 110, align: 'end' },
  duration: { View: DurationView, Input: DurationInput, width: 110, align: 'end' },
  date: { View: DateView, Input: DateInput, width: 120, align: 'start' },
  object: { View: ObjectView, Input: ObjectInput, width: 220, align: 'start' },
  image: { View: ImageView, Input: ImageInput, width: 96, align: 'start' },
  blob: { View: BlobView, Input: BlobInput, width: 170, align: 'start' },
  relatedEntity: { View: RelatedEntityView, Input: RelatedEntityInput, width: 180, align: 'start' },
  relatedEntities: { View: RelatedEntitiesView, Input: RelatedEntitiesInput, width: 120, align: 'start' },
} as const satisfies Record<ValueKind, Cell>;

export const cellOf = ({ value }: Attribute): Cell => cells[value];
