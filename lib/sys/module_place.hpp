// The place of a function or static variable: the file that it is mapped from, and its offset there. It is the same in every
// process that runs the same files, wherever they are mapped.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

namespace prun::sys {

struct ModulePlace {
  std::string module;  ///< path of the file; "": the program itself
  std::uint64_t offset = 0;
};

/// Nothing if the address is not in a file.
[[nodiscard]] std::optional<ModulePlace> place_of(const void* address);
/// Null if this process has not loaded the file, or the offset is outside it.
[[nodiscard]] const void* address_of(const ModulePlace& place);

}  // namespace prun::sys
