// Identifies the build of prun: two programs with the same id were linked from the same code.
#pragma once

#include <string>

namespace prun::sys {

/// The linker's build id of this program in hexadecimal, or the size and time of its file if it has none.
[[nodiscard]] std::string build_id();

/// The path of this program's file.
[[nodiscard]] std::string own_path();

}  // namespace prun::sys
