// Which function of which file an address lies in. Reads the symbol tables of the program's own files; knows no task.
#pragma once

#include <cstdint>
#include <string>

namespace prun::sys {

struct Symbol {
  std::string mangled;        ///< the function's name; empty: the file has none for it
  std::string module;         ///< the file's name without its folder; empty: the address lies in no file
  std::uintptr_t offset = 0;  ///< from the function's begin, or, without one, in the file as it is mapped
};

/// Slow: it may read a file.
[[nodiscard]] Symbol symbol_at(std::uintptr_t address);

/// "ackermann+0x3c (prun)": the name readable, without its parameters. Empty where there is no module.
[[nodiscard]] std::string to_text(const Symbol& symbol);

}  // namespace prun::sys
