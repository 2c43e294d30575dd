/*
 * What the loader imports: wasm-bindgen's own glue, and what only the build knows: the names of further files
 * (EDGE_FILES) and the style sheet as esbuild minifies it. JavaScript because it is the bundle's entry; what the widget
 * does is in Rust (`crates/widget`).
 */
import { start as begin } from "./parrain_widget.js";
import style from "./style.css";

export { default, command, element } from "./parrain_widget.js";

export const start = (config) => begin({ ...config, files: EDGE_FILES, style });
