/** esbuild collects imported styles in the panel's one style sheet. */
declare module "*.css";
