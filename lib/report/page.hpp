// The report of a run as one page. It needs no network, no library and no server.
#pragma once

#include "history/history.hpp"

#include <string>

namespace prun::report {

[[nodiscard]] std::string make_page(const history::History& history);

}  // namespace prun::report
