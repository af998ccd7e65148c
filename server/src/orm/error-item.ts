/** An error as code sees it and as `__ERROR` prints it (spec 16 § 2). */
export interface ErrorItem {
  readonly message: string;
  readonly componentSignature: string;
  readonly errCode: number;
}
