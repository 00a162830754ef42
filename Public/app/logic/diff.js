/** The lines in which two texts differ, with a little around them: `{sign: " " | "-" | "+" | "…", text}`. */
export function lineDiff(before, after, around = 2) {
  const one = before.split("\n"), other = after.split("\n");
  const lengths = commonLengths(one, other);
  const all = [];
  let i = 0, j = 0;
  while (i < one.length || j < other.length) {
    if (i < one.length && j < other.length && one[i] === other[j]) all.push({ sign: " ", text: one[i++], _: j++ });
    else if (i < one.length && (j >= other.length || lengths[i + 1][j] >= lengths[i][j + 1])) all.push({ sign: "-",
      text: one[i++] });
    else all.push({ sign: "+", text: other[j++] });
  }
  const near = all.map((_, index) => all.slice(Math.max(0, index - around), index + around + 1)
    .some(({ sign }) => sign !== " "));
  return all.flatMap(({ sign, text }, index) => {
    if (near[index]) return [{ sign, text }];
    return near[index - 1] ? [{ sign: "…", text: "" }] : [];
  });
}

/** Lengths of the longest common rest from every pair of positions. */
function commonLengths(one, other) {
  const lengths = Array.from({ length: one.length + 1 }, () => new Array(other.length + 1).fill(0));
  for (let i = one.length - 1; i >= 0; i--) {
    for (let j = other.length - 1; j >= 0; j--) {
      lengths[i][j] = one[i] === other[j] ? lengths[i + 1][j + 1] + 1 : Math.max(lengths[i + 1][j], lengths[i][j + 1]);
    }
  }
  return lengths;
}
