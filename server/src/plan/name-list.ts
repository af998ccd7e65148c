// Lists of names in a parameter: `lastName, employer.name`.

/** The names between the commas, without spaces and empty ones. */
export const nameList = (text: string | undefined): readonly string[] =>
  (text ?? '').split(',').map((name) => name.trim()).filter((name) => name !== ''); // oxfmt-ignore
