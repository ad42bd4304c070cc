// The pages about the library: what is in it, what is done to it. Each element asks for what it shows.
import { one, on } from "./dom.js";
import "./elements/annotate-form.js";
import "./elements/concept-list.js";
import "./elements/duplicate-review.js";
import "./elements/failure-list.js";
import "./elements/job-list.js";
import "./elements/library-folders.js";
import "./elements/library-numbers.js";
import "./elements/model-list.js";
import "./elements/picture-map.js";

// what a job changed is told anew when it has ended
on(document, "job-ended", () => {
  for (const name of ["library-numbers", "library-folders", "failure-list", "concept-list", "model-list"]) one(document, name)?.load();
});
