// Runs one command to its end: feeds its standard input, takes its outputs, counts what it used.
#pragma once

#include "command/line_writer.hpp"
#include "command/output_turn.hpp"
#include "command/spilled_files.hpp"
#include "command/stop_sequence.hpp"
#include "command/terminal.hpp"

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace prun::command {

struct CommandLine {
  std::vector<std::string> arguments;  ///< the program first
  bool is_script = false;              ///< of a shell's, which stands third
  std::string_view standard_input;     ///< empty: nothing
  std::optional<std::string> directory;
  std::vector<std::pair<std::string, std::string>> environment;  ///< beside the caller's, or instead
};

/// Where a command's outputs go.
enum class Streams : std::uint8_t {
  captured,  ///< into the result, each whole
  by_line,   ///< to prun's own outputs, as the lines come
  passed,    ///< they are prun's own outputs
};

/// What is the same for all commands of a run. Made before the workers are started.
struct CommandSurroundings {
  Streams streams = Streams::captured;
  bool tag = false;  ///< of lines passed on as they come: the inputs before each
  std::vector<std::pair<std::string, std::string>> environment;  ///< beside prun's own, unless the command has its own
  SpilledFiles spilled;
  OutputLock output_lock;
  Stopping stopping;
  Terminal terminal;                 ///< that commands run in the foreground of; as a rule none
  std::unique_ptr<OutputTurn> turn;  ///< null: outputs are printed by the master alone
};

/// Appends the result (command_result.hpp) to `value`. The process must ignore SIGPIPE.
/// @param index of the task: its turn may come
/// @param tag of lines passed on as they come
/// @throws TaskError where the command did not exit with 0, with the result as its detail, or could not be started
void run_command(const CommandLine& line, const CommandSurroundings& surroundings, std::uint64_t index,
                 const std::string& tag, std::string& value);

}  // namespace prun::command
