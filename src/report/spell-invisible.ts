/** JSON in which everything is spelled that JSON leaves as it is but a terminal may obey or hide, if somebody prints the file. */
export const spellInvisible = (json: string): string => json.replace(invisible, spelled);

const invisible = /[\u007f-\u009f\p{Cf}\p{Zl}\p{Zp}]/gu;
const spelled = (character: string): string =>
  character
    .split('')
    .map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
    .join('');
