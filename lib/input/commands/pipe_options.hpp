// How standard input is cut into blocks for commands (--pipe).
#pragma once

#include "input/commands/record_scanner.hpp"

#include <cstddef>
#include <cstdint>
#include <string>

namespace prun {

struct PipeOptions {
  std::size_t block = std::size_t{1} << 20;  ///< whole records of about so many bytes
  std::uint64_t records = 0;                 ///< instead: so many records; 0: `block` decides
  RecordForm form{};
  std::uint64_t header_lines = 0;  ///< so many lines at the beginning go before each block
  std::string header_regex{};      ///< instead: what this regular expression (RE2) matches there; empty: none
  bool by_range = false;           ///< a regular file is not read: tasks get places in it
};

}  // namespace prun
