// Where the program of another process or thread is: beside the file that starts it, as source in the repository, compiled in
// the package.

/**
 * @param starter `import.meta.url` of the file that starts it
 * @param name of the program's file, without its ending
 */
export const programBeside = (starter: string, name: string): URL =>
  new URL(`./${name}.${starter.endsWith('.ts') ? 'ts' : 'js'}`, starter);
