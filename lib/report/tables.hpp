// The tables of a page.
#pragma once

#include "history/history.hpp"
#include "replay/what_if.hpp"

#include <string>

namespace prun::report {

[[nodiscard]] std::string what_if_table(const replay::WhatIf& what_if, const history::RunFacts& facts);
[[nodiscard]] std::string failures_table(const history::FailureGroups& failures);
[[nodiscard]] std::string tasks_table(const std::vector<history::TopTask>& tasks, std::string_view id);
/// The command line, host and settings of the run, as pairs of a list.
[[nodiscard]] std::string facts_list(const history::History& history);

}  // namespace prun::report
