// Explains to the user why the system allows no more processes or threads.
#pragma once

#include <string>

namespace prun::sys {

/// "Resource temporarily unavailable (this user may have 64 processes: RLIMIT_NPROC, see `ulimit -u`)"
[[nodiscard]] std::string no_process_text(int error);

}  // namespace prun::sys
