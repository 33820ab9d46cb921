// `prun journal FILE`: prints what a journal has. It does not know how that is found.
#pragma once

#include "options.hpp"

namespace prun::app {

/// @return the exit status. @throws journal::JournalError
[[nodiscard]] int show_journal(const ShowJournal& command);

}  // namespace prun::app
