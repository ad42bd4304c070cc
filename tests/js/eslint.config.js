import js from "@eslint/js";
import globals from "globals";

export default [
  js.configs.recommended,
  {
    languageOptions: { ecmaVersion: 2025, sourceType: "module", globals: { ...globals.browser } },
    rules: {
      eqeqeq: "error",
      "no-eval": "error",
      "no-implied-eval": "error",
      "no-shadow": "error",
      "no-var": "error",
      "prefer-const": "error",
      "object-shorthand": "error",
      "no-unused-vars": ["error", { args: "after-used" }],
      "no-restricted-globals": ["error", { name: "event", message: "Take it as an argument." }, { name: "name", message: "This is window.name." }],
      // all requests go through one file, so that none is forgotten when they change
      "no-restricted-syntax": ["error", { selector: "CallExpression[callee.name='fetch']", message: "api.js is the only fetch." }],
      complexity: ["error", 22],
      "max-lines": ["error", 400],
    },
  },
  { files: ["web/static/api.js"], rules: { "no-restricted-syntax": "off" } },
  { files: ["web/static/theme.js"], languageOptions: { sourceType: "script" } },
  { files: ["tests/js/*.js"], languageOptions: { globals: globals.node } },
];
