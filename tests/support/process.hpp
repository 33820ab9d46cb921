// Runs a command as a test sees it: arguments, standard input, what it wrote, how it ended. No shell, no sleeping: all
// waiting is for an event, with a deadline. It knows nothing of prun.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <functional>
#include <optional>
#include <ostream>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace prun::test {

struct Command {
  std::vector<std::string> arguments;        ///< the program first
  std::string input{};                       ///< for standard input, which ends behind it
  bool endless_input = false;                ///< `input` comes again and again, until nobody reads it
  bool keep_input_open = false;              ///< standard input stays open behind `input`; see Process::send
  std::optional<std::string> output_file{};  ///< standard output is this file, opened for writing, instead of a pipe
  std::vector<std::pair<std::string, std::string>> environment{};  ///< added to this process's
  std::chrono::milliseconds timeout = std::chrono::seconds(60);
};

struct Result {
  std::string command;  ///< as one would type it
  std::string out;
  std::string err;
  int status = -1;  ///< exit status; of a command that a signal ended 128 + signal, as a shell says it
  int signal = 0;   ///< the signal that ended it
  bool timed_out = false;
  std::string dump;  ///< after a timeout: what every process was doing
  std::chrono::duration<double> wall{};
};

/// Everything about it, for a failed test.
std::ostream& operator<<(std::ostream& out, const Result& result);

/// A command under way. The destructor kills it and all its descendants.
class Process {
 public:
  explicit Process(Command command);
  Process(const Process&) = delete;
  Process& operator=(const Process&) = delete;
  ~Process();

  [[nodiscard]] pid_t pid() const noexcept { return pid_; }
  [[nodiscard]] const std::string& out() const noexcept { return result_.out; }
  [[nodiscard]] const std::string& err() const noexcept { return result_.err; }

  void send(std::string_view text) { to_send_ += text; }  ///< more standard input; goes out while waiting
  void end_input() { keep_input_open_ = false; }
  void close_output();                       ///< as `head` does when it has seen enough
  void stop_reading() { reading_ = false; }  ///< as `less` does
  void go_on_reading() { reading_ = true; }
  void signal(int number) const;

  /// Serves the pipes until `done()`. @return false: the time ran out, or the command ended before
  bool wait_until(const std::function<bool()>& done);
  bool wait_for_lines(std::size_t count);  ///< of standard output

  /// Serves the pipes until the command has ended and its outputs are closed.
  Result wait();

 private:
  using Clock = std::chrono::steady_clock;

  void spawn();
  void serve_once(int timeout_ms);
  void serve_input();
  void read_from(int& fd, std::string& text);
  void collect();
  [[nodiscard]] bool finished() const noexcept;
  void give_up();

  Command command_;
  Result result_;
  std::string to_send_;
  std::size_t sent_ = 0;
  bool keep_input_open_;
  bool reading_ = true;
  bool ended_ = false;
  pid_t pid_ = -1;
  int pidfd_ = -1;
  int in_ = -1;
  int out_ = -1;
  int err_ = -1;
  Clock::time_point started_;
};

/// Runs it to its end.
[[nodiscard]] Result run_command(Command command);

[[nodiscard]] std::vector<std::string> lines_of(std::string_view text);

}  // namespace prun::test
