// Where a thing of static lifetime stands: the file that it is mapped from, and its offset there. The same in every process that
// runs the same files, wherever they are mapped.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

namespace prun::sys {

struct ModulePlace {
  std::string module;  ///< the file's path; "": the program itself
  std::uint64_t offset = 0;
};

/// Nothing where the address is in no file.
[[nodiscard]] std::optional<ModulePlace> place_of(const void* address);
/// Null where this process has no such file loaded, or the offset is outside of it.
[[nodiscard]] const void* address_of(const ModulePlace& place);

}  // namespace prun::sys
