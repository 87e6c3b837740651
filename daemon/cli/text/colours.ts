import pc from "picocolors";

/** Functions that colour text, or leave it as it is. */
export type Colours = ReturnType<typeof pc.createColors>;

export const coloured: Colours = pc.createColors(true);
export const plain: Colours = pc.createColors(false);
