// The data for the page's script, as JSON within the page.
#pragma once

#include "history/history.hpp"
#include "report/timeline.hpp"

#include <string>

namespace prun::report {

[[nodiscard]] std::string page_data(const history::History& history, const Timeline& timeline);

}  // namespace prun::report
