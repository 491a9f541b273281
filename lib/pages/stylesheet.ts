export const stylesheet = ``;
export const operatorStylesheet = ``;
