// Pictures that were given to search by, kept in memory by number: back and forward find them again, a reload does not.

/** @type {Map<number, {file: File, preview: string}>} */
const kept = new Map();

/** @param {File} file @returns {number} */
export function keep(file) {
  const key = kept.size + 1;
  kept.set(key, { file, preview: URL.createObjectURL(file) });
  return key;
}

/** @param {number | null} key */
export const upload = (key) => (key === null ? undefined : kept.get(key));
