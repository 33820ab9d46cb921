// The report of a run as one page that needs nothing else: no network, no library, no server.
#pragma once

#include "history/history.hpp"

#include <string>

namespace prun::report {

[[nodiscard]] std::string make_page(const history::History& history);

}  // namespace prun::report
