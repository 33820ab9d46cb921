// Explains to the user why the system allows no more processes, threads or open files, and what to change.
#pragma once

#include <exception>
#include <string>

namespace prun::sys {

/// "Resource temporarily unavailable (this user may have 64 processes: RLIMIT_NPROC, see `ulimit -u`)"
[[nodiscard]] std::string no_process_text(int error);

/// The part in parentheses, with a space before it, to follow the text of an error: which limit is reached. Empty for an
/// error that comes from no limit. For EMFILE: " (this process may open 24 files: raise `ulimit -n`)"
[[nodiscard]] std::string limit_advice(int error);

/// The text of an exception, with the advice if it is a std::system_error.
[[nodiscard]] std::string text_with_advice(const std::exception& error);

}  // namespace prun::sys
