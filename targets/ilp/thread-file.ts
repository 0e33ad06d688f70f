/**
 * Where a worker thread's program is: beside the file that starts it, and, bundled, as a bundle of its own beside that one's.
 *
 * @param name of the file, without its ending
 * @param starter its `import.meta.url`
 */
export function threadFile(name: string, starter: string): URL {
  return new URL(`./${name}${starter.endsWith(".ts") ? ".ts" : ".mjs"}`, starter);
}
