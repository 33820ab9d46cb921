// What a command writes to one of its outputs: in memory as long as it is small, then in a temporary file. Any bytes, any
// size.
#pragma once

#include "sys/fd.hpp"

#include <cstddef>
#include <cstdint>
#include <string>

namespace prun::command {

class CapturedOutput {
 public:
  static constexpr std::size_t largest_in_memory = std::size_t{1} << 20;

  /// Reads what a readable pipe has now. @return false at its end @throws std::system_error where a temporary file fails
  bool read_from(int pipe);

  [[nodiscard]] const std::string& bytes() const noexcept { return bytes_; }
  /// All of the output, where it is too large for memory; else none.
  [[nodiscard]] const sys::Fd& file() const noexcept { return file_; }

 private:
  bool read_to_memory(int pipe);
  bool splice_to_file(int pipe);
  void move_to_file(int pipe);

  std::string bytes_;
  sys::Fd file_;
};

}  // namespace prun::command
