// What the image room has to tell logs and metrics.

export type ImageEvent =
  | { readonly kind: 'converterStarted'; readonly pid: number }
  /** A converter ended on its own, or was ended at its time limit. `detail` is the end of what it printed. */
  | { readonly kind: 'converterLost'; readonly pid: number; readonly timedOut: boolean; readonly detail: string }
  | { readonly kind: 'pictureInspected'; readonly bytes: number; readonly milliseconds: number }
  | {
      readonly kind: 'pictureConverted';
      readonly variant: string;
      readonly bytes: number;
      readonly milliseconds: number;
    }
  /** A kept copy did not match its digest; it was deleted and is made anew. */
  | { readonly kind: 'variantDamaged'; readonly file: string }
  /** A copy could not be kept on disk; the answer went out all the same. */
  | { readonly kind: 'variantNotKept'; readonly file: string; readonly cause: unknown };

export type OnImageEvent = (event: ImageEvent) => void;
