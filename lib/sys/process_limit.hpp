// Explains to the user why the system allows no more processes, threads or open files, and what to change.
#pragma once

#include <string>

namespace prun::sys {

/// "Resource temporarily unavailable (this user may have 64 processes: RLIMIT_NPROC, see `ulimit -u`)"
[[nodiscard]] std::string no_process_text(int error);

/// The part in parentheses, with a space before it, to follow the text of an error: which limit is reached. Empty for an
/// error that comes from no limit. For EMFILE: " (this process may open 24 files: raise `ulimit -n`)"
[[nodiscard]] std::string limit_advice(int error);

}  // namespace prun::sys
