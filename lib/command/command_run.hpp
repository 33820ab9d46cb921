// Runs one command to its end: writes its standard input, reads its outputs, measures its resource usage.
#pragma once

#include "command/output_lock.hpp"
#include "command/output_turn.hpp"
#include "command/spilled_files.hpp"
#include "command/stop_sequence.hpp"
#include "command/tag.hpp"
#include "command/terminal.hpp"
#include "sys/fd.hpp"
#include "sys/shared_terminal.hpp"

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace prun::command {

/// A part of a file.
struct FilePlace {
  std::uint64_t offset = 0;
  std::uint64_t size = 0;
};

struct CommandLine {
  std::vector<std::string> arguments;  ///< the program first
  bool is_script = false;              ///< run by a shell; the script is the third argument
  std::size_t words_of_shell = 0;      ///< so many of the arguments call a shell for the others
  std::string_view standard_input;     ///< empty: nothing
  FilePlace input_place;               ///< what follows it on standard input, in `input_file` of the surroundings
  std::optional<std::string> directory;
  std::vector<std::pair<std::string, std::string>> environment;  ///< in addition to the caller's, or instead of it
};

/// The destination of a command's outputs.
enum class Streams : std::uint8_t {
  captured,  ///< into the result, each as a whole
  by_line,   ///< to prun's own outputs, line by line while it runs
  passed,    ///< they are prun's own outputs
};

/// Settings that are the same for all commands of a run. Create it before the workers start.
struct CommandSurroundings {
  Streams streams = Streams::captured;
  std::optional<Tag> tag{};  ///< before each line that is passed on
  bool trace = false;        ///< each command is written to standard error before it runs
  sys::Fd input_file;        ///< the file of `input_place`; empty: there is none
  int standard_input = -1;   ///< a descriptor that commands without input of their own read; -1: they read nothing
  std::vector<std::pair<std::string, std::string>> environment;  ///< beside prun's own, unless the command has its own
  SpilledFiles spilled;
  OutputLocks output_locks;  ///< needed for lines
  Stopping stopping;
  Terminal terminal;                                       ///< that commands run in the foreground of; as a rule none
  std::unique_ptr<sys::SharedTerminal> terminal_drawn_on;  ///< null: nothing is drawn on a terminal
  std::unique_ptr<OutputTurn> turn;                        ///< null: outputs are printed by the master alone
  std::uint64_t most_waiting = std::uint64_t{512} << 20;   ///< bytes of one output, for a reader that is slow
};

/// Appends the result (command_result.hpp) to `value`. The process must ignore SIGPIPE.
/// @param index of the task, which may get the turn to print
/// @param tag for lines that are passed on while the command runs
/// @throws TaskError if the command did not exit with 0, with the result as its detail, or could not be started
void run_command(const CommandLine& line, const CommandSurroundings& surroundings, std::uint64_t index,
                 const std::string& tag, std::string& value);

}  // namespace prun::command
