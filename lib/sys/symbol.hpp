// Finds the function and the file of an address. It reads the symbol tables of the program's own files.
#pragma once

#include <cstdint>
#include <string>

namespace prun::sys {

struct Symbol {
  std::string mangled;        ///< name of the function; empty: the file has none for it
  std::string module;         ///< name of the file without its folder; empty: the address is in no file
  std::uintptr_t offset = 0;  ///< from the start of the function; without a function, in the mapped file
};

/// Slow: it may read a file.
[[nodiscard]] Symbol symbol_at(std::uintptr_t address);

/// "ackermann+0x3c (prun)": the demangled name without its parameters. Empty if there is no module.
[[nodiscard]] std::string to_text(const Symbol& symbol);

}  // namespace prun::sys
