// The charts of a page, as SVG in the colors of the page. They need no script.
#pragma once

#include "report/functions_table.hpp"
#include "report/load.hpp"

#include <string>

namespace prun::report {

/// Running tasks and busy CPUs over time.
[[nodiscard]] std::string load_chart(const Load& load, std::int64_t wall);

/// One histogram for each function, on a common logarithmic scale, with its figures.
[[nodiscard]] std::string duration_charts(const Histogram& histogram);

/// Times for ticks: 1, 2 or 5 times a power of ten, from a minute on as on a clock. About `wanted` of them fit into the time.
[[nodiscard]] std::int64_t tick_step(std::int64_t time, int wanted);
[[nodiscard]] std::string tick_text(std::int64_t time, std::int64_t step);

}  // namespace prun::report
