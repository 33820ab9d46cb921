// Which files a program has loaded because it names them itself, and not by dlopen() or LD_PRELOAD: those that it will have
// when it is executed once more.
#pragma once

#include <string>

namespace prun::sys {

/// The loaded file `path` (as dl_iterate_phdr(3) names it; "" is the program) is the program or one that it needs.
[[nodiscard]] bool belongs_to_program(const std::string& path);

/// The program was started by naming the dynamic loader: /proc/self/exe is that, and not the program.
[[nodiscard]] bool started_by_loader() noexcept;

}  // namespace prun::sys
