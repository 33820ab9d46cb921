// The record of a run, from a journal that the command line names.
#pragma once

#include "history/history.hpp"

#include <cstdint>
#include <optional>
#include <string>

namespace prun::app {

/// @param run its number in the journal; absent: the last that ran anything
/// @throws UsageError for a run that the journal does not have, JournalError for the journal
[[nodiscard]] history::History recorded_history(const std::string& journal, std::optional<std::int64_t> run);

}  // namespace prun::app
