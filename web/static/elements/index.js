// Every element of the page.
import "./command-palette.js";
import "./date-scrubber.js";
import "./filter-panel.js";
import "./page-tools.js";
import "./picture-detail.js";
import "./picture-grid.js";
import "./region-picker.js";
import "./saved-searches.js";
import "./search-box.js";
import "./term-chips.js";
import "./view-choices.js";
