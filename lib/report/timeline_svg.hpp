// The timeline of a run as a separate picture, for a README or a slide.
#pragma once

#include "history/history.hpp"

#include <string>

namespace prun::report {

[[nodiscard]] std::string make_svg(const history::History& history);

}  // namespace prun::report
