// Describes a run in one sentence: how long its workers were idle, why, and what would have made it faster.
#pragma once

#include "history/history.hpp"
#include "replay/what_if.hpp"
#include "report/load.hpp"

#include <optional>
#include <string>

namespace prun::report {

/// "Workers were idle 47% of the time: --chunksize 1 would have taken about 28 s instead of 53 s."
[[nodiscard]] std::string verdict(const history::History& history, const Load& load, const replay::WhatIf& what_if);

/// The same for a terminal, but only if another choice would have saved more than a tenth of the time and more than a second.
[[nodiscard]] std::optional<std::string> advice(const history::History& history);

}  // namespace prun::report
