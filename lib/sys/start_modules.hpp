// The files that a program loads because it is linked with them, and not by dlopen() or LD_PRELOAD. It has them again when
// it is executed once more.
#pragma once

#include <string>

namespace prun::sys {

/// The loaded file `path` (as in dl_iterate_phdr(3); "" is the program) is the program, or one that it is linked with.
[[nodiscard]] bool belongs_to_program(const std::string& path);

/// The program was started through the dynamic loader: /proc/self/exe is the loader, not the program.
[[nodiscard]] bool started_by_loader() noexcept;

}  // namespace prun::sys
