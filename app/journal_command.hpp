// `prun journal FILE`: prints the contents of a journal. It does not read them itself.
#pragma once

#include "options.hpp"

namespace prun::app {

/// @return the exit status. @throws journal::JournalError
[[nodiscard]] int show_journal(const ShowJournal& command);

}  // namespace prun::app
