// The library that bash loads (bash/task_builtin.cpp), embedded in the program.
#pragma once

#include <string_view>

namespace prun::command {

[[nodiscard]] std::string_view bash_builtin() noexcept;

}  // namespace prun::command
