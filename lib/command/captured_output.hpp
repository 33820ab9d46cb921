// What a command writes to one of its outputs: in memory as long as it is small, then in a temporary file, or, once it is this
// task's turn to be printed, passed on as it comes. Any bytes, any size.
//
//   kept (memory, then file) -- the task takes its turn --> passed on <-- the reader takes all --- kept until the reader takes it
//                                                               '-- the reader takes no more now -->'
//
// It never waits for the reader, so its owner always sees the clock and the end of the command.
#pragma once

#include "command/output_turn.hpp"
#include "sys/fd.hpp"
#include "sys/output_channel.hpp"
#include "sys/shared_terminal.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace prun::command {

/// Where a large output may go at once, and when.
struct PassingOn {
  OutputTurn* turn = nullptr;  ///< null: never
  std::uint64_t index = 0;     ///< of the task whose output it is
  int to = -1;
  sys::SharedTerminal* terminal = nullptr;  ///< on which something may be drawn; null: there is none
  std::uint64_t most_waiting = 0;           ///< for a slow reader; then the command waits too
};

class CapturedOutput {
 public:
  static constexpr std::size_t largest_in_memory = std::size_t{1} << 20;

  explicit CapturedOutput(PassingOn passing_on = {}) noexcept : passing_on_(passing_on) {}

  /// Reads what a readable pipe has now. @return false at its end @throws std::system_error where a temporary file fails
  bool read_from(int pipe);

  /// Passes on what waits for the reader, as far as the reader takes it now.
  void pass_on_waiting();
  /// Where output waits to be written; -1: none waits.
  [[nodiscard]] int waits_for() const noexcept;
  /// So much waits for the reader that the command should wait too: do not read more.
  [[nodiscard]] bool full() const noexcept { return full_; }

  /// The command ends: it does not wait for the reader any more.
  void keep_all() noexcept;

  /// After the last read: what was not passed on is now in `bytes()` or `file()`.
  void end();
  /// What was not passed on, where it is small.
  [[nodiscard]] std::string_view bytes() const noexcept { return std::string_view(bytes_).substr(file_ ? 0 : passed_); }
  /// The same where it is too large for memory; else none.
  [[nodiscard]] const sys::Fd& file() const noexcept { return file_; }

 private:
  enum class Passed : std::uint8_t { all_but_one, some, none };
  static constexpr std::uint64_t no_limit = ~std::uint64_t{0};

  bool keep(int pipe, std::size_t most);
  bool keep_where_possible(int pipe, std::size_t most);
  bool read_to_memory(int pipe, std::size_t most);
  bool splice_to_file(int pipe);
  void move_to_file();
  bool take_turn();
  void note_line_end(bool at_line_end);
  [[nodiscard]] std::uint64_t kept_bytes() const;
  [[nodiscard]] bool something_waits() const noexcept;
  bool pass_on(int pipe);
  [[nodiscard]] Passed pass_on_directly(int pipe);

  PassingOn passing_on_;
  std::optional<sys::OutputChannel> channel_;  ///< once this task has the turn
  bool reader_gone_ = false;  ///< of what is passed on: the rest is dropped, and the master ends the run
  bool full_ = false;
  std::string bytes_;
  sys::Fd file_;              ///< instead of `bytes_`
  std::uint64_t passed_ = 0;  ///< so much of either has been passed on
};

}  // namespace prun::command
