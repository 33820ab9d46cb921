// What a command writes to one of its outputs: in memory as long as it is small, then in a temporary file, or, once it is this
// task's turn to be printed, passed on as it comes. Any bytes, any size.
#pragma once

#include "command/output_turn.hpp"
#include "sys/fd.hpp"
#include "sys/shared_terminal.hpp"

#include <cstddef>
#include <cstdint>
#include <string>

namespace prun::command {

/// Where a large output may go at once, and when.
struct PassingOn {
  OutputTurn* turn = nullptr;  ///< null: never
  std::uint64_t index = 0;     ///< of the task whose output it is
  int to = -1;
  sys::SharedTerminal* terminal = nullptr;  ///< on which something may be drawn; null: there is none
};

class CapturedOutput {
 public:
  static constexpr std::size_t largest_in_memory = std::size_t{1} << 20;

  explicit CapturedOutput(PassingOn passing_on = {}) noexcept : passing_on_(passing_on) {}

  /// Reads what a readable pipe has now. @return false at its end @throws std::system_error where a temporary file fails
  bool read_from(int pipe);

  /// What was not passed on, where it is small.
  [[nodiscard]] const std::string& bytes() const noexcept { return bytes_; }
  /// All of the output, where it is too large for memory; else none.
  [[nodiscard]] const sys::Fd& file() const noexcept { return file_; }

 private:
  bool read_to_memory(int pipe);
  bool splice_to_file(int pipe);
  void move_to_file();
  bool take_turn();
  void note_line_end(bool at_line_end);
  void pass_on_what_is_there();
  bool pass_on(int pipe);
  bool pass_last_byte(int pipe);

  PassingOn passing_on_;
  bool passing_ = false;
  bool reader_gone_ = false;  ///< of what is passed on: the rest is dropped, and the master ends the run
  std::string bytes_;
  sys::Fd file_;
};

}  // namespace prun::command
