/** A build has the code in one folder and the files beside it, in the places that they have in the project (build.ts). */
const project = new URL(import.meta.url.endsWith('.ts') ? '../' : './', import.meta.url);

/** A file or folder that the program reads, by its path in the project; that of a folder ends with a slash. */
export function projectFile(path: string): URL {
  return new URL(path, project);
}
